"""The trend formula: what raises a paper, what lowers it, and what does not exist yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from math import log

import pytest

from digest.curation.trend import trend
from digest.models import Metric, Paper, Signal
from tests.builders import NOON, make_paper

TODAY = NOON.date()


def seen(metric: Metric, value: int, hours_ago: float = 1, source: str = "hf") -> Signal:
    """An observation before noon."""
    return Signal(metric=metric, value=value, observed_at=NOON - timedelta(hours=hours_ago), source=source)


def with_signals(*signals: Signal, listed_on: date | None = TODAY, published_at: datetime | None = NOON) -> Paper:
    """A paper listed and published today."""
    return make_paper(1, signals=signals, listed_on=listed_on, published_at=published_at)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ((seen("upvotes", 20),), (seen("upvotes", 19),)),
        ((seen("upvotes", 20), seen("upvotes", 5, 30)), (seen("upvotes", 20), seen("upvotes", 15, 30))),
        ((seen("upvotes", 5), seen("comments", 3)), (seen("upvotes", 5),)),
        ((seen("github_stars", 50),), ()),
        ((seen("upvotes", 20),), (seen("upvotes", 2), seen("github_stars", 90_000))),
    ],
)
def test_readers_interest_raises_a_paper(better: tuple[Signal, ...], worse: tuple[Signal, ...]) -> None:
    """Votes count most, then their growth, then comments; stars only where no source counts votes."""
    assert trend(with_signals(*better), NOON).value > trend(with_signals(*worse), NOON).value


def test_age_lowers_a_paper() -> None:
    """Of two papers with the same votes the later listed one is first, then the later published."""
    vote = seen("upvotes", 8)
    fresh = trend(with_signals(vote), NOON).value
    older = trend(with_signals(vote, published_at=NOON - timedelta(days=30)), NOON).value
    listed_before = trend(with_signals(vote, listed_on=NOON.date() - timedelta(days=3)), NOON).value
    assert fresh > older > listed_before


def test_the_formula_is_the_published_one() -> None:
    """Thirty-four votes, twelve of them within a day, three comments, listed at midnight, two days old."""
    paper = with_signals(
        seen("upvotes", 34), seen("upvotes", 22, 30), seen("comments", 3), published_at=NOON - timedelta(days=2)
    )
    expected = log(35) + 0.3 * log(13) + 0.01 * log(3) - 0.1 * 0.5 - 0.03 * log(3)
    assert trend(paper, NOON).value == pytest.approx(expected, abs=1e-6)


def test_the_first_comment_counts_for_nothing() -> None:
    """It is mostly the submitter's own; the second is somebody's answer."""
    silent, own, answered = ((seen("upvotes", 5), seen("comments", count)) for count in (0, 1, 2))
    assert trend(with_signals(*silent), NOON).value == trend(with_signals(*own), NOON).value
    assert trend(with_signals(*answered), NOON).value > trend(with_signals(*own), NOON).value


@pytest.mark.parametrize(
    ("signals", "bonus"),
    [
        ((seen("upvotes", 5, 0),), 0.1),
        ((seen("upvotes", 5, 1.9), seen("upvotes", 9, 0)), 0.1),
        ((seen("upvotes", 5, 2), seen("upvotes", 9, 0)), 0.0),
        ((seen("upvotes", 5, 0), seen("upvotes", 0, 5, "other")), 0.0),
        ((seen("upvotes", 5, 0), seen("comments", 1, 9)), 0.1),
        ((seen("upvotes", 1, 0),), 0.0),
        ((seen("upvotes", 2, 0),), 0.1),
    ],
)
def test_votes_within_two_hours_are_worth_a_tenth_more(signals: tuple[Signal, ...], bonus: float) -> None:
    """It is fresh as long as its first count is; the submitter's own vote says nothing."""
    known = (Signal(metric="upvotes", value=0, observed_at=NOON - timedelta(hours=3), source="before"), *signals)
    ahead = trend(with_signals(*signals), NOON).value - trend(with_signals(*known), NOON).value
    assert ahead == pytest.approx(bonus, abs=1e-6)


def test_the_past_can_be_replayed() -> None:
    """What was observed after the moment asked for does not change the score of that moment."""
    early, late = seen("upvotes", 5, 3), seen("upvotes", 500, 1)
    then = NOON - timedelta(hours=2)
    assert trend(with_signals(early, late), then) == trend(with_signals(early), then)
    assert trend(with_signals(early, late), NOON).value > trend(with_signals(early), NOON).value


def test_the_order_of_observations_does_not_matter() -> None:
    """Signals of several sources may come in any order; each source's newest counts, of those the largest."""
    signals = (seen("upvotes", 9, 5), seen("upvotes", 7, 1, "other"), seen("upvotes", 12, 2))
    assert trend(with_signals(*signals), NOON) == trend(with_signals(*reversed(signals)), NOON)
    assert trend(with_signals(*signals), NOON).why == "12 upvotes"


@pytest.mark.parametrize(
    ("signals", "why"),
    [
        ((), "no signal yet"),
        ((seen("upvotes", 0),), "0 upvotes"),
        ((seen("upvotes", 1), seen("comments", 1)), "1 upvote; 1 comment"),
        (
            (seen("upvotes", 34), seen("upvotes", 22, 30), seen("comments", 3)),
            "34 upvotes, +12 since yesterday; 3 comments",
        ),
        ((seen("upvotes", 20), seen("upvotes", 22, 30)), "20 upvotes"),
        ((seen("github_stars", 1400),), "1,400 GitHub stars"),
    ],
)
def test_why_is_one_line_of_facts(signals: tuple[Signal, ...], why: str) -> None:
    """The line says what was counted and nothing else."""
    assert trend(with_signals(*signals), NOON).why == why


def test_a_source_that_begins_to_count_is_no_growth() -> None:
    """Each source is compared with itself."""
    known = (seen("upvotes", 10, 30), seen("upvotes", 12, 1))
    assert trend(with_signals(*known, seen("upvotes", 50, 1, "other")), NOON).why == "50 upvotes, +2 since yesterday"


def test_papers_of_one_day_are_of_one_age() -> None:
    """Where the hour of publication is known it does not count, since most sources know the day only."""
    night, evening = (datetime.combine(TODAY - timedelta(days=3), time(hour), tzinfo=UTC) for hour in (0, 23))
    vote = seen("upvotes", 8)
    scores = {trend(with_signals(vote, published_at=moment), NOON).value for moment in (night, evening)}
    assert len(scores) == 1


def test_a_paper_without_dates_and_signals_has_a_score() -> None:
    """Everything may be missing."""
    assert trend(with_signals(listed_on=None, published_at=None), NOON).value == 0.0


def test_a_paper_of_tomorrow_is_not_negative_in_age() -> None:
    """A list day ahead of UTC gives no bonus."""
    ahead = with_signals(listed_on=NOON.date() + timedelta(days=1), published_at=NOON + timedelta(days=1))
    assert trend(ahead, NOON).value == 0.0
