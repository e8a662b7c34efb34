"""Feed readers that people use read our feeds from a plain web server, and the second time there is nothing to read."""

from __future__ import annotations

import json
import mailbox
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import jsonschema
import pytest

from tests.checks.conftest import program
from tests.checks.material import Served
from tests.render.json_feed_schema import SCHEMA

FEEDS = ("all", "editions", "weekly", "agents", "archive/all-0001")
XML = [f"{name}.{extension}" for name in FEEDS for extension in ("rss", "atom")]


@pytest.mark.parametrize("name", XML)
def test_feedparser(served: Served, name: str) -> None:
    """feedparser finds nothing wrong (`bozo`); asked again with the date, it gets a 304."""
    url = f"{served.url}/{name}"
    first = feedparser.parse(url)
    assert (first.status, first.bozo) == (200, False)
    assert first.version == {"rss": "rss20", "atom": "atom10"}[name.rpartition(".")[2]]
    assert all(entry.id and entry.title and entry.link for entry in first.entries)
    again = feedparser.parse(url, modified=first.modified)
    assert (again.status, again.entries) == (304, [])


@pytest.mark.parametrize("name", ["all.rss", "all.atom", "all.json", "editions.atom"])
def test_reader(served: Served, name: str) -> None:
    """The `reader` library stores every entry; its second update gets a 304 and changes nothing."""
    reader = pytest.importorskip("reader")
    library = reader.make_reader(":memory:", feed_root=None)
    url = f"{served.url}/{name}"
    library.add_feed(url)
    library.update_feed(url)
    before = [(entry.id, entry.title, entry.updated, entry.published) for entry in library.get_entries()]
    assert len(before) >= 3
    library.update_feed(url)
    assert before == [(entry.id, entry.title, entry.updated, entry.published) for entry in library.get_entries()]
    assert served.statuses(f"/{name}") == [200, 304]
    library.close()


@pytest.mark.parametrize("name", ["all.rss", "all.atom"])
def test_newsboat(served: Served, tmp_path: Path, name: str) -> None:
    """newsboat takes every entry, once however often it reloads, with its title unharmed."""
    urls, cache = tmp_path / "urls", tmp_path / "cache.db"
    urls.write_text(f"{served.url}/{name}\n")
    for _ in range(2):
        subprocess.run(
            [program("newsboat"), "-u", urls, "-c", cache, "-C", "/dev/null", "-x", "reload"],
            check=True, capture_output=True, timeout=60, env={"HOME": str(tmp_path), "TERM": "dumb"},
        )  # fmt: skip
    with closing(sqlite3.connect(cache)) as database, database:
        found = database.execute("select guid, title from rss_item").fetchall()
    database.close()
    expected = {entry.id for entry in feedparser.parse(f"{served.url}/{name}").entries}
    assert sorted(guid for guid, _ in found) == sorted(expected)
    assert any("<script>" in title or "&lt;script&gt;" in title for _, title in found)


def test_rss2email(served: Served, tmp_path: Path) -> None:
    """rss2email makes one mail of every entry at the first run, and none at the second."""
    config, data, maildir = tmp_path / "r2e.cfg", tmp_path / "r2e.json", tmp_path / "mail"
    r2e = [program("r2e"), "-c", config, "-d", data]
    (maildir / "inbox").mkdir(parents=True)
    mailbox.Maildir(maildir / "inbox" / "new-papers")
    subprocess.run([*r2e, "new", "reader@example.org"], check=True, capture_output=True)
    text = config.read_text().replace("email-protocol = sendmail", "email-protocol = maildir")
    config.write_text(
        text.replace("maildir-path = ~/Maildir", f"maildir-path = {maildir}")
        .replace("maildir-mailbox = INBOX", "maildir-mailbox = inbox/new-papers")
    )  # fmt: skip
    subprocess.run([*r2e, "add", "papers", f"{served.url}/all.atom"], check=True, capture_output=True)
    counts = []
    for _ in range(2):
        subprocess.run([*r2e, "run"], check=True, capture_output=True, timeout=60)
        counts.append(len(list(maildir.rglob("new/*"))))
    entries = feedparser.parse(f"{served.url}/all.atom").entries
    assert counts == [len(entries)] * 2


def test_json_feed(website: Path) -> None:
    """Every JSON feed is what the specification says."""
    feeds = sorted(path for path in website.rglob("*.json") if not path.name.startswith("."))
    assert len(feeds) > 20
    for path in feeds:
        jsonschema.validate(json.loads(path.read_bytes()), SCHEMA)


def test_xml(website: Path) -> None:
    """Every XML document is well-formed for a strict parser, hostile papers among them."""
    documents = [path for ext in ("rss", "atom", "opml") for path in website.rglob(f"*.{ext}")]
    assert len(documents) > 40
    for path in documents:
        ET.fromstring(path.read_bytes())  # noqa: S314 - our own output
