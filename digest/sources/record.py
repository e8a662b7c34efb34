"""From the loose fields of one foreign record to a `Paper`, or to the reason why it is none.

Every parser ends here, so that limits, identity and addresses are the same for all of them. It knows no format.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import get_args
from urllib.parse import quote

from digest.identity import arxiv_id, doi, identities, openreview_id
from digest.models import Announcement, Author, Metric, Paper, Rejection, Signal
from digest.sources import limits

ANNOUNCEMENTS = frozenset(get_args(Announcement))
METRICS: tuple[Metric, ...] = get_args(Metric)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and when an input was read, for what its records do not say themselves."""

    observed_at: datetime
    source: str
    on: date | None = None
    """The list day for records that have none."""
    hint: str = ""
    """A file name or an address, to name the input in messages."""

    @property
    def name(self) -> str:
        """What the input is called in a message."""
        return limits.text(self.hint or self.source, limits.NAME)


Found = Paper | Rejection


def reject(piece: object, reason: str) -> Rejection:
    """The record that `piece` is a part of, set aside."""
    return Rejection(record=limits.text(piece, 120) or type(piece).__name__, reason=reason)


def with_value(found: Found, value: object) -> Found:
    """`found`, with the JSON value it was read from where that was set aside."""
    if not isinstance(found, Rejection) or found.raw:
        return found
    return with_raw(found, json.dumps([value], ensure_ascii=False).encode("utf-8", "replace"))


def with_raw(found: Found, raw: bytes) -> Found:
    """`found`, with the bytes it was read from where that was set aside: they must be readable by themselves."""
    if not isinstance(found, Rejection) or len(raw) > limits.RAW:
        return found
    return replace(found, raw=raw)


@dataclass(frozen=True, slots=True)
class Names:
    """The identifiers a record gave, as it spelled them; `version` is of the arXiv id."""

    arxiv: str | None = None
    version: int | None = None
    doi: str | None = None
    openreview: str | None = None

    @classmethod
    def among(cls, *candidates: object) -> Names:
        """The identifiers found in any of `candidates` (ids, addresses, guids); the first of a kind wins."""
        arxiv: tuple[str, int | None] | None = None
        known_doi: str | None = None
        forum: str | None = None
        for candidate in candidates:
            if not isinstance(candidate, str) or not candidate:
                continue
            if arxiv is None and (arxiv := arxiv_id(candidate)):
                continue
            if known_doi is None and "10." in candidate:
                known_doi = doi(candidate)
            if forum is None and "openreview" in candidate:
                forum = openreview_id(candidate)
        number, version = arxiv or (None, None)
        return cls(number, version, known_doi, forum)


def build(
    origin: Origin,
    names: Names,
    title: object,
    /,
    *,
    abstract: object = None,
    authors: tuple[Author, ...] = (),
    version: int | None = None,
    listed_on: date | None = None,
    url: object = None,
    pdf_url: object = None,
    venue: object = None,
    summary: object = None,
    code_url: object = None,
    project_url: object = None,
    discussion_url: object = None,
    thumbnail_url: object = None,
    categories: tuple[str, ...] = (),
    keywords: tuple[str, ...] = (),
    organizations: tuple[str, ...] = (),
    published_at: datetime | None = None,
    updated_at: datetime | None = None,
    announcement: Announcement | None = None,
    withdrawn: bool = False,
    signals: tuple[Signal, ...] = (),
) -> Found:
    """The paper these fields describe; a rejection when there is no title to know it by.

    Texts and addresses are cleaned here; the typed fields are taken as they are (see `limits`, `people`, `observe`).
    """
    heading = limits.text(title, limits.TITLE)
    if not heading:
        piece = names.arxiv or names.doi or limits.text(abstract, limits.NAME) or "a record"
        return reject(piece, "it has no title")
    aliases = identities(title=heading, authors=authors, arxiv=names.arxiv, doi=names.doi, openreview=names.openreview)
    return Paper(
        id=aliases[0],
        aliases=aliases,
        title=heading,
        abstract=limits.text(abstract, limits.ABSTRACT),
        authors=authors,
        categories=categories,
        keywords=keywords,
        organizations=organizations,
        summary=limits.text(summary, limits.LINE) or None,
        url=_page(names, url),
        pdf_url=_pdf(names, pdf_url),
        code_url=limits.web_address(code_url),
        project_url=limits.web_address(project_url),
        discussion_url=limits.web_address(discussion_url),
        thumbnail_url=limits.web_address(thumbnail_url, secure=True),
        listed_on=listed_on or origin.on,
        published_at=published_at,
        updated_at=updated_at,
        version=version or names.version,
        announcement=announcement,
        withdrawn=withdrawn,
        venue=limits.text(venue, limits.NAME) or None,
        signals=signals,
    )


def _page(names: Names, url: object) -> str | None:
    """Where the paper is read: arXiv's page for arXiv's papers, whoever listed them, else what the record says."""
    if names.arxiv:
        return f"https://arxiv.org/abs/{names.arxiv}"
    if given := limits.web_address(url):
        return given
    if names.openreview:
        return f"https://openreview.net/forum?id={names.openreview}"
    return f"https://doi.org/{quote(names.doi, safe='/:;()')}" if names.doi else None


def _pdf(names: Names, url: object) -> str | None:
    return f"https://arxiv.org/pdf/{names.arxiv}" if names.arxiv else limits.web_address(url)


def people(names: Iterable[object]) -> tuple[Author, ...]:
    """Authors of their names; what is no name is left out, a name repeated counts once."""
    found: dict[str, Author] = {}
    for name in names:
        cleaned = limits.text(name, limits.NAME)
        if cleaned and cleaned not in found:
            found[cleaned] = Author(name=cleaned)
            if len(found) == limits.AUTHORS:
                break
    return tuple(found.values())


def observe(origin: Origin, values: Mapping[Metric, object]) -> tuple[Signal, ...]:
    """The signals among `values`, as seen when the input was read."""
    return tuple(
        Signal(metric=metric, value=number, observed_at=origin.observed_at, source=origin.source)
        for metric, value in values.items()
        if (number := limits.count(value)) is not None
    )


def unite(found: Iterable[Found]) -> list[Found]:
    """`found` with a paper listed twice in one list as one, its highest signals kept."""
    united: dict[str, Paper] = {}
    others: list[Found] = []
    for item in found:
        if isinstance(item, Rejection):
            others.append(item)
        elif (known := united.get(item.id)) is None:
            united[item.id] = item
        else:
            united[item.id] = replace(known, signals=_highest(known.signals + item.signals))
    return [*united.values(), *others]


def _highest(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    highest: dict[tuple[str, datetime], Signal] = {}
    for signal in signals:
        key = (signal.metric, signal.observed_at)
        if key not in highest or highest[key].value < signal.value:
            highest[key] = signal
    return tuple(highest.values())
