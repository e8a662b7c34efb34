"""Editions, weeks and months: each is a run of editions with one page and one feed entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from digest.curation.digest import build_digest
from digest.models import Digest, Edition, Section, Selection
from digest.render.environment import day
from digest.render.imprint import Imprint
from digest.website.shelf import Line, Shelf

Kind = Literal["edition", "week", "month"]
TOP: dict[Kind, int | None] = {"edition": None, "week": 25, "month": 50}
"""How many papers stand in the digest of a run; None is all."""


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive editions that are shown as one."""

    kind: Kind
    name: str
    """`12`, `2026-W47`, `2026-11`: part of its id and of its address, so it never changes."""
    path: str
    """Of its page."""
    title: str
    lines: tuple[Line, ...]

    @property
    def mail(self) -> str | None:
        """The key of the mail kept of an edition."""
        return self.lines[0].mail if self.kind == "edition" else None

    @property
    def mail_path(self) -> str:
        """Of that mail, as a page."""
        return self.path.replace(".html", ".mail.html")

    @property
    def numbers(self) -> tuple[int, ...]:
        """The editions in it."""
        return tuple(line.number for line in self.lines)

    @property
    def published_at(self) -> datetime:
        """When its first edition closed."""
        return self.lines[0].closed_at

    @property
    def updated_at(self) -> datetime:
        """When its last edition closed."""
        return self.lines[-1].closed_at


def editions(lines: Sequence[Line]) -> tuple[Run, ...]:
    """Each edition as a run of its own."""
    return tuple(
        Run("edition", str(line.number), f"editions/{line.number}.html", day(line.dated_on), (line,)) for line in lines
    )


def weeks(lines: Sequence[Line]) -> tuple[Run, ...]:
    """ISO weeks in which an edition is dated."""
    return _grouped(
        "week", "weekly", lines, _week, lambda on: f"Week {on.isocalendar().week} of {on.isocalendar().year}"
    )


def months(lines: Sequence[Line]) -> tuple[Run, ...]:
    """Calendar months in which an edition is dated."""
    return _grouped("month", "monthly", lines, lambda on: f"{on:%Y-%m}", lambda on: f"{on:%B %Y}")


def digest_of(run: Run, shelf: Shelf, imprint: Imprint) -> Digest:
    """The digest of a run: an edition by topic, a week or month as one list of its best papers."""
    found: list[Edition] = [shelf.edition(number) for number in run.numbers]
    digest = build_digest(found, Selection(max_papers=TOP[run.kind]), imprint.topics)
    if run.kind == "edition" or not digest.sections:
        return digest
    best = sorted(digest.papers, key=lambda entry: (-entry.score.value, entry.paper.id))
    title = f"The {len(best)} best received" if digest.left_out else "Best received first"
    # The notes were written for single mornings; in a row they would be longer than the list.
    return replace(digest, sections=(Section(slug="top", title=title, papers=tuple(best)),), note="")


def _week(on: date) -> str:
    year, week, _ = on.isocalendar()
    return f"{year}-W{week:02}"


def _grouped(
    kind: Kind, folder: str, lines: Sequence[Line], name: Callable[[date], str], title: Callable[[date], str]
) -> tuple[Run, ...]:
    return tuple(
        Run(kind, key, f"{folder}/{key}.html", title(group[0].dated_on), group)
        for key, members in groupby(lines, key=lambda line: name(line.dated_on))
        if (group := tuple(members))
    )
