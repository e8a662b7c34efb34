"""arXiv's own feeds: RSS 2.0 and Atom of the daily announcements (rss.arxiv.org), and the API's search results.

A parser of its own, because arXiv says things in its feeds that a general feed reader drops, and for speed. Harvested
records are for `oai`. Formats: https://info.arxiv.org/help/rss.html, https://info.arxiv.org/help/api/user-manual.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from digest.errors import SourceRefused
from digest.models import Announcement
from digest.sources import limits
from digest.sources.author_names import split_names
from digest.sources.record import ANNOUNCEMENTS, Found, Names, Origin, build, people, reject
from digest.sources.xml_records import BrokenOff, Node, records, value_of

_HEAD = 4096
_OURS = re.compile(
    rb"arxiv\.org/schemas/atom|rss\.arxiv\.org/|export\.arxiv\.org/rss|arxiv\.org/api/|"
    rb"<title[^>]{0,40}>\s*arxiv (?:query|search)",
    re.IGNORECASE,
)
_PREAMBLE = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*(\S+)\s+(?:Abstract:\s*)?", re.IGNORECASE)
_WITHDRAWN_COMMENT = re.compile(r"\b(?:withdrawn|retracted)\b", re.IGNORECASE)
_WITHDRAWN_ABSTRACT = re.compile(
    r"\W*(?:this|the)\s+(?:\w+\s+)?(?:paper|article|submission|manuscript|work|preprint|thesis|report|version)\b"
    r".{0,40}?\b(?:has|have|had|is|was|were|been|being)\s+(?:temporarily\s+)?(?:withdrawn|retracted|removed by arxiv)"
    r"|\W*(?:withdrawn|retracted)\b.{0,20}\b(?:by|due|because|from)\b|\W*(?:withdrawn|retracted)\W*$"
    r"|\W*(?:paper|article|submission|manuscript)\s+(?:was\s+|has been\s+)?(?:withdrawn|retracted)\b",
    re.IGNORECASE | re.DOTALL,
)


def is_arxiv_feed(data: bytes) -> bool:
    """Whether XML is a feed that arXiv wrote (not one that merely links to it)."""
    return _OURS.search(data[:_HEAD]) is not None


def form_of(data: bytes) -> str:
    """`arxiv-rss`, `arxiv-atom` (announcements) or `arxiv-api`."""
    if b"<rss" in data[:_HEAD]:
        return "arxiv-rss"
    return "arxiv-atom" if b"rss.arxiv.org" in data[:_HEAD] else "arxiv-api"


def parse_arxiv(data: bytes, origin: Origin) -> Iterator[Found]:
    """The papers of a feed, in order.

    Raises:
        SourceRefused: arXiv answered with an error, in its words; or as `xml_records.records`.
    """
    try:
        for node in records(data, "entry", "item"):
            _refuse_error(node)
            yield _item(node, origin) if node.name == "item" else _entry(node, origin)
    except BrokenOff as broken:
        yield reject("the rest of the feed", str(broken))


def total_results(data: bytes) -> int | None:
    """How many papers an API search has in all (OpenSearch `totalResults`); None when it does not say."""
    total = value_of(data, "totalResults") or ""
    return int(total) if total.isascii() and total.isdigit() and len(total) < 12 else None  # noqa: PLR2004 - sane


def _refuse_error(entry: Node) -> None:
    """The API reports a bad request as a feed with one entry called Error."""
    if entry.get("title") == "Error" and "/api/errors" in entry.get("id"):
        message = limits.text(entry.get("summary"), limits.NAME) or "no reason given"
        raise SourceRefused(f"arXiv answered with an error: {message}")


def _item(item: Node, origin: Origin) -> Found:
    """A paper of the RSS feed, dated by its announcement."""
    abstract, announced = announcement(item.get("description"), item.get("announce_type"))
    names = Names.among(item.get("guid"), item.get("link"), item.get("doi"), item.get("DOI"))
    return _announced(item, origin, names, abstract=abstract, announced=announced, listed=item.get("pubDate"))


def _entry(entry: Node, origin: Origin) -> Found:
    """A paper of the Atom feed: of the API where it has authors of its own, else announced."""
    abstract, announced = announcement(entry.get("summary"), entry.get("announce_type"))
    links = [link.attributes.get("href") for link in entry.all("link")]
    names = Names.among(entry.get("id"), *links, entry.get("doi"), entry.get("DOI"))
    if announced:
        return _announced(entry, origin, names, abstract=abstract, announced=announced, listed=entry.get("published"))
    comment = entry.get("comment")
    return build(
        origin,
        names,
        entry.get("title"),
        abstract=abstract,
        authors=people(author.get("name") for author in entry.all("author")),
        categories=_categories(entry),
        venue=entry.get("journal_ref"),
        published_at=limits.moment(entry.get("published")),
        updated_at=limits.moment(entry.get("updated")),
        withdrawn=is_withdrawn(comment, abstract),
    )


def _announced(
    node: Node, origin: Origin, names: Names, /, *, abstract: str, announced: Announcement | None, listed: str
) -> Found:
    replaced = announced in {"replace", "replace-cross"}
    listed_at = limits.moment(listed)
    return build(
        origin,
        names,
        node.get("title"),
        abstract=abstract,
        authors=people(name for creator in node.all("creator") for name in split_names(creator.text)),
        categories=_categories(node),
        venue=node.get("journal_reference") or node.get("journal_ref"),
        listed_on=limits.day(listed),  # in New York, where it is midnight, not in UTC
        published_at=listed_at if announced == "new" else None,
        updated_at=listed_at if replaced else None,
        announcement=announced,
        withdrawn=is_withdrawn(node.get("comment"), abstract),
    )


def announcement(description: str, kind: str) -> tuple[str, Announcement | None]:
    """The abstract of an announcement without its preamble, and what is announced (`kind` wins over the preamble)."""
    preamble = _PREAMBLE.match(description[: limits.LINE])
    abstract = description[preamble.end() :] if preamble else description
    kind = (kind or (preamble[1] if preamble else "")).strip().lower()
    return abstract, cast("Announcement", kind) if kind in ANNOUNCEMENTS else None


def _categories(node: Node) -> tuple[str, ...]:
    """The arXiv classes, the primary one first; other schemes (MSC, ACM) are left out."""
    primary = node.first("primary_category")
    values = [primary.attributes.get("term", "")] if primary else []
    values += [category.attributes.get("term") or category.text for category in node.all("category")]
    return categories(values)


_CATEGORY = re.compile(r"[a-z]{1,8}(?:-[a-z]{2,5}){0,2}(?:\.[A-Za-z]{2,6}(?:-[a-z]{2,4})?)?")


def categories(values: list[str]) -> tuple[str, ...]:
    """Those of `values` that are arXiv categories such as `cs.CL` and `cond-mat.mes-hall`, each once."""
    clean = (value.strip() for value in values[: limits.LABELS])
    return tuple(dict.fromkeys(value for value in clean if _CATEGORY.fullmatch(value)))


def is_withdrawn(comment: str, abstract: str = "") -> bool:
    """Whether authors or administrators say that the paper is withdrawn, in its comment or in place of its abstract."""
    return (
        _WITHDRAWN_COMMENT.search(comment[: limits.LINE]) is not None
        or _WITHDRAWN_ABSTRACT.match(abstract[: limits.LINE]) is not None
    )
