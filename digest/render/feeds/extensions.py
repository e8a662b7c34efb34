"""What feedgen does not write by itself, through its extension mechanism: hub, archive and paging links, stylesheet.

Link relations: hub is W3C WebSub §4, prev-archive, next-archive and current are RFC 5005 §4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from digest.render.feeds.feed import MEDIA_TYPES, Feed

_ATOM = "http://www.w3.org/2005/Atom"
_HISTORY = "http://purl.org/syndication/history/1.0"
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """`text` without what XML 1.0 §2.2 does not allow; one such character would lose the whole feed."""
    return _ILLEGAL.sub("", text)


def required(text: str) -> str:
    """`text` for an element that may not be empty."""
    return legal(text).strip() or "Untitled"


class DocumentExtension(BaseExtension):  # type: ignore[misc]
    """Links and marks of a whole document. `feed` has to be set before it is written."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        """The namespace of RFC 5005."""
        return {"fh": _HISTORY}

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        """Add to the channel; the self link is feedgen's own."""
        channel = feed[0]
        for rel, href in _links(self.feed, "rss"):
            _link(channel, f"{{{_ATOM}}}link", rel, href, MEDIA_TYPES["rss"])
        return self._mark(feed, channel)

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        """Add to the feed element."""
        for rel, href in _links(self.feed, "atom"):
            _link(feed, "link", rel, href, MEDIA_TYPES["atom"])  # feedgen's Atom elements have the namespace in effect
        return self._mark(feed, feed)

    def _mark(self, root: etree._Element, parent: etree._Element) -> etree._Element:
        if self.feed.paging.archive:
            etree.SubElement(parent, f"{{{_HISTORY}}}archive")
        style = f'type="text/css" href="{self.feed.stylesheet}"'
        root.addprevious(etree.ProcessingInstruction("xml-stylesheet", style))
        return root


class CreatorsExtension(BaseEntryExtension):  # type: ignore[misc]
    """The authors of an RSS item: `author` there must be a mail address, so names go into dc:creator."""

    names: tuple[str, ...] = ()

    def extend_rss(self, item: etree._Element) -> etree._Element:
        """Add one dc:creator for each name."""
        for name in self.names:
            etree.SubElement(item, "{http://purl.org/dc/elements/1.1/}creator").text = legal(name)
        return item


class RelatedExtension(BaseEntryExtension):  # type: ignore[misc]
    """Relations of an Atom entry's links: feedgen 1.0.0 writes only their addresses, so that all would be alternate."""

    related: tuple[str, ...] = ()

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        """Complete the link that is there, which is the page, and add the related ones behind it."""
        page = entry.find("link")
        if page is not None:
            page.set("rel", "alternate")
            for href in reversed(self.related):
                page.addnext(etree.Element("link", rel="related", href=href))
        return entry


class CreatorsNamespace(BaseExtension):  # type: ignore[misc]
    """Declares the namespace of `CreatorsExtension`."""

    def extend_ns(self) -> dict[str, str]:
        """Dublin Core, as RSS readers know it."""
        return {"dc": "http://purl.org/dc/elements/1.1/"}


def _links(feed: Feed, extension: str) -> Iterator[tuple[str, str]]:
    if feed.hub and not feed.paging.archive:
        yield "hub", feed.hub
    for rel, name in (
        ("current", feed.paging.current),
        ("prev-archive", feed.paging.previous),
        ("next-archive", feed.paging.following),
    ):
        if name:
            yield rel, feed.url(extension, name)


def _link(parent: etree._Element, tag: str, rel: str, href: str, type_: str) -> None:
    link = etree.SubElement(parent, tag, rel=rel, href=href)
    if rel != "hub":
        link.set("type", type_)
