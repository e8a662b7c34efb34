"""How well an order of the morning foresees what readers make of it by the evening: `digest trend evaluate`.

For every list day the papers are ranked by `digest.curation.trend` from their morning signals, and by raw upvotes. Both
orders are held against the order the same papers had on the source's own page at the last reading of the day after:

- *Spearman*: rank correlation of the two orders, ties sharing their mean rank;
- *nDCG at 10*: how much of the later order's best is among the first ten. A paper that later stands at place r of n is
  worth (n - r + 1) / n; papers that tie share their places, so that no order gains or loses by how ties are broken.

Both are means over the days. What is left out, and why, is part of the report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from math import log2
from statistics import median

from digest.curation.traffic import PageReading, Sighting
from digest.curation.trend import observed, trend
from digest.models import Paper, Signal

FIRST, LEAST_OVERLAP, LEAST_PAPERS = 10, 0.6, 5
MORNING, LEAST_COUNTED = timedelta(hours=2), 0.5
"""The morning is the first stretch of this length in which so much of the list was counted as in the fullest."""
SOONEST, LATEST = timedelta(hours=2), timedelta(hours=30)
"""A later reading is one this long after the morning."""


@dataclass(frozen=True, slots=True)
class Morning:
    """A list day as it looked when its papers had been counted: those that are known, and how many are left out."""

    day: date
    seen_at: datetime
    papers: tuple[Paper, ...]
    unknown: int = 0
    late: int = 0
    """Papers that were not counted before the day went on."""


def mornings(
    papers: Mapping[str, Paper], sightings: Iterable[Sighting], readings: Iterable[PageReading] = ()
) -> tuple[Morning, ...]:
    """The list days of `sightings`, in order; `papers` are those known, by id.

    A page that showed a paper before the morning says since when it is listed: with 0 upvotes at least.
    """
    shown: dict[str, Signal] = {}
    for reading in sorted(readings, key=lambda reading: reading.seen_at):
        listed = Signal(metric="upvotes", value=0, observed_at=reading.seen_at, source="page")
        shown |= {name: listed for name in reading.order if name not in shown}
    days: dict[date, dict[str, list[Sighting]]] = {}
    for sighting in sightings:
        days.setdefault(sighting.day, {}).setdefault(sighting.paper, []).append(sighting)
    return tuple(_morning(day, seen, papers, shown) for day, seen in sorted(days.items()))


def evaluate_trend(known: Sequence[Morning], readings: Sequence[PageReading]) -> dict[str, object]:
    """The report.

    `spearman`, `ndcg_at_10`, and `baseline` with both for raw upvotes; `days` and `papers` they are of; `hours_later`,
    the median wait for the later order; `left_out`, how many of what were not used.
    """
    pairs = [(morning, later) for morning in known if (later := _later(morning, readings))]
    shown = [_shown(morning, later) for morning, later in pairs]
    hours = [(later.seen_at - morning.seen_at) / timedelta(hours=1) for morning, later in pairs]
    return {
        **_agreement(shown, lambda paper, at: trend(paper, at).value),
        "baseline": _agreement(shown, lambda paper, at: observed(paper, "upvotes", at) or 0),
        "days": len(pairs),
        "papers": sum(len(papers) for _, papers in shown),
        "hours_later": round(median(hours), 1) if hours else None,
        "left_out": _left_out(known, pairs),
    }


def spearman(first: Sequence[float], second: Sequence[float]) -> float:
    """Rank correlation of two series of the same length, from -1 to 1; 0 when one of them does not vary."""
    ranks, others = _ranks(first), _ranks(second)
    mean = (len(ranks) + 1) / 2
    product = sum((a - mean) * (b - mean) for a, b in zip(ranks, others, strict=True))
    spread = sum((a - mean) ** 2 for a in ranks) * sum((b - mean) ** 2 for b in others)
    return product / spread**0.5 if spread else 0.0


def ndcg(scores: Sequence[float], worths: Sequence[float], first: int = FIRST) -> float:
    """How near the order of `scores` (higher is earlier) comes to that of `worths` in its first places; 0 to 1.

    What ties is worth its mean: the expected value over every order of the ties
    (McSherry and Najork, *Computing Information Retrieval Performance Measures Efficiently in the Presence of Tied
    Scores*, 2008).
    """
    best = _gain(sorted(worths, reverse=True), first)
    by_score = sorted(zip(scores, worths, strict=True), reverse=True)
    ties = ([worth for _, worth in tied] for _, tied in groupby(by_score, key=lambda pair: pair[0]))
    shared = [sum(tied) / len(tied) for tied in ties for _ in tied]
    return _gain(shared, first) / best if best else 0.0


def _gain(worths: Sequence[float], first: int) -> float:
    return sum(worth / log2(place + 2) for place, worth in enumerate(worths[:first]))


def _morning(
    day: date, seen: Mapping[str, list[Sighting]], papers: Mapping[str, Paper], shown: Mapping[str, Signal]
) -> Morning:
    """The day until the end of its morning; what is observed later does not exist then."""
    end = _end_of_morning(seen.values())
    early = {name: found for name, found in seen.items() if min(sighting.seen_at for sighting in found) <= end}
    known = tuple(
        replace(papers[name], id=name, listed_on=day, signals=_signals(found, shown.get(name)))
        for name, found in early.items()
        if name in papers
    )
    return Morning(day, end, known, unknown=len(early) - len(known), late=len(seen) - len(early))


def _end_of_morning(papers: Iterable[Sequence[Sighting]]) -> datetime:
    """The last count of the morning. A lone count hours before is none, and neither is the list of the evening."""
    times = [{sighting.seen_at for sighting in sightings} for sightings in papers]
    moments = sorted(set().union(*times))
    counted = {start: sum(any(start <= at <= start + MORNING for at in paper) for paper in times) for start in moments}
    enough = LEAST_COUNTED * max(counted.values())
    start = next(moment for moment in moments if counted[moment] >= enough)
    return max(moment for moment in moments if moment <= start + MORNING)


def _signals(sightings: Iterable[Sighting], shown: Signal | None) -> tuple[Signal, ...]:
    counted = tuple(signal for sighting in sightings for signal in sighting.signals)
    return (shown, *counted) if shown else counted


def _later(morning: Morning, readings: Sequence[PageReading]) -> PageReading | None:
    """The last reading of the day after that still shows most of the morning's papers."""
    ids = {paper.id for paper in morning.papers}
    found = [
        reading
        for reading in readings
        if SOONEST < reading.seen_at - morning.seen_at < LATEST
        and len(ids.intersection(reading.order)) >= max(LEAST_PAPERS, LEAST_OVERLAP * len(ids))
    ]
    return max(found, key=lambda reading: reading.seen_at, default=None)


