"""How well an order of the morning foresees what readers make of it by the evening: `digest trend evaluate`.

For every list day the papers are ranked by `digest.curation.trend` from their morning signals, and by raw upvotes. Both
orders are held against the order the same papers had on the source's own page at the last reading of the day after:

- *Spearman*: rank correlation of the two orders, ties sharing their mean rank;
- *nDCG at 10*: how much of the later order's best is among the first ten. A paper that later stands at place r of n is
  worth (n - r + 1) / n.

Both are means over the days. `parse_readings` and `parse_signals` read the two files of the folder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import log2
from typing import Any, TypeVar

from digest.curation.trend import trend
from digest.errors import SettingsError
from digest.models import Metric, Paper, Signal

_OTHERS: tuple[Metric, ...] = ("comments", "github_stars")
T = TypeVar("T")

FIRST, LEAST_OVERLAP, LEAST_PAPERS = 10, 0.6, 5
SOONEST, LATEST = timedelta(hours=2), timedelta(hours=30)
"""A later reading is one this long after the morning."""


@dataclass(frozen=True, slots=True)
class PageReading:
    """The order of a source's page at a moment, best first, as paper ids."""

    seen_at: datetime
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Morning:
    """A list day as it looked when its signals were read."""

    day: date
    seen_at: datetime
    papers: tuple[Paper, ...]


def parse_readings(text: str, name: str = "page_order.jsonl") -> tuple[PageReading, ...]:
    """One reading a line: `{"seen_at": moment, "order": [ids]}`. Raises SettingsError with the line that is wrong."""
    return tuple(_parsed(text, name, _reading))


def parse_signals(text: str, name: str = "signals.jsonl") -> dict[tuple[str, date], tuple[Signal, ...]]:
    """The morning signals of a paper on a list day: `{"id", "api": [{"at", "list_date", "upvotes", ...}]}` a line.

    Raises:
        SettingsError: as `parse_readings`.
    """
    return {key: signals for found in _parsed(text, name, _signals) for key, signals in found.items()}


def mornings(
    papers: Mapping[str, Paper], signals: Mapping[tuple[str, date], tuple[Signal, ...]]
) -> tuple[Morning, ...]:
    """The list days of which `papers` (by id) and their morning signals are known, in order."""
    days: dict[date, list[Paper]] = {}
    for (name, day), seen in signals.items():
        if name in papers:
            days.setdefault(day, []).append(replace(papers[name], listed_on=day, signals=seen))
    return tuple(
        Morning(day, max(signal.observed_at for paper in found for signal in paper.signals), tuple(found))
        for day, found in sorted(days.items())
    )


def evaluate_trend(known: Iterable[Morning], readings: Sequence[PageReading]) -> dict[str, object]:
    """The report: `spearman`, `ndcg_at_10`, `days`, and `baseline` with the first two for raw upvotes."""
    pairs = [(morning, later) for morning in known if (later := _later(morning, readings))]
    by_trend = [_agreement(morning, later, _by_trend) for morning, later in pairs]
    by_votes = [_agreement(morning, later, _by_votes) for morning, later in pairs]
    return {"days": len(pairs)} | _mean(by_trend) | {"baseline": _mean(by_votes)}


def spearman(first: Sequence[float], second: Sequence[float]) -> float:
    """Rank correlation of two series of the same length, from -1 to 1; 0 when one of them does not vary."""
    ranks, others = _ranks(first), _ranks(second)
    mean = (len(ranks) + 1) / 2
    product = sum((a - mean) * (b - mean) for a, b in zip(ranks, others, strict=True))
    spread = sum((a - mean) ** 2 for a in ranks) * sum((b - mean) ** 2 for b in others)
    return product / spread**0.5 if spread else 0.0


def ndcg(worths: Sequence[float], first: int = FIRST) -> float:
    """How near the first of `worths`, in the order given, come to the best order; 0 to 1."""

    def gain(values: Sequence[float]) -> float:
        return sum(value / log2(place + 2) for place, value in enumerate(values[:first]))

    best = gain(sorted(worths, reverse=True))
    return gain(worths) / best if best else 0.0


def _later(morning: Morning, readings: Sequence[PageReading]) -> PageReading | None:
    """The last reading of the day after that still shows most of the morning's papers."""
    ids = {paper.id for paper in morning.papers}
    found = [
        reading
        for reading in readings
        if SOONEST < reading.seen_at - morning.seen_at < LATEST
        and len(ids & set(reading.order)) >= max(LEAST_PAPERS, LEAST_OVERLAP * len(ids))
    ]
    return max(found, key=lambda reading: reading.seen_at, default=None)


def _agreement(morning: Morning, later: PageReading, score: Callable[[Paper, datetime], float]) -> tuple[float, float]:
    place = {name: rank for rank, name in enumerate(later.order)}
    papers = [paper for paper in morning.papers if paper.id in place]
    papers.sort(key=lambda paper: place[paper.id])
    scores = [score(paper, morning.seen_at) for paper in papers]
    worths = [(len(papers) - rank) / len(papers) for rank in range(len(papers))]
    order = sorted(range(len(papers)), key=lambda rank: (-scores[rank], papers[rank].id))
    return spearman(scores, worths), ndcg([worths[rank] for rank in order])


def _by_trend(paper: Paper, now: datetime) -> float:
    return trend(paper, now).value


def _by_votes(paper: Paper, _now: datetime) -> float:
    return paper.latest("upvotes") or 0


def _mean(agreements: Sequence[tuple[float, float]]) -> dict[str, float]:
    count = len(agreements) or 1
    return {
        "spearman": round(sum(correlation for correlation, _ in agreements) / count, 4),
        "ndcg_at_10": round(sum(gain for _, gain in agreements) / count, 4),
    }


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=lambda place: values[place])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2 + 1
        start = end + 1
    return ranks


def _parsed(text: str, name: str, parse: Callable[[Any], T]) -> Iterator[T]:
    """Each line's record, as `parse` reads it; empty lines pass."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield parse(json.loads(line))
        except KeyError as error:
            raise SettingsError(f"{name}, line {number}: has no `{error.args[0]}`") from error
        except (ValueError, TypeError, AttributeError) as error:
            raise SettingsError(f"{name}, line {number}: is not as it should be ({error})") from error


def _reading(record: Any) -> PageReading:
    return PageReading(_moment(record["seen_at"]), tuple(f"arxiv:{paper}" for paper in record["order"]))


def _signals(record: Any) -> dict[tuple[str, date], tuple[Signal, ...]]:
    found = {}
    for seen in record["api"]:
        at = _moment(seen["at"])
        counts: dict[Metric, Any] = {"upvotes": seen.get("upvotes") or 0, **{name: seen.get(name) for name in _OTHERS}}
        found[f"arxiv:{record['id']}", date.fromisoformat(seen["list_date"])] = tuple(
            Signal(metric=metric, value=int(count), observed_at=at)
            for metric, count in counts.items()
            if count is not None
        )
    return found


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} needs a zone")
    return moment
