"""The list of all feeds as OPML 2.0 (http://opml.org/spec2.opml), which a feed reader imports in one go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from digest.render.feeds.extensions import legal
from digest.render.feeds.feed import Feed


def render_opml(title: str, feeds: Sequence[Feed], created_at: datetime) -> bytes:
    """One outline for each feed, by its RSS address; `created_at` is the date in its head."""
    opml = etree.Element("opml", version="2.0")
    head = etree.SubElement(opml, "head")
    etree.SubElement(head, "title").text = legal(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(created_at)
    body = etree.SubElement(opml, "body")
    for feed in feeds:
        name = legal(feed.title)
        etree.SubElement(
            body,
            "outline",
            text=name,
            title=name,
            type="rss",
            version="RSS2",
            description=legal(feed.description),
            xmlUrl=feed.url("rss"),
            htmlUrl=feed.html_url,
        )
    return etree.tostring(opml, encoding="UTF-8", xml_declaration=True, pretty_print=True)
