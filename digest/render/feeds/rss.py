"""A feed as RSS 2.0, after the RSS Advisory Board's profile.

Titles are plain text, escaped once; `description` holds the summary as HTML and stands before `content:encoded`.
"""

from __future__ import annotations

from typing import Any

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from markupsafe import escape

from digest.render.feeds.extensions import CreatorsExtension, CreatorsNamespace, DocumentExtension, legal, required
from digest.render.feeds.feed import MEDIA_TYPES, Entry, Feed

GENERATOR = "Daily Papers Digest"


def render_rss(feed: Feed) -> bytes:
    """The document as UTF-8 with an XML declaration."""
    generator: Any = FeedGenerator()
    generator.register_extension("document", DocumentExtension, None, atom=False, rss=True)
    generator.register_extension("creators", CreatorsNamespace, CreatorsExtension, atom=False, rss=True)
    generator.document.feed = feed
    generator.generator(GENERATOR)
    generator.docs("https://www.rssboard.org/rss-specification")
    generator.title(required(feed.title))
    generator.description(required(feed.description or feed.title))
    generator.language(feed.language)
    generator.ttl(feed.ttl_minutes)
    generator.lastBuildDate(feed.updated_at)
    generator.link(href=feed.url("rss"), rel="self", type=MEDIA_TYPES["rss"])
    generator.link(href=feed.html_url, rel="alternate")  # last: feedgen takes it for the channel's link
    for entry in feed.entries:
        _add(generator, entry)
    return bytes(generator.rss_str(pretty=True))


def _add(generator: Any, entry: Entry) -> None:
    item: Any = FeedEntry()
    generator.add_entry(item, order="append")
    item.guid(entry.id, permalink=False)
    item.title(required(entry.title))
    item.link(href=entry.url, rel="alternate")
    item.description(legal(escape(entry.summary or entry.title)), isSummary=True)
    item.content(required(entry.content_html))
    item.creators.names = entry.authors
    item.category([{"term": legal(category.term), "label": legal(category.label)} for category in entry.categories])
    if entry.comments_url:
        item.comments(entry.comments_url)
    item.published(entry.published_at)
    item.updated(entry.updated_at)
