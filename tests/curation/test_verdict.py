"""The verdict of one reading of a source."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from digest.curation.verdict import Outcome, has_list, is_daily, next_list, source_verdict, usual_volume
from digest.models import SourceRun, Verdict

FRIDAY = datetime(2026, 5, 22, 13, tzinfo=UTC)
SATURDAY = datetime(2026, 5, 23, 13, tzinfo=UTC)


def runs(*volumes: int, before: datetime = FRIDAY) -> list[SourceRun]:
    """One run a week, the last a week before, that read so many papers."""
    moments = [before - timedelta(weeks=weeks) for weeks in range(len(volumes), 0, -1)]
    return [
        SourceRun(source="hf", started_at=moment, finished_at=moment, verdict=Verdict.FRESH, read=volume)
        for moment, volume in zip(moments, volumes, strict=True)
    ]


@pytest.mark.parametrize(
    ("outcome", "past", "expected"),
    [
        ({"failed": True}, (), "down"),
        ({"rejected": 3}, (), "down"),
        ({"failed": True, "read": 5, "new": 5}, (), "partial"),
        ({"read": 20, "new": 20}, (), "fresh"),
        ({"read": 20, "updated": 1, "newest_on": FRIDAY.date()}, (), "fresh"),
        ({"read": 20, "newest_on": FRIDAY.date()}, (), "quiet"),
        ({"read": 20, "newest_on": date(2026, 5, 21)}, (), "stale"),
        ({"read": 20, "newest_on": date(2026, 5, 21), "now": FRIDAY.replace(hour=8)}, (), "quiet"),
        ({}, (), "stale"),
        ({"now": FRIDAY.replace(hour=8)}, (), "quiet"),
        ({"now": SATURDAY, "day": SATURDAY.date()}, (), "holiday"),
        ({"now": datetime(2026, 12, 25, 13, tzinfo=UTC), "day": date(2026, 12, 25)}, (), "holiday"),
        ({"read": 20, "new": 20}, (50, 44, 48), "partial"),
        ({"read": 30, "new": 30}, (50, 44, 48), "fresh"),
        ({"read": 20, "new": 20}, (50, 44), "fresh"),
        ({"read": 2, "new": 2}, (5, 5, 5), "fresh"),
        ({"source": "papers.json", "read": 20, "new": 1}, (90, 90, 90), "fresh"),
        ({"source": "papers.json", "read": 20}, (), "quiet"),
        ({"source": "https://a.example/feed"}, (), "quiet"),
        ({"source": "arxiv:cs.CL+cs.LG"}, (), "stale"),
        ({"read": 20, "new": 20, "newest_on": date(2026, 5, 21)}, (), "stale"),
        ({"read": 20, "updated": 20, "newest_on": date(2026, 5, 21)}, (), "stale"),
        ({"read": 20, "updated": 20, "newest_on": date(2026, 5, 21), "now": FRIDAY.replace(hour=8)}, (), "fresh"),
        ({"now": SATURDAY, "day": SATURDAY.date(), "read": 20, "newest_on": FRIDAY.date()}, (), "holiday"),
        ({"now": SATURDAY, "day": SATURDAY.date(), "read": 20, "new": 1, "newest_on": FRIDAY.date()}, (), "fresh"),
        ({"now": SATURDAY, "day": SATURDAY.date(), "failed": True}, (), "down"),
        ({"source": "hf:2026-05-20", "read": 20, "newest_on": date(2026, 5, 20)}, (), "quiet"),
        ({"source": "hf:2026-05-20"}, (), "holiday"),
        ({"source": "hf:2026-05-29"}, (), "quiet"),
        ({"source": "hf:2026-13-29"}, (), "quiet"),
    ],
)
def test_verdicts(outcome: dict, past: tuple[int, ...], expected: str) -> None:
    """The table of the module's docstring, case by case."""
    plain = {"source": "hf", "day": FRIDAY.date(), "now": FRIDAY}
    assert source_verdict(Outcome(**(plain | outcome)), runs(*past)) == Verdict(expected)


def test_less_than_earlier_today_is_partial() -> None:
    """A list that comes back much shorter than it was an hour before is told apart from a whole one."""
    before = FRIDAY - timedelta(hours=1)
    past = [SourceRun(source="hf", started_at=before, finished_at=before, verdict=Verdict.FRESH, read=40)]
    shorter = Outcome(source="hf", day=FRIDAY.date(), now=FRIDAY, read=8, updated=1, newest_on=FRIDAY.date())
    assert source_verdict(shorter, past) is Verdict.PARTIAL


@pytest.mark.parametrize(
    ("now", "verdict", "due"),
    [
        (FRIDAY, None, "2026-05-22T12:00:00+00:00"),
        (FRIDAY, Verdict.STALE, "2026-05-22T12:00:00+00:00"),
        (FRIDAY, Verdict.FRESH, "2026-05-25T12:00:00+00:00"),
        (SATURDAY, None, "2026-05-25T12:00:00+00:00"),
        (datetime(2026, 12, 23, 13, tzinfo=UTC), Verdict.FRESH, "2026-12-28T12:00:00+00:00"),
    ],
)
def test_when_the_next_list_is_due(now: datetime, verdict: Verdict | None, due: str) -> None:
    """The next weekday that is no pause, at noon UTC; today as long as today's has not come."""
    past = [SourceRun(source="hf", started_at=now, finished_at=now, verdict=verdict, read=9)] if verdict else []
    assert next_list("hf", past, now) == datetime.fromisoformat(due)
    assert next_list("hf:2026-05-20", past, now) is None
    assert next_list("papers/", past, now) is None


def test_usual_volume_compares_like_with_like() -> None:
    """What is usual is the median of the same weekday, of what was read by the same hour, the most of each day."""
    later = [SourceRun(source="hf", started_at=run.started_at, finished_at=run.finished_at + timedelta(hours=5),
                       verdict=Verdict.FRESH, read=99) for run in runs(10, 20, 30)]  # fmt: skip
    other_days = runs(1, 1, 1, before=FRIDAY - timedelta(days=1))
    assert usual_volume([*runs(10, 20, 30), *later, *other_days], FRIDAY) == 20
    assert usual_volume(other_days, FRIDAY) is None


@pytest.mark.parametrize(
    ("source", "daily"),
    [("hf", True), ("hf:2026-05-22", True), ("hf:2026-W21", False), ("hf:2026-05", False), ("arxiv:cs.CL+cs.LG", True),
     ("arxiv:hep-th", True), ("arxiv:id:2401.01234", False), ("arxiv:search:all:x", False), ("-", False),
     ("hf.json", False), ("https://arxiv.org/rss", False)],
)  # fmt: skip
def test_daily_lists(source: str, daily: bool) -> None:  # noqa: FBT001 - the expected value
    """Only sources that name one day's list are held to the calendar."""
    assert is_daily(source) is daily


def test_days_without_a_list() -> None:
    """A week has five lists."""
    assert [has_list(FRIDAY.date() + timedelta(days=days)) for days in range(4)] == [True, False, False, True]
