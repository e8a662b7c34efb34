"""A feed as Atom 1.0 (RFC 4287). Titles and summaries are text constructs of type text, content is escaped HTML."""

from __future__ import annotations

from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator

from digest.render.feeds.extensions import DocumentExtension, RelatedExtension, legal, required
from digest.render.feeds.feed import MEDIA_TYPES, Entry, Feed
from digest.render.feeds.rss import GENERATOR


def render_atom(feed: Feed) -> bytes:
    """The document as UTF-8 with an XML declaration."""
    generator: Any = FeedGenerator()
    generator.register_extension("document", DocumentExtension, None, atom=True, rss=False)
    generator.register_extension("links", BaseExtension, RelatedExtension, atom=True, rss=False)
    generator.document.feed = feed
    generator.generator(GENERATOR)
    generator.id(feed.id)
    generator.title(required(feed.title))
    generator.subtitle(required(feed.description or feed.title))
    generator.language(feed.language)
    generator.author(name=required(feed.site_title))
    generator.updated(feed.updated_at)
    generator.link(href=feed.url("atom"), rel="self", type=MEDIA_TYPES["atom"])
    generator.link(href=feed.html_url, rel="alternate", type="text/html")
    for entry in feed.entries:
        _add(generator, entry)
    return bytes(generator.atom_str(pretty=True))


def _add(generator: Any, entry: Entry) -> None:
    item: Any = FeedEntry()
    generator.add_entry(item, order="append")
    item.id(entry.id)
    item.title(required(entry.title))
    item.link(href=entry.url)
    item.links.related = entry.related
    item.author([{"name": legal(name)} for name in entry.authors])
    item.category([{"term": legal(category.term), "label": legal(category.label)} for category in entry.categories])
    item.summary(legal(entry.summary or entry.title))
    item.content(required(entry.content_html), type="html")
    item.published(entry.published_at)
    item.updated(entry.updated_at)
