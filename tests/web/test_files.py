"""Facts about feeds and pages over HTTP (RFC 9110, 9111, WebSub)."""

from __future__ import annotations

import gzip

import pytest

from digest.models import Verdict
from tests.builders import make_edition, make_entry
from tests.web.conftest import BASE_URL, NOW

TYPES = [
    ("/", "text/html; charset=utf-8"),
    ("/index.html", "text/html; charset=utf-8"),
    ("/all.rss", "application/rss+xml; charset=utf-8"),
    ("/agents.atom", "application/atom+xml; charset=utf-8"),
    ("/weekly.json", "application/feed+json; charset=utf-8"),
    ("/feeds.opml", "text/x-opml; charset=utf-8"),
    ("/style.css", "text/css; charset=utf-8"),
    ("/editions/1.html", "text/html; charset=utf-8"),
]


@pytest.mark.parametrize(("path", "media_type"), TYPES)
def test_a_file_is_served_as_it_was_written(web, path, media_type):
    """The bytes of the folder, with type, entity tag, date, caching and security headers."""
    answer = web.client.get(path, headers={"accept-encoding": "identity"})
    assert answer.status_code == 200
    assert answer.content == (web.site.root / "served" / (path[1:] or "index.html")).read_bytes()
    assert answer.headers["content-type"] == media_type
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["last-modified"].endswith("GMT")
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]


def test_compressed_content_has_a_tag_of_its_own(web):
    """Another coding is another representation (8.8.3.3); it decodes to the same bytes."""
    plain = web.client.get("/all.rss", headers={"accept-encoding": "identity"})
    with web.client.stream("GET", "/all.rss", headers={"accept-encoding": "gzip"}) as answer:
        zipped = b"".join(answer.iter_raw())
        headers = answer.headers
    assert headers["content-encoding"] == "gzip"
    assert headers["etag"] != plain.headers["etag"]
    assert int(headers["content-length"]) == len(zipped) < len(plain.content)
    assert gzip.decompress(zipped) == plain.content


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_who_has_it_gets_no_copy(web, coding):
    """304 without a body, with what a cache needs (15.4.5); any coding's tag counts."""
    asked = {"accept-encoding": coding}
    first = web.client.get("/agents.atom", headers=asked)
    for tag in (first.headers["etag"], f"W/{first.headers['etag']}", f'"x", {first.headers["etag"]}', "*"):
        again = web.client.get("/agents.atom", headers={**asked, "if-none-match": tag})
        assert (again.status_code, again.content) == (304, b""), tag
        for name in ("etag", "cache-control", "vary", "last-modified", "date"):
            assert name in again.headers, name
        assert "content-type" not in again.headers
    dated = {**asked, "if-modified-since": first.headers["last-modified"]}
    assert web.client.get("/agents.atom", headers=dated).status_code == 304
    assert web.client.get("/agents.atom", headers={**dated, "if-none-match": '"x"'}).status_code == 200


@pytest.mark.parametrize("path", ["/all.rss", "/", "/subscribe", "/api/daily_papers", "/nowhere"])
def test_head_says_what_get_says(web, path):
    """The same status and headers, no content (9.3.2)."""
    get, head = web.client.get(path), web.client.head(path)
    assert head.content == b""
    assert head.status_code == get.status_code
    kept = [{name: value for name, value in answer.headers.items() if name != "date"} for answer in (get, head)]
    assert kept[0] == kept[1]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/all.rss", "GET, HEAD"),
        ("DELETE", "/", "GET, HEAD"),
        ("OPTIONS", "/style.css", "GET, HEAD"),
        ("PUT", "/subscribe", "GET, HEAD, POST"),
        ("POST", "/api/daily_papers", "GET, HEAD"),
        ("GET", "/preferences/x/resume", "POST"),
    ],
)
def test_other_methods_are_told_what_is_possible(web, method, path, allowed):
    """405 with all the methods there are (15.5.6)."""
    answer = web.client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize(
    "path", ["/nowhere", "/editions/99.html", "/../digest.toml", "/.website.json", "/%2e%2e/digest.toml"]
)
def test_what_is_not_there_is_not_found(web, path):
    """404 and a page that is not kept; nothing but the website comes out of the folder."""
    answer = web.client.get(path)
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    assert "There is no such page" in answer.text


def test_a_restart_changes_nothing(start):
    """Another process answers with the same tags and dates."""
    headers = []
    for _ in range(2):
        web = start()
        answers = [web.client.get(path) for path, _ in TYPES]
        headers.append([(answer.headers["etag"], answer.headers["last-modified"]) for answer in answers])
    assert headers[0] == headers[1]


def test_feeds_name_their_hub(start):
    """With a WebSub hub, rel=hub and rel=self stand in the Link header of feeds alone."""
    web = start('[feeds]\nhub = "https://hub.example.org/"\n')
    link = web.client.get("/all.atom").headers["link"]
    assert link == f'<https://hub.example.org/>; rel="hub", <{BASE_URL}/all.atom>; rel="self"'
    assert "link" not in web.client.get("/").headers


def test_how_long_a_copy_is_good(start):
    """Feeds as long as `feeds.ttl_minutes` says, five minutes to an hour; pages five minutes."""
    web = start("[feeds]\nttl_minutes = 10\n")
    assert web.client.get("/all.rss").headers["cache-control"] == "public, max-age=600"
    assert web.client.get("/").headers["cache-control"] == "public, max-age=300"


def test_a_new_edition_appears(start):
    """What was closed while the server runs is served after the next look; what did not change keeps its tag."""
    web = start()
    before = web.client.get("/editions/1.html").headers["etag"]
    assert web.client.get("/editions/3.html").status_code == 404
    assert not web.files.refresh()
    edition = make_edition(3, make_entry(77, "agents"), closed_at=NOW, dated_on=NOW.date(), verdict=Verdict.FRESH)
    web.store.save_edition(edition)
    assert web.files.refresh()
    assert "/editions/3.html" in web.files.published.files
    assert web.files.published.files["/editions/1.html"].gzip_etag == before


def test_a_feed_that_ended_is_gone(start):
    """410 for the feeds of a topic that was removed, also after a restart; its page is simply not there."""
    folder = start().site.root
    (folder / "feeds").mkdir()
    (folder / "feeds" / "agents.toml").write_text('title = "Agents"\nenabled = false\n')
    for _ in range(2):
        web = start(folder=folder)
        assert web.client.get("/agents.rss").status_code == 410
        assert web.client.get("/agents.html").status_code == 404


def test_the_host_header_is_not_believed(web):
    """No answer names the host that a request claims."""
    for path in ("/", "/subscribe", "/nowhere", "/all.rss", "/openapi.json"):
        answer = web.client.get(path, headers={"host": "evil.example"})
        assert "evil.example" not in answer.text + str(answer.headers), path


@pytest.mark.parametrize("cut", [True, False])
def test_a_site_below_a_path(start, cut):
    """With `base_url = …/papers` a proxy may cut the path off or leave it."""
    web = start(base_url=f"{BASE_URL}/papers")
    prefix = "" if cut else "/papers"
    assert web.client.get(f"{prefix}/all.rss").status_code == 200
    assert web.client.get(f"{prefix}/subscribe").status_code == 200
    assert 'href="../index.html"' in web.client.get(f"{prefix}/no/where").text
    assert web.client.get(f"{prefix}/api/daily_papers").status_code == 200
