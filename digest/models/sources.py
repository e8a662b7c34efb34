"""What a source gave: papers, records set aside, and how far it can be trusted."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from digest.models.papers import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A record that was set aside: a short piece of it to recognise it by, and the reason one can act on."""

    record: str
    reason: str
    raw: bytes = b""
    """The record itself, as something `digest.sources.recognise.parse` reads; empty where it cannot stand alone."""
    again: str = ""
    """The source that has it, where it cannot stand alone or is of a file that may be mended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a place of a source held when it was read to its end without setting anything aside."""

    place: int
    """A hash of where it is: a file, an address, a piece of either."""
    mark: int
    """A hash of its bytes and of how they were read."""
    read: int = 0
    """Papers in it."""
    newest_on: date | None = None
    """The latest list day among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one answer, file or stream of a source held."""

    papers: tuple[Paper, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    form: str = "unknown"
    """The form it was recognised as, such as `daily-papers` or `arxiv-atom`."""
    unchanged: tuple[Content, ...] = ()
    """What was there before, byte by byte: its papers are counted and not read again."""
    contents: tuple[Content, ...] = ()
    """What to remember once the papers, and those of the readings before, are kept."""

    @staticmethod
    def join(readings: Iterable[Reading]) -> Reading:
        """One reading of several, in order (the pages of a list, the files of a folder)."""
        parts = tuple(readings)
        return Reading(
            papers=tuple(paper for part in parts for paper in part.papers),
            rejected=tuple(rejection for part in parts for rejection in part.rejected),
            form=parts[0].form if parts else "unknown",
            unchanged=tuple(content for part in parts for content in part.unchanged),
            contents=tuple(content for part in parts for content in part.contents),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRecord:
    """A record set aside, as the store keeps it: which source gave it, and when it first did."""

    key: int
    """What the store knows it by."""
    source: str
    rejected_at: datetime
    record: str
    reason: str
    raw: bytes = b""
    again: str = ""
    """Both as in `Rejection`; neither, when it was too large or has been kept too long."""


class Verdict(enum.StrEnum):
    """How far a source, or an edition, can be trusted to be whole. Ordered from good to bad."""

    FRESH = "fresh"
    """New papers, about as many as that weekday usually has."""
    QUIET = "quiet"
    """It answered and had nothing new, which happens on such a day."""
    HOLIDAY = "holiday"
    """No list is made on this day (weekend, or an announced pause)."""
    PARTIAL = "partial"
    """It answered with clearly less than that weekday usually has, or broke off."""
    STALE = "stale"
    """It answered with what it had said before although a new list was due."""
    DOWN = "down"
    """It did not answer, or with nothing that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRun:
    """One attempt to read one source."""

    source: str
    started_at: datetime
    finished_at: datetime
    verdict: Verdict
    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: tuple[Rejection, ...] = ()
    message: str = ""
    """What went wrong, in one line; empty when nothing did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How a source does: its last run, when it last answered whole, what it usually has, when it has something next."""

    source: str
    last: SourceRun | None = None
    """None: it was never read."""
    last_success_at: datetime | None = None
    """When it last answered, and not in part."""
    usual: float | None = None
    """Papers it usually has on this weekday; None when too little is known."""
    due_at: datetime | None = None
    """When a daily list is next expected to be out; None: whenever it is asked."""
