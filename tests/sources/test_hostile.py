"""Input made to hurt: bombs, depth, size, entities, markup. Little time, little memory, and a reason."""

import contextlib
import gzip
import json
import subprocess
import sys
import time

import pytest
from pydantic import TypeAdapter

from digest.errors import SourceRefused
from digest.models import Reading
from digest.sources import limits
from tests.sources.reading import names, only, read

MEGABYTE = 1_048_576
LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
BOMB = f"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY l0 'lol'>{LAUGHS}]>"
FEED = "<rss version='2.0'><channel><item><title>A Title {}</title></item></channel></rss>"
ARXIV = "<feed xmlns:arxiv='http://arxiv.org/schemas/atom'><entry><title>A Title {}</title></entry></feed>"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(b"x" * 200_000_000, 1, mtime=0), "larger than 64 MB unpacked"),
        (b"[" * 5_000_000, "cannot be read"),
        (b'{"a":' * 100_000, "cannot be read"),
        (b"[" + b"[]," * 4_000_000 + b"[]]", "more than 3,000,000 values"),
        (BOMB + ARXIV.format("&l9;"), "declares its own XML entities"),
        (ARXIV.format("<a>" * 1000), "100 elements deep"),
        (FEED.format("") + "<x " + "a" * 100_000, "a tag of more than 64 kB"),
        (b"<rss>" + b"x" * 5_000_000, "more than 4 MB"),
        (b"x\n" * 200_000, "100,000 lines"),
        (b"x" * 17_000_000, "more than 16 MB"),
        (bytes(range(1, 256)) * 100, "no known form"),
    ],
)
def test_bombs_are_refused_at_once(data: bytes | str, reason: str) -> None:
    """The refusal says which limit was met."""
    began = time.process_time()
    with pytest.raises(SourceRefused, match=reason):
        read(data)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "data",
    [
        BOMB + FEED.format("&l9;"),
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" + FEED.format("&e;"),
        "<?xml version='1.0'?><!DOCTYPE x SYSTEM 'file:///etc/passwd'>" + FEED.format("&e;"),
        "<?xml version='1.0'?><!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>" + ARXIV.format("&e;"),
    ],
)
def test_entities_of_a_feed_are_never_known(data: str) -> None:
    """Laughs are not multiplied, files are not opened; the item is read without them."""
    paper = only(data)
    assert paper.title.startswith("A Title")
    assert len(paper.title) < 20


def test_ten_thousand_authors() -> None:
    """A paper of too many authors keeps the first."""
    authors = [{"name": f"Author {number}"} for number in range(10_000)]
    paper = only(json.dumps([{"paper": {"id": "2401.01234", "title": "A Title", "authors": authors}}]))
    assert len(names(paper)) == limits.AUTHORS
    entry = "".join(f"<author><name>Author {number}</name></author>" for number in range(10_000))
    assert len(names(only(ARXIV.format("").replace("</entry>", entry + "</entry>")))) == limits.AUTHORS


def test_endless_texts_are_cut() -> None:
    """Title, abstract and labels keep their beginning and show the cut."""
    paper = only(json.dumps([{"title": "T" * 10_000, "abstract": "a " * 5 * MEGABYTE, "keywords": ["k" * 9999] * 9}]))
    assert (len(paper.title), paper.title[-1]) == (limits.TITLE, "…")
    assert (len(paper.abstract), paper.abstract[-1]) == (limits.ABSTRACT, "…")
    assert len(paper.keywords[0]) == limits.NAME


def test_markup_in_every_field_stays_text() -> None:
    """Scripts in texts are text (escaped by whoever shows it); scripts in addresses are dropped."""
    bad = "<script>alert(1)</script>"
    record = {
        "id": bad, "title": f"A Title {bad}", "abstract": bad, "authors": [bad], "keywords": [bad], "categories": [bad],
        "url": "javascript:alert(1)", "pdf_url": f"https://a.example/{bad}", "thumbnail_url": "data:text/html,x",
        "venue": bad,
    }  # fmt: skip
    paper = only(json.dumps([record]))
    assert (paper.title, paper.abstract, names(paper)) == (f"A Title {bad}", bad, [bad])
    assert (paper.url, paper.pdf_url, paper.thumbnail_url, paper.categories) == (None, None, None, ())


def test_lone_surrogates_and_nuls() -> None:
    """They are taken out, from escapes as well as from bytes."""
    paper = only('[{"title": "A\\ud800 Ti\\u0000tle\\udfff", "abstract": "\\ud83d\\ude00 fine"}]')
    assert (paper.title, paper.abstract) == ("A Title", "😀 fine")
    assert only(b'[{"title": "A \xed\xa0\x80Title \xf0\x9f\x98\x80\xc3\xa9"}]').title.endswith("Title 😀é")


def test_absurd_dates_are_dropped() -> None:
    """Years 0 and 9999 do not date a paper."""
    for year in ("0000", "0001", "9999"):
        record = {"title": "A Title", "listed_on": f"{year}-01-01", "published_at": f"{year}-12-31T23:59:59Z"}
        paper = only(json.dumps([record]))
        assert (paper.listed_on, paper.published_at) == (None, None)


def test_rejections_are_counted_not_piled_up() -> None:
    """A long file of rubbish ends early, with as many reasons as a person would read."""
    reading = read('{"title": "A Title"}\n' + "{x\n" * 500_000)
    assert len(reading.papers) == 1
    assert len(reading.rejected) == limits.REJECTIONS + 1
    assert "more were set aside" in reading.rejected[-1].reason


