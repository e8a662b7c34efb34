"""Small valid values for tests: what a test does not name is plain and the same everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from digest.models import (
    Assignment,
    Author,
    Edition,
    EditionPaper,
    KnownPaper,
    Paper,
    Reason,
    Rules,
    Score,
    Signal,
    Topic,
    Verdict,
)

NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)
FIRST_DAY = NOON.date()
TOPICS = (
    Topic(slug="agents", title="Agents", order=1, rules=Rules(any=("agent",))),
    Topic(slug="code", title="Code", order=2, rules=Rules(any=("program synthesis",))),
    Topic(slug="science", title="Science and Medicine", order=3, rules=Rules(any=("protein",))),
)


def make_paper(number: int, *, upvotes: int | None = None, at: datetime = NOON, **fields: Any) -> Paper:
    """Paper `arxiv:2605.0000N`, with one observation of its upvotes when they are given."""
    id_ = f"arxiv:2605.{number:05}"
    signals = () if upvotes is None else (Signal(metric="upvotes", value=upvotes, observed_at=at, source="hf"),)
    plain: dict[str, Any] = {
        "id": id_,
        "aliases": (id_,),
        "title": f"Paper number {number}",
        "abstract": f"What paper {number} is about. It says more.",
        "authors": (Author(name="Ada Lovelace"), Author(name="Emmy Noether")),
        "url": f"https://arxiv.org/abs/2605.{number:05}",
        "listed_on": at.date(),
        "signals": signals,
    }
    return Paper(**(plain | fields))


def make_known(number: int, *, topic: str = "agents", **fields: Any) -> KnownPaper:
    """A stored paper with one topic."""
    return KnownPaper(paper=make_paper(number, **fields), assignments=(make_assignment(topic),), first_seen_at=NOON)


def make_assignment(topic: str) -> Assignment:
    """An assignment of middling confidence."""
    return Assignment(topic=topic, confidence=0.7, why=f'"{topic}" in the title')


def make_entry(
    number: int,
    *topics: str,
    score: float = 1.0,
    reason: Reason = "new",
    previous: int | None = None,
    **fields: Any,
) -> EditionPaper:
    """A paper as an edition recorded it."""
    return EditionPaper(
        paper=make_paper(number, **fields),
        assignments=tuple(make_assignment(topic) for topic in topics or ("agents",)),
        score=Score(value=score, why="3 upvotes"),
        reason=reason,
        previous=previous,
    )


def make_edition(number: int, *entries: EditionPaper, first_on: date = FIRST_DAY, **fields: Any) -> Edition:
    """Edition `number`, closed at noon `number - 1` days after `first_on`."""
    closed_at = datetime(first_on.year, first_on.month, first_on.day, 12, tzinfo=UTC) + timedelta(days=number - 1)
    plain: dict[str, Any] = {
        "number": number,
        "closed_at": closed_at,
        "dated_on": closed_at.date(),
        "verdict": Verdict.FRESH,
        "papers": tuple(entries),
    }
    return Edition(**(plain | fields))
