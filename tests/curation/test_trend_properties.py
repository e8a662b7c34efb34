"""What holds for the score of any paper, whatever was observed of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from math import isfinite, nan
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from digest.curation.trend import MOST_COUNTED, observed, trend
from digest.models import Paper, Signal
from tests.builders import NOON, make_paper

METRICS = ("upvotes", "comments", "github_stars")
HOUR = timedelta(hours=1)


def signals(first: int = 0, last: int = 72, values: Any = None, metrics: tuple[str, ...] = METRICS) -> Any:
    """An observation of `first` to `last` hours before noon."""
    return st.builds(
        Signal,
        metric=st.sampled_from(metrics),
        value=st.integers(0, 300) if values is None else values,
        observed_at=st.integers(first, last).map(lambda hours: NOON - hours * HOUR),
        source=st.sampled_from(["hf", "other"]),
    )


def papers(observations: Any = None) -> Any:
    """A paper of any age, with or without dates."""
    return st.builds(
        lambda seen, listed, published: make_paper(1, signals=tuple(seen), listed_on=listed, published_at=published),
        st.lists(signals() if observations is None else observations, max_size=12),
        st.none() | st.integers(-1, 60).map(lambda days: NOON.date() - timedelta(days=days)),
        st.none() | st.integers(-30, 900).map(lambda hours: NOON - hours * HOUR),
    )


def value(paper: Paper, at: datetime = NOON) -> float:
    """The score alone."""
    return trend(paper, at).value


def having(paper: Paper, *more: Signal) -> Paper:
    """The paper with further observations, which come first."""
    return replace(paper, signals=(*more, *paper.signals))


@given(papers(), st.integers(0, 1000), st.sampled_from(["hf", "other", "new"]))
def test_more_votes_never_lower_a_paper(paper: Paper, more: int, source: str) -> None:
    """Once votes are counted, a higher count by any source puts the paper where it was or before."""
    votes = Signal(metric="upvotes", value=observed(paper, "upvotes", NOON) or 0, observed_at=NOON, source=source)
    counted = having(paper, votes)
    assert value(having(paper, replace(votes, value=votes.value + more))) >= value(counted)


@given(papers(), st.integers(0, 1000))
def test_a_new_count_never_lowers_a_paper_that_has_votes(paper: Paper, votes: int) -> None:
    """A source that begins to count adds to what is known, and its first count is no growth."""
    known = having(paper, Signal(metric="upvotes", value=3, observed_at=NOON, source="hf"))
    first = Signal(metric="upvotes", value=votes, observed_at=NOON, source="new")
    assert value(having(known, first)) >= value(known)
    if votes <= (observed(known, "upvotes", NOON) or 0):
        assert trend(having(known, first), NOON) == trend(known, NOON)


@given(papers(), st.sampled_from(METRICS))
def test_a_missing_signal_never_raises_a_paper(paper: Paper, metric: str) -> None:
    """Without comments, without stars, without any: never before. Only stars may stand in, and only for votes."""
    rest = tuple(signal for signal in paper.signals if signal.metric != metric)
    silent = value(replace(paper, signals=()))
    assert silent <= value(paper)
    if metric != "upvotes" or observed(paper, "github_stars", NOON) is None:
        assert value(replace(paper, signals=rest)) <= value(paper)


@given(papers(), st.integers(0, 60))
def test_a_missing_date_is_the_other_date(paper: Paper, days: int) -> None:
    """A paper without a publication date is as old as its list day, one without a list as long listed as it is old."""
    midnight = NOON.replace(hour=0) - timedelta(days=days)
    both = replace(paper, listed_on=midnight.date(), published_at=midnight)
    assert value(replace(both, published_at=None)) == value(replace(both, listed_on=None)) == value(both)


@given(st.data(), papers())
def test_the_order_of_observations_does_not_matter(data: st.DataObject, paper: Paper) -> None:
    """Any order of the same observations, and any of them twice, is the same score and the same line."""
    shuffled = data.draw(st.permutations(paper.signals + paper.signals[:3]))
    assert trend(replace(paper, signals=tuple(shuffled)), NOON) == trend(paper, NOON)


@given(papers(), st.lists(signals(first=-72, last=-1), min_size=1, max_size=6))
def test_what_will_be_observed_does_not_exist(paper: Paper, later: list[Signal]) -> None:
    """The score of a moment is the same before and after more was seen."""
    assert trend(having(paper, *later), NOON) == trend(paper, NOON)


@given(papers(signals(first=24)))
def test_a_source_that_fell_silent_is_no_growth(paper: Paper) -> None:
    """With nothing new for a day the last counts hold, and how they came about no longer matters."""
    last = tuple(
        Signal(metric=metric, value=count, observed_at=NOON - 24 * HOUR)
        for metric in METRICS
        if (count := observed(paper, metric, NOON)) is not None
    )
    assert trend(paper, NOON) == trend(replace(paper, signals=last), NOON)


IMPOSSIBLE = st.integers(max_value=-1) | st.integers(MOST_COUNTED + 1) | st.sampled_from([nan, float("inf"), -0.5])


@given(papers(), st.lists(signals(values=IMPOSSIBLE), min_size=1, max_size=4))
def test_a_number_that_is_no_count_is_set_aside(paper: Paper, impossible: list[Signal]) -> None:
    """Negative, absurd or not a number: as if it had not been observed."""
    assert trend(having(paper, *impossible), NOON) == trend(paper, NOON)


@given(papers(signals(values=st.integers(0, MOST_COUNTED))))
def test_a_score_is_a_number(paper: Paper) -> None:
    """Whatever is counted, the score can be compared, now and years later."""
    assert isfinite(value(paper))
    assert isfinite(value(paper, NOON + timedelta(days=4000)))


@given(papers(), papers())
def test_a_wait_never_raises_a_paper_that_nothing_happens_to(paper: Paper, other: Paper) -> None:
    """From a day after the last observation on, scores only fall; two papers of equal dates keep their order."""
    start = NOON + timedelta(days=1)
    moments = [start + timedelta(days=days) for days in (0, 0.3, 1, 9, 400)]
    values = [value(paper, moment) for moment in moments]
    assert values == sorted(values, reverse=True)
    same = replace(other, listed_on=paper.listed_on, published_at=paper.published_at)
    ahead = [value(paper, moment) - value(same, moment) for moment in moments]
    assert max(ahead) - min(ahead) < 1e-5
