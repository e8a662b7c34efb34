"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), and the paper in each of its items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from digest.sources import limits
from digest.sources.feed import split_summary
from digest.sources.markup import plain_text
from digest.sources.record import Found, Names, Origin, build, people, reject


def is_json_feed(value: object) -> bool:
    """Whether a JSON document says it is a JSON Feed."""
    return isinstance(value, dict) and "jsonfeed.org/version/" in str(value.get("version"))[:100] and "items" in value


def parse_json_feed(feed: Mapping[str, Any], origin: Origin) -> Iterator[Found]:
    """The papers of a feed's items, in order. HTML becomes plain text; authors of the feed itself are not papers'."""
    items = feed.get("items")
    if not isinstance(items, list):
        yield reject(feed.get("title"), "`items` of the feed is no list")
        return
    for item in items:
        if isinstance(item, dict):
            yield _paper(item, origin)
        else:
            yield reject(str(item)[:60], "the item is no object")


def _paper(item: Mapping[str, Any], origin: Origin) -> Found:
    names = Names.among(item.get("id"), item.get("url"), item.get("external_url"))
    published = item.get("date_published")
    text = item.get("content_text") or plain_text(item.get("content_html")) or item.get("summary")
    abstract, summary = split_summary(text) if isinstance(text, str) else ("", None)
    return build(
        origin,
        names,
        plain_text(item.get("title")),
        abstract=abstract,
        summary=summary,
        authors=people(_names(item)),
        keywords=limits.labels(item.get("tags")),
        url=item.get("url") or item.get("external_url") or item.get("id"),
        thumbnail_url=item.get("image"),
        listed_on=limits.day(published),
        published_at=limits.moment(published),
        updated_at=limits.moment(item.get("date_modified")),
    )


def _names(item: Mapping[str, Any]) -> list[object]:
    """1.1 has `authors`, 1.0 had one `author`."""
    authors = item.get("authors")
    several = authors if isinstance(authors, list) else [item.get("author")]
    return [author.get("name") if isinstance(author, dict) else author for author in several]
