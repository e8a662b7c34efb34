"""What came of reading a source so far, counted. Nothing is stored or judged here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from digest.models import Content, Merged, Paper, Rejection

MOST_REJECTIONS = 1_000
"""Records set aside that are told one by one; the rest is counted."""


@dataclass(slots=True)
class Tally:
    """Papers and rejections, as they come in."""

    read: int = 0
    new: int = 0
    updated: int = 0
    message: str = ""
    """What ended the reading early, in one line."""
    refused: Rejection | None = None
    """The source itself, where it was refused as a whole and can be read again."""
    newest_on: date | None = None
    _rejected: list[Rejection] = field(default_factory=list)
    _unnamed: int = 0

    @property
    def unchanged(self) -> int:
        """Records that said nothing new."""
        return self.read - self.new - self.updated

    @property
    def rejected(self) -> tuple[Rejection, ...]:
        """The records set aside, the last one standing for those that are only counted."""
        rest = Rejection(record="the rest", reason=f"{self._unnamed:,} more were set aside")
        return (*self._rejected, rest) if self._unnamed else tuple(self._rejected)

    @property
    def to_keep(self) -> tuple[Rejection, ...]:
        """All that can be taken again."""
        return (*self._rejected, self.refused) if self.refused else tuple(self._rejected)

    def reject(self, rejections: Sequence[Rejection]) -> None:
        """Count records set aside."""
        room = max(MOST_REJECTIONS - len(self._rejected), 0)
        self._rejected += rejections[:room]
        self._unnamed += len(rejections[room:])

    def look_at(self, papers: Sequence[Paper]) -> None:
        """Count papers that were read."""
        self.read += len(papers)
        self._newest(paper.listed_on for paper in papers)

    def pass_over(self, contents: Sequence[Content]) -> None:
        """Count papers that did not have to be read again."""
        self.read += sum(content.read for content in contents)
        self._newest(content.newest_on for content in contents)

    def count(self, decisions: Sequence[Merged]) -> None:
        """Count what was stored of them."""
        new = sum(not decision.parts for decision in decisions)
        self.new += new
        self.updated += sum(decision.records for decision in decisions) - new

    def _newest(self, days: Iterable[date | None]) -> None:
        self.newest_on = max((day for day in (self.newest_on, *days) if day), default=None)
