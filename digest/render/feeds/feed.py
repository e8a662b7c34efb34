"""A feed and its entries as values, before they are any format.

Texts are plain unless a field says HTML; addresses are absolute. Any list of entries can be a feed: a topic, a week, a
query. What a format lacks it leaves out; nothing here knows of formats.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

EMPTY_SINCE = datetime(2026, 1, 1, tzinfo=UTC)
"""`updated` of a feed without entries: it has to have one, and the time of writing would change with every run."""

MEDIA_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
"""The media type of each format, by the extension of its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What an entry is about: `term` for programs, `label` for people."""

    term: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One paper, edition, week or month."""

    id: str
    """A permanent IRI that does not depend on where the site is."""
    url: str
    """The page a click on the title opens."""
    title: str
    summary: str
    content_html: str
    authors: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    related: tuple[str, ...] = ()
    """Further addresses: PDF, code, discussion, project."""
    comments_url: str | None = None
    published_at: datetime
    """When it first appeared here; never changes."""
    updated_at: datetime
    """When its content last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Where a document stands in a feed of several (RFC 5005 §4). Names are without extension."""

    current: str | None = None
    """The subscription document, given in all others."""
    previous: str | None = None
    """The next older archive document."""
    following: str | None = None
    """The next newer one."""
    archive: bool = False
    """Whether this document is full and will never change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One document of a feed: the subscription document, or one of its archives."""

    name: str
    """Its path below the site without extension: `all`, `agents`, `archive/all-0001`."""
    id: str
    """The same in every document of the feed."""
    title: str
    """As a feed reader shows it: with the name of the site."""
    label: str
    """What the site's own pages call it, where the site's title would only repeat."""
    description: str
    """One line."""
    site_title: str
    """Author of the feed and of entries that name none."""
    base_url: str
    """Of the site, without a final slash."""
    html_url: str
    """The page that shows the same in a browser."""
    language: str = "en"
    """BCP 47 tag."""
    entries: tuple[Entry, ...] = ()
    """Newest first, each id once."""
    paging: Paging = Paging()
    """Its place among the feed's documents."""
    hub: str = ""
    """A WebSub hub's address; empty: none."""
    ttl_minutes: int = 60
    """How long a reader may wait before it asks again."""

    @property
    def updated_at(self) -> datetime:
        """When its newest entry changed."""
        return max((entry.updated_at for entry in self.entries), default=EMPTY_SINCE)

    def url(self, extension: str, name: str | None = None) -> str:
        """Where this document (or the one of `name`) is found in the format of `extension`."""
        return f"{self.base_url}/{name or self.name}.{extension}"

    @property
    def stylesheet(self) -> str:
        """Relative address of the stylesheet a browser shows it with."""
        return "../" * self.name.count("/") + "feed.css"


def distinct(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each id once, as it comes first (RFC 4287 §4.1.1, and guids are unique in RSS); `entries` are newest first."""
    found: dict[str, Entry] = {}
    for entry in entries:
        found.setdefault(entry.id, entry)
    return tuple(found.values())
