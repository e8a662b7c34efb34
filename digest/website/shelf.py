"""The closed editions as a website needs them: a light index of all, and the few at hand that are being rendered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from digest.models import Edition, Selection, Verdict
from digest.publish import closed_edition
from digest.render.email import preview
from digest.render.feeds.entries import paper_entry
from digest.render.feeds.feed import Entry
from digest.render.imprint import Imprint
from digest.render.math import to_text
from digest.render.safety import plain
from digest.render.sheets import Sheets
from digest.store import Store
from digest.variants import variant_key

_AT_HAND = 6_000
"""Papers held in memory at a time, as editions and as entries."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper as an edition has it, without its content."""

    number: int
    paper: str
    topics: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """An edition without its content."""

    number: int
    closed_at: datetime
    dated_on: date
    verdict: Verdict
    top: str
    """The title of its best paper."""
    papers: tuple[Printed, ...]
    """Best first."""
    withdrawn: tuple[str, ...]
    mail: str | None
    """The key of the mail that was kept of it."""


class Shelf:
    """All closed editions of a store, oldest first."""

    def __init__(self, store: Store, imprint: Imprint) -> None:
        self._store, self._imprint = store, imprint
        self.sheets = Sheets(imprint)
        self._editions = _Recent[Edition](_AT_HAND)
        self._entries = _Recent[dict[str, Entry]](_AT_HAND)
        self.lines = tuple(self._line(edition) for edition in store.editions())
        self._first: dict[str, datetime] = {}
        for line in self.lines:
            for printed in line.papers:
                self._first.setdefault(printed.paper, printed.at)
        self.withdrawn = frozenset(paper for line in self.lines for paper in line.withdrawn)

    def edition(self, number: int) -> Edition:
        """A whole edition."""
        return self._editions.get(
            number, lambda: closed_edition(self._store, number), lambda edition: len(edition.papers)
        )

    def mail(self, key: str) -> bytes:
        """The HTML of a kept mail, byte for byte, but that it is addressed to nobody."""
        kept = self._store.variant(key)
        assert kept is not None  # noqa: S101 - a line names only what is there, and nothing is ever taken away
        return preview(kept.mail, self._imprint.site).html.encode()

    def entry(self, printed: Printed) -> Entry:
        """The feed entry of a paper as its edition has it."""
        return self._entries.get(printed.number, lambda: self._make_entries(printed.number), len)[printed.paper]

    def _make_entries(self, number: int) -> dict[str, Entry]:
        edition = self.edition(number)
        return {
            paper.paper.id: paper_entry(
                self.sheets.of(paper),
                self._imprint,
                number=number,
                published_at=self._first[paper.paper.id],
                updated_at=edition.closed_at,
            )
            for paper in edition.papers
        }

    def _line(self, edition: Edition) -> Line:
        self._editions.get(edition.number, lambda: edition, lambda edition: len(edition.papers))
        papers = tuple(
            Printed(
                edition.number,
                paper.paper.id,
                tuple(assignment.topic for assignment in paper.assignments),
                edition.closed_at,
            )
            for paper in edition.papers
        )
        top = to_text(plain(edition.papers[0].paper.title, limit=200)) if edition.papers else ""
        key = variant_key(edition.number, edition.number, Selection())
        return Line(
            edition.number,
            edition.closed_at,
            edition.dated_on,
            edition.verdict,
            top,
            papers,
            edition.withdrawn,
            key if self._store.variant(key) else None,
        )


class _Recent(Generic[_T]):
    """The values asked for last, as many as weigh `limit` together."""

    def __init__(self, limit: int) -> None:
        self._limit, self._weight = limit, 0
        self._values: OrderedDict[int, tuple[_T, int]] = OrderedDict()

    def get(self, key: int, make: Callable[[], _T], weigh: Callable[[_T], int]) -> _T:
        """The value of `key`, made when it is not at hand."""
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key][0]
        value = make()
        self._values[key] = value, weigh(value)
        self._weight += weigh(value)
        while self._weight > self._limit and len(self._values) > 1:
            self._weight -= self._values.popitem(last=False)[1][1]
        return value
