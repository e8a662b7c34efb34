"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from digest.lint.entries import lint_address, lint_content, lint_ids
from digest.lint.finding import Finding
from digest.lint.moments import lint_dates, rfc3339
from digest.lint.rules import found

VERSION = "https://jsonfeed.org/version/1.1"
_ADDRESSES = ("home_page_url", "feed_url", "next_url", "icon", "favicon")
_ITEM_ADDRESSES = ("url", "external_url", "image", "banner_image")


def lint_json_feed(text: str, now: datetime) -> Iterator[Finding]:
    """A document that wants to be a JSON Feed."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield found("json", "document", str(error))
        return
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        yield found("feed-form", "document", "it must be an object with a list of objects called items")
        return
    yield from _top(feed)
    yield from lint_ids(item["id"] if isinstance(item.get("id"), str) else "" for item in items)
    dates: dict[str, datetime] = {}
    for number, item in enumerate(items, 1):
        place = f"entry {number}"
        yield from _item(item, place)
        published = item.get("date_published")
        if isinstance(published, str) and (moment := rfc3339(published)):
            dates[place] = moment
    yield from lint_dates(dates, now)


def _top(feed: Mapping[str, Any]) -> Iterator[Finding]:
    if feed.get("version") != VERSION:
        yield found("feed-form", "version", f"{feed.get('version')!r:.60} is not {VERSION}")
    if not _said(feed.get("title")):
        yield found("feed-form", "title", "the feed has no title")
    if not _said(feed.get("feed_url")):
        yield found("self-link", "feed_url", "the feed does not say its own address")
    if feed.get("next_url") is not None and feed.get("next_url") == feed.get("feed_url"):
        yield found("feed-form", "next_url", "it leads to the document itself")
    for name in _ADDRESSES:
        if feed.get(name) is not None:
            yield from lint_address(str(feed[name]), name)
    yield from _authors(feed, "authors")
    hubs = feed.get("hubs", [])
    for hub in hubs if isinstance(hubs, list) else [None]:
        if not isinstance(hub, dict) or not _said(hub.get("type")) or not _said(hub.get("url")):
            yield found("feed-form", "hubs", "a hub needs type and url")


def _item(item: Mapping[str, Any], place: str) -> Iterator[Finding]:
    if not _said(item.get("content_html")) and not _said(item.get("content_text")):
        yield found("feed-form", place, "it has neither content_html nor content_text")
    if not _said(item.get("title")):
        yield found("title-empty", place, "no title", level="warning")
    for name in ("date_published", "date_modified"):
        value = item.get(name)
        if value is not None and (not isinstance(value, str) or rfc3339(value) is None):
            yield found("date-form", place, f"{name} {value!r:.60} is no date of RFC 3339")
    for name in _ITEM_ADDRESSES:
        if item.get(name) is not None:
            yield from lint_address(str(item[name]), f"{place}, {name}")
    tags = item.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        yield found("feed-form", place, "tags must be a list of texts")
    yield from _authors(item, place)
    yield from lint_content(str(item.get("content_html") or ""), place)


def _authors(holder: Mapping[str, Any], place: str) -> Iterator[Finding]:
    authors = holder.get("authors", [])
    if not isinstance(authors, list) or not all(
        isinstance(author, dict) and any(_said(author.get(name)) for name in ("name", "url", "avatar"))
        for author in authors
    ):
        yield found("feed-form", place, "authors must be a list of objects with name, url or avatar")


def _said(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
