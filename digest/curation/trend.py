"""How strongly readers take up a paper: the published formula behind the order of the day.

::

    score = votes + 0.3 ln(1 + growth) + 0.1 fresh + 0.01 ln(1 + replies) - 0.1 listed - 0.03 ln(1 + age)
    votes = ln(1 + upvotes), or 0.3 ln(1 + GitHub stars) where no source counts upvotes

`growth` is how many upvotes came within the last day; `fresh` is 1 for a paper of two upvotes or more (the first is
mostly the submitter's own) that nobody had counted two hours ago, else 0; `replies` are the comments after the first
(also mostly the submitter's own), `listed` the days since the source's list showed the paper (at most 14), `age` the
whole days since it was published. A signal that was never seen counts as nothing, and so does a number that cannot be
a count; one seen later than the moment asked for does not exist yet, so the order of any past moment can be replayed.
The numbers were chosen by how well the order of the morning agrees with that of the evening (`docs/trend.md`). It says
nothing about quality.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from math import log1p

from digest.models import Metric, Paper, Score, Signal

GROWTH, FRESH, REPLIES, STARS, LISTED, AGE = 0.3, 0.1, 0.01, 0.3, 0.1, 0.03
FRESH_FOR = timedelta(hours=2)
MOST_LISTED = 14.0
MOST_COUNTED = 1_000_000_000
"""A larger count is an error of the source."""

_DAY = timedelta(days=1)


def trend(paper: Paper, now: datetime) -> Score:
    """The paper's score at `now` (aware), from what had been observed until then; higher is earlier."""
    upvotes, comments, stars = (observed(paper, metric, now) for metric in ("upvotes", "comments", "github_stars"))
    growth = _growth(paper, now)
    value = (
        (STARS * log1p(stars or 0) if upvotes is None else log1p(upvotes))
        + GROWTH * log1p(growth or 0)
        + FRESH * _is_fresh(paper, now, upvotes)
        + REPLIES * log1p(max((comments or 0) - 1, 0))
        - LISTED * _days_listed(paper, now)
        - AGE * log1p(_age(paper, now))
    )
    return Score(value=round(value, 6), why=_why(upvotes, growth, comments, stars))


def observed(paper: Paper, metric: Metric, at: datetime) -> int | None:
    """What `metric` was at `at`: the last observation of each source until then, of those the largest."""
    return max(_by_source(paper, metric, at).values(), default=None)


def _observations(paper: Paper, metric: Metric, at: datetime) -> list[Signal]:
    """What was observed until `at`, without what cannot be a count."""
    return [
        signal
        for signal in paper.signals
        if signal.metric == metric and signal.observed_at <= at and 0 <= signal.value <= MOST_COUNTED
    ]


def _by_source(paper: Paper, metric: Metric, at: datetime) -> dict[str, int]:
    last: dict[str, tuple[datetime, int]] = {}
    for signal in _observations(paper, metric, at):
        seen = (signal.observed_at, signal.value)
        last[signal.source] = max(last.get(signal.source, seen), seen)
    return {source: value for source, (_, value) in last.items()}


def _growth(paper: Paper, now: datetime) -> int | None:
    """Upvotes gained in the last day, of several sources the most; None when no source has an earlier observation.

    Each source is compared with itself: one that begins to count is no growth.
    """
    before, after = (_by_source(paper, "upvotes", moment) for moment in (now - _DAY, now))
    return max((max(0, after[source] - votes) for source, votes in before.items()), default=None)


def _is_fresh(paper: Paper, now: datetime, upvotes: int | None) -> bool:
    """Whether readers other than the submitter voted for the paper, and nobody had counted it two hours ago."""
    if upvotes is None or upvotes <= 1:
        return False
    first = min(signal.observed_at for signal in _observations(paper, "upvotes", now))
    return now - first < FRESH_FOR


def _days_listed(paper: Paper, now: datetime) -> float:
    """Days since the start (UTC) of the list day, from 0 to `MOST_LISTED`; without a list, since publication."""
    start = datetime.combine(paper.listed_on, time(), tzinfo=UTC) if paper.listed_on else paper.published_at
    return min(max((now - start) / _DAY, 0.0), MOST_LISTED) if start else 0.0


def _age(paper: Paper, now: datetime) -> int:
    """Whole days (UTC) since publication, not below 0; without its date, since the list day.

    Many sources know the day only, and midnight must not make their papers older than others of the same day.
    """
    start = paper.published_at.astimezone(UTC).date() if paper.published_at else paper.listed_on
    return max((now.astimezone(UTC).date() - start).days, 0) if start else 0


def _why(upvotes: int | None, growth: int | None, comments: int | None, stars: int | None) -> str:
    parts = []
    if upvotes is not None:
        votes = "1 upvote" if upvotes == 1 else f"{upvotes} upvotes"
        parts.append(f"{votes}, +{growth} since yesterday" if growth else votes)
    if comments:
        parts.append("1 comment" if comments == 1 else f"{comments} comments")
    if stars:
        parts.append("1 GitHub star" if stars == 1 else f"{stars:,} GitHub stars")
    return "; ".join(parts) or "no signal yet"