def _shown(morning: Morning, later: PageReading) -> tuple[datetime, list[Paper]]:
    """The morning's moment, and those of its papers that the later page shows, in the page's order."""
    place = {name: rank for rank, name in enumerate(later.order)}
    papers = (paper for paper in morning.papers if paper.id in place)
    return morning.seen_at, sorted(papers, key=lambda paper: place[paper.id])


def _agreement(
    shown: Sequence[tuple[datetime, list[Paper]]], score: Callable[[Paper, datetime], float]
) -> dict[str, float]:
    """Both measures of the order by `score`, as means over the days."""
    correlations, gains = [], []
    for seen_at, papers in shown:
        scores = [score(paper, seen_at) for paper in papers]
        worths = [(len(papers) - rank) / len(papers) for rank in range(len(papers))]
        correlations.append(spearman(scores, worths))
        gains.append(ndcg(scores, worths))
    days = len(shown) or 1
    return {"spearman": round(sum(correlations) / days, 4), "ndcg_at_10": round(sum(gains) / days, 4)}


def _left_out(known: Sequence[Morning], pairs: Sequence[tuple[Morning, PageReading]]) -> dict[str, int]:
    used = {morning.day for morning, _ in pairs}
    small = Counter(len(morning.papers) < LEAST_PAPERS for morning in known if morning.day not in used)
    return {
        "unknown_papers": sum(morning.unknown for morning in known),
        "late_papers": sum(morning.late for morning in known),
        "papers_off_the_page": sum(len(morning.papers) - len(_shown(morning, later)[1]) for morning, later in pairs),
        "small_days": small[True],
        "days_without_later_order": small[False],
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
