"""A feed as JSON Feed 1.1 (https://jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from typing import Any

from digest.render.feeds.feed import Entry, Feed

VERSION = "https://jsonfeed.org/version/1.1"


def render_json(feed: Feed) -> bytes:
    """The document as UTF-8. `next_url` leads to the older entries, document by document."""
    document: dict[str, Any] = {
        "version": VERSION,
        "title": feed.title,
        "description": feed.description or feed.title,
        "home_page_url": feed.html_url,
        "feed_url": feed.url("json"),
        "language": feed.language,
        "authors": [{"name": feed.site_title}],
    }
    if feed.paging.previous:
        document["next_url"] = feed.url("json", feed.paging.previous)
    if feed.hub and not feed.paging.archive:
        document["hubs"] = [{"type": "WebSub", "url": feed.hub}]
    head = ",\n".join(f"{_json(name)}: {_json(value)}" for name, value in document.items())
    items = ",\n".join(_json(_item(entry)) for entry in feed.entries)  # a line each: fast to write, easy to compare
    return f'{{\n{head},\n"items": [\n{items}\n]\n}}\n'.encode("utf-8", errors="replace")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.content_html,
        "date_published": entry.published_at.isoformat(),
        "date_modified": entry.updated_at.isoformat(),
    }
    if entry.authors:
        item["authors"] = [{"name": name} for name in entry.authors]
    if entry.categories:
        item["tags"] = [category.label for category in entry.categories]
    return item