@pytest.mark.parametrize(
    "item",
    [
        "<author>" + "a." * 1_000_000,
        "<author>" + ("a." * 75 + " ") * 10_000,
        "<title>" + "&lt;" * 500_000,
        "<title>" + "<a " * 30_000,
        "<title>" + "&a" * 500_000,
        "<description>" + "<p>" * 50_000,
        "<pubDate>" + "9 " * 500_000,
    ],
)
def test_feeds_that_are_slow_on_purpose(item: str) -> None:
    """What makes feedparser or its patterns crawl is cut short before."""
    began = time.process_time()
    with contextlib.suppress(SourceRefused):
        read(f"<rss version='2.0'><channel><item>{item}")
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "data",
    [
        "<!--x-->" * 400 + "<!--",
        "@article{x, title = {A Title}, author = {" + " " * 400_000 + "}}",
        "@article{x, title = {A Title}, keywords = {" + " " * 400_000 + "}}",
        json.dumps([{"title": "A Title", "authors": " " * 1_000_000 + "x"}]),
        json.dumps([{"title": "A Title", "authors": "(" * 1_000_000}]),
        json.dumps(
            {"version": "https://jsonfeed.org/version/1", "items": [{"title": "T", "content_text": " " * 999_999}]}
        ),
        json.dumps([{"title": "<" * 1_000_000, "abstract": "a.a" * 500_000, "url": "https://" + "a." * 900}]),
        "Daily Papers\n" + ("by" + " " * 190 + "\n") * 2000 + "x " * 100_000,
        '[{"title": "A Title"}, "' + '\\"' * 1_000_000,
        "[" + '{"title" "A Title"},' * 100_000 + "1]",
    ],
)
def test_texts_that_are_slow_on_purpose(data: str) -> None:
    """No expression backtracks its way through long runs of blanks, dots or comments."""
    began = time.process_time()
    with contextlib.suppress(SourceRefused):
        read(data)
    assert time.process_time() - began < 3


MEMORY = """
import resource, sys
from datetime import UTC, datetime
from digest.errors import SourceRefused
from digest.models import Reading
from digest.sources.recognise import parse
data = {data}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    parse(data, observed_at=datetime(2026, 6, 5, tzinfo=UTC), source="test")
except SourceRefused:
    pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    "data",
    [
        "b'[' + b'{\"a\":1},' * 1_400_000 + b'{}]'",
        "b'[{\"title\":\"t\",\"abstract\":\"' + b'x' * 60_000_000 + '😀'.encode() + b'\"}]'",
        "b\"<feed xmlns:a='http://arxiv.org/schemas/atom'><entry>\" + b'<a/>' * 10_000_000",
        (
            "b'@string{s0 = {lol}}\\n'"
            " + b''.join(b'@string{s%d = s%d # s%d}\\n' % (n, n - 1, n - 1) for n in range(1, 50_000))"
            " + b'@article{a, title = s49999 # s30' + b' # s30' * 50_000 + b'}'"
        ),
    ],
)
def test_memory_is_bounded(data: str) -> None:
    """The largest inputs allowed cost less than 500 MB on top of themselves."""
    script = MEMORY.replace("{data}", data)
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(found.stdout) < 500


HALF = "\ud800"
"""Half a character, which JSON can spell (`\\ud800`) and UTF-8 cannot hold."""
DAILY = {
    "paper": {
        "id": "2401.01234",
        "title": f"A {HALF}Title",
        "summary": f"An {HALF}abstract.",
        "ai_summary": f"One {HALF}line.",
        "ai_keywords": [f"key{HALF}word"],
        "authors": [{"name": f"Ada {HALF}Lovelace", "user": {"fullname": HALF}}],
        "githubRepo": f"https://github.com/a/{HALF}",
        "projectPage": f"https://example.org/{HALF}",
        "organization": {"name": HALF, "fullname": f"An {HALF}Institute"},
        "publishedAt": f"2024-01-03T00:00:00.000Z{HALF}",
    },
    "title": f"A {HALF}Title",
    "thumbnail": f"https://example.org/{HALF}.png",
}
ITEM = {
    "id": f"https://example.org/{HALF}",
    "url": f"https://example.org/a?{HALF}",
    "title": f"A {HALF}Title",
    "content_text": f"Words {HALF}and more.",
    "authors": [{"name": f"Ada {HALF}Lovelace"}],
    "tags": [f"a{HALF}b"],
}
OURS = {
    "id": "2401.01234",
    "title": f"A {HALF}Title",
    "abstract": HALF * 3 + "text",
    "authors": [f"Ada{HALF} Lovelace"],
    "organizations": [f"An {HALF}Institute"],
    "categories": [f"cs.LG{HALF}", "cs.CL"],
    "keywords": [f"a{HALF}b"],
    "venue": f"A {HALF}Journal",
    "doi": f"10.1000/{HALF}x",
    "url": f"https://example.org/{HALF}",
}


@pytest.mark.parametrize(
    "data",
    [
        json.dumps([DAILY]),
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [ITEM]}),
        json.dumps([OURS]),
        json.dumps(OURS) + "\n" + json.dumps({**OURS, "id": None}) + "\n",
        "@article{a, title = {A \\ud800 Title}, author = {Ada \\udfff Lovelace}}",
        FEED.format("&#xD800;&#55296;"),
        ARXIV.format("&#xD800;&#xDFFF;"),
    ],
    ids=["daily", "json-feed", "records", "lines", "bibtex", "feed", "arxiv"],
)
def test_half_a_character_never_comes_through(data: str) -> None:
    """What was read can always be stored and printed as UTF-8, rejections too."""
    reading = read(data)
    assert reading.papers
    stored = TypeAdapter(Reading).dump_json(reading).decode()
    assert "\\ud" not in stored.lower() or "bibtex" in reading.form
