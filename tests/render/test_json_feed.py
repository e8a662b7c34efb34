"""JSON Feed 1.1: valid by the schema, the same entries as the other formats, and a chain of pages that ends."""

import json
from typing import Any

import feedparser
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.render.feeds import RENDERERS
from digest.render.feeds.feed import Paging
from tests.builders import make_edition, make_entry
from tests.render.json_feed_schema import SCHEMA
from tests.render.published import entries_of, make_feed, make_imprint, sample_feed

IMPRINT = make_imprint()


def check(data: bytes) -> dict[str, Any]:
    """The document, which the schema accepts."""
    document: dict[str, Any] = json.loads(data)
    jsonschema.validate(document, SCHEMA, format_checker=jsonschema.FormatChecker())
    return document


def test_schema() -> None:
    """A feed with everything in it is valid and names itself and its hub."""
    document = check(RENDERERS["json"](sample_feed()))
    assert document["feed_url"] == "https://papers.example/all.json"
    assert document["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
    assert "next_url" not in document


def test_empty() -> None:
    """A feed without entries is valid."""
    assert check(RENDERERS["json"](make_feed(IMPRINT)))["items"] == []


def test_next_url() -> None:
    """The next page is the archive before this one, and never this one."""
    feed = make_feed(IMPRINT, name="archive/all-0002", paging=Paging(current="all", previous="archive/all-0001"))
    document = check(RENDERERS["json"](feed))
    assert document["next_url"] == "https://papers.example/archive/all-0001.json"


@pytest.mark.parametrize("extension", ["rss", "atom"])
def test_same_entries_as_xml(extension: str) -> None:
    """All three formats hold the same ids in the same order, with the same titles."""
    items = check(RENDERERS["json"](sample_feed()))["items"]
    entries = feedparser.parse(RENDERERS[extension](sample_feed()), sanitize_html=False).entries
    assert [(item["id"], item["title"]) for item in items] == [(entry.id, entry.title) for entry in entries]


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_hostile_text(text: str) -> None:
    """Any text in any field leaves a valid document."""
    entry = make_entry(1, title=text, abstract=text, categories=(text,), url=text)
    check(RENDERERS["json"](make_feed(IMPRINT, *entries_of(make_edition(1, entry), IMPRINT))))
