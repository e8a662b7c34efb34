"""Facts about moments: once a day whatever the clocks do, in real zones on real nights."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models import WEEKDAYS
from digest.schedule.moments import last_moment, moments_on, next_moments
from digest.schedule.timetable import At, Every

ZONES = ("UTC", "Europe/Zurich", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia")


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def at(*times, days=WEEKDAYS):
    return At(times=tuple(time.fromisoformat(one) for one in times), days=days)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        ("Europe/Zurich", "2026-11-20", "08:30", ["2026-11-20T07:30"]),
        ("Europe/Zurich", "2026-03-29", "02:30", ["2026-03-29T01:00"]),  # 02:00 to 03:00 is skipped
        ("Europe/Zurich", "2026-03-29", "03:00", ["2026-03-29T01:00"]),
        ("Europe/Zurich", "2026-03-29", "08:30", ["2026-03-29T06:30"]),
        ("Europe/Zurich", "2026-10-25", "02:30", ["2026-10-25T00:30"]),  # shown twice: the first time
        ("America/New_York", "2026-03-08", "02:30", ["2026-03-08T07:00"]),
        ("America/New_York", "2026-11-01", "01:30", ["2026-11-01T05:30"]),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", ["2026-10-03T15:30"]),  # half an hour is skipped
        ("Australia/Lord_Howe", "2026-10-04", "02:30", ["2026-10-03T15:30"]),
        ("Africa/Cairo", "2026-04-24", "00:30", ["2026-04-23T22:00"]),  # midnight itself is skipped
        ("America/Santiago", "2026-09-06", "00:00", ["2026-09-06T04:00"]),
        ("Asia/Kathmandu", "2028-02-29", "00:10", ["2028-02-28T18:25"]),  # a leap day, a quarter of an hour off
        ("Pacific/Apia", "2011-12-30", "08:30", ["2011-12-30T10:00"]),  # the whole day was skipped
        ("Pacific/Kiritimati", "2026-01-01", "00:00", ["2025-12-31T10:00"]),
    ],
)
def test_a_time_comes_once_a_day(zone, day, clock, expected):
    """Skipped hours are the end of the gap, doubled ones the first of the two."""
    assert moments_on(at(clock), ZoneInfo(zone), date.fromisoformat(day)) == [utc(text) for text in expected]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [("Europe/Zurich", "2026-03-29", 23), ("Europe/Zurich", "2026-10-25", 25), ("Europe/Zurich", "2026-07-01", 24)],
)
def test_steps_are_of_elapsed_time(zone, day, hours):
    """Every five minutes is every five minutes, also in the hour that comes twice."""
    moments = moments_on(Every(step=timedelta(minutes=5)), ZoneInfo(zone), date.fromisoformat(day))
    assert len(moments) == hours * 12
    assert {later - earlier for earlier, later in pairwise(moments)} == {timedelta(minutes=5)}


def test_a_span_includes_both_its_ends():
    """Every two hours from 06:07 to 20:07 is eight times."""
    when = Every(step=timedelta(hours=2), start=time(6, 7), until=time(20, 7), days=WEEKDAYS[:5])
    moments = moments_on(when, ZoneInfo("UTC"), date(2026, 11, 20))
    assert [f"{moment:%H:%M}" for moment in moments] == [f"{hour:02}:07" for hour in range(6, 21, 2)]
    assert moments_on(when, ZoneInfo("UTC"), date(2026, 11, 21)) == []


@pytest.mark.parametrize(
    ("now", "last", "coming"),
    [
        ("2026-11-20T08:29:59", "2026-11-19T08:30", "2026-11-20T08:30"),
        ("2026-11-20T08:30:00", "2026-11-20T08:30", "2026-11-23T08:30"),
        ("2026-11-22T12:00:00", "2026-11-20T08:30", "2026-11-23T08:30"),
        ("2028-02-29T08:30:01", "2028-02-29T08:30", "2028-03-01T08:30"),
    ],
)
def test_the_moments_around_now(now, last, coming):
    """A moment is past as soon as it is there; weekends have none."""
    when, zone = at("08:30", days=WEEKDAYS[:5]), ZoneInfo("UTC")
    assert last_moment(when, zone, utc(now)) == utc(last)
    assert next(next_moments(when, zone, utc(now))) == utc(coming)


moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
timed = st.one_of(
    st.builds(
        At,
        times=st.lists(st.times(), min_size=1, max_size=3).map(
            lambda found: tuple(sorted({one.replace(second=0, microsecond=0) for one in found}))
        ),
        days=st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(tuple),
    ),
    st.builds(
        Every,
        step=st.integers(1, 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
        days=st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(tuple),
    ),
)


@given(timed, st.sampled_from(ZONES), moments)
def test_the_next_moment_is_the_last_one_when_it_has_come(when, zone_name, now):
    """Looking forward and looking back agree, in every zone: nothing is missed and nothing is there twice."""
    zone = ZoneInfo(zone_name)
    coming = list(islice(next_moments(when, zone, now), 3))
    assert now < coming[0] < coming[1] < coming[2]
    assert [last_moment(when, zone, moment) for moment in coming] == coming
    assert last_moment(when, zone, coming[1] - timedelta.resolution) == coming[0]
    assert last_moment(when, zone, now) <= now
