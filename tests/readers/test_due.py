"""Facts about when digests are due, in real time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.curation.due import due, is_delivery_day, moment_of, next_deliveries, scheduled
from digest.models import WEEKDAYS, Preferences, Subscriber

ZONES = sorted(available_timezones() - {"Factory", "localtime"})
DAY = timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


MOMENTS = st.datetimes(datetime(1975, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
PREFERENCES = st.builds(
    Preferences,
    cadence=st.sampled_from(["daily", "weekdays", "weekly", "monthly"]),
    weekdays=st.sets(st.sampled_from(WEEKDAYS)).map(lambda days: tuple(day for day in WEEKDAYS if day in days)),
    hour=st.integers(0, 23),
    zone=st.sampled_from(ZONES),
)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "expected"),
    [
        ("Europe/Zurich", "2026-01-15", 7, "2026-01-15T06:00"),
        ("Europe/Zurich", "2026-03-29", 2, "2026-03-29T01:00"),
        ("Europe/Zurich", "2026-03-29", 3, "2026-03-29T01:00"),
        ("Europe/Zurich", "2026-10-25", 2, "2026-10-25T00:00"),
        ("America/New_York", "2026-03-08", 2, "2026-03-08T07:00"),
        ("America/New_York", "2026-11-01", 1, "2026-11-01T05:00"),
        ("Asia/Beirut", "2026-03-29", 0, "2026-03-28T22:00"),
        ("Australia/Lord_Howe", "2026-10-04", 2, "2026-10-03T15:30"),
        ("America/Nuuk", "2026-03-28", 23, "2026-03-29T01:00"),
        ("Asia/Kathmandu", "2024-02-29", 7, "2024-02-29T01:15"),
        ("Pacific/Apia", "2011-12-30", 7, "2011-12-30T10:00"),
        ("Pacific/Kiritimati", "2026-01-01", 0, "2025-12-31T10:00"),
    ],
)
def test_an_hour_the_clock_skips_or_repeats_is_one_moment(zone, day, hour, expected):
    """The first of two; the end of the gap, also when the gap lasts past midnight or for a day."""
    assert moment_of(date.fromisoformat(day), hour, ZoneInfo(zone)) == utc(expected)


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({}, "2026-05-18T06:59", ["2026-05-18T07:00", "2026-05-19T07:00", "2026-05-20T07:00"]),
        ({}, "2026-05-18T07:00", ["2026-05-19T07:00", "2026-05-20T07:00", "2026-05-21T07:00"]),
        ({"cadence": "weekdays"}, "2026-05-15T08:00", ["2026-05-18T07:00", "2026-05-19T07:00", "2026-05-20T07:00"]),
        (
            {"cadence": "weekdays", "weekdays": ("sat", "sun")},
            "2026-05-18T08:00",
            ["2026-05-23T07:00", "2026-05-24T07:00", "2026-05-30T07:00"],
        ),
        ({"cadence": "weekly"}, "2026-05-18T08:00", ["2026-05-25T07:00", "2026-06-01T07:00", "2026-06-08T07:00"]),
        (
            {"cadence": "weekly", "weekdays": ("fri",)},
            "2026-05-18T08:00",
            ["2026-05-22T07:00", "2026-05-29T07:00", "2026-06-05T07:00"],
        ),
        ({"cadence": "monthly"}, "2024-01-31T08:00", ["2024-02-01T07:00", "2024-03-01T07:00", "2024-04-01T07:00"]),
        ({"zone": "Asia/Tokyo"}, "2024-02-28T00:00", ["2024-02-28T22:00", "2024-02-29T22:00", "2024-03-01T22:00"]),
        (
            {"pause_until": date(2026, 6, 1)},
            "2026-05-18T08:00",
            ["2026-06-01T07:00", "2026-06-02T07:00", "2026-06-03T07:00"],
        ),
        (
            {"zone": "America/Nuuk", "hour": 23},
            "2026-03-28T12:00",
            ["2026-03-29T01:00", "2026-03-30T00:00", "2026-03-31T00:00"],
        ),
    ],
)
def test_the_next_deliveries(changes, now, expected):
    """Cadence, leap day, pause and zone decide the next three moments."""
    assert next_deliveries(Preferences(**changes), utc(now)) == tuple(map(utc, expected))


@pytest.mark.parametrize(
    ("changes", "last", "now", "expected"),
    [
        ({}, "2026-05-17T07:00", "2026-05-18T06:59", None),
        ({}, "2026-05-17T07:00", "2026-05-18T07:00", "2026-05-18T07:00"),
        ({}, "2026-05-18T07:00", "2026-05-18T23:00", None),
        ({}, None, "2026-05-18T23:00", "2026-05-18T07:00"),
        ({}, "2026-05-10T07:00", "2026-05-18T12:00", "2026-05-18T07:00"),
        ({"cadence": "monthly"}, "2026-04-01T07:00", "2026-05-31T12:00", "2026-05-01T07:00"),
        ({"cadence": "weekly"}, "2026-05-18T07:00", "2026-05-24T23:00", None),
        ({"hour": 18}, "2026-05-18T07:00", "2026-05-18T19:00", None),
        ({"hour": 6}, "2026-05-18T07:00", "2026-05-19T06:00", "2026-05-19T06:00"),
        ({"pause_until": date(2026, 5, 19)}, "2026-05-10T07:00", "2026-05-18T12:00", None),
        ({"pause_until": date(2026, 5, 18)}, "2026-05-10T07:00", "2026-05-18T12:00", "2026-05-18T07:00"),
        ({"zone": "America/New_York"}, "2026-05-17T22:00", "2026-05-18T11:00", "2026-05-18T11:00"),
        ({"zone": "Pacific/Honolulu"}, "2026-05-17T22:00", "2026-05-17T23:00", None),
        ({"zone": "Asia/Tokyo"}, "2026-05-18T11:00", "2026-05-18T22:00", "2026-05-18T22:00"),
        ({"zone": "Pacific/Apia", "hour": 0}, "2011-12-30T10:00", "2011-12-31T09:00", None),
    ],
)
def test_what_is_due(changes, last, now, expected):
    """Downtime is caught up once; a later hour or another zone on the same day brings no second digest."""
    moment = due(Preferences(**changes), last and utc(last), utc(now))
    assert moment == (expected and utc(expected))


def test_nothing_from_before_the_schedule_is_caught_up():
    """Who signs up at noon does not get this morning's digest at once."""
    assert due(Preferences(), None, utc("2026-05-18T12:00"), since=utc("2026-05-18T11:00")) is None
    assert due(Preferences(), None, utc("2026-05-18T12:00"), since=utc("2026-05-18T07:00")) is not None


@given(preferences=PREFERENCES, start=MOMENTS)
def test_every_day_of_the_cadence_has_one_moment(preferences, start):
    """In any zone, over months: moments ascend, no day of the cadence is skipped, none comes twice."""
    zone = ZoneInfo(preferences.zone)
    moments = next_deliveries(preferences, start, 40)
    first, last = (moment.astimezone(zone).date() for moment in (moments[0], moments[-1]))
    days = [first + ahead * DAY for ahead in range((last - first).days + 1)]
    named = {moment_of(day, preferences.hour, zone) for day in days if is_delivery_day(preferences, day)}
    assert all(earlier < later for earlier, later in pairwise(moments))
    assert named - {moments[-1]} <= set(moments)


@settings(max_examples=50)
@given(preferences=PREFERENCES, start=MOMENTS, steps=st.lists(st.integers(1, 3000), min_size=1, max_size=60))
def test_deliveries_are_never_doubled_and_nothing_stays_due(preferences, start, steps):
    """However irregularly one looks: each moment is dealt with at most once, each local day at most once."""
    zone = ZoneInfo(preferences.zone)
    now, last, done = start, start, []
    for minutes in steps:
        now += timedelta(minutes=minutes)
        if (moment := due(preferences, last, now)) is not None:
            assert last < moment <= now
            assert due(preferences, moment, now) is None
            done.append(moment)
            last = moment
    days = [moment.astimezone(zone).date() for moment in done]
    skipped_midnight = any(moment_of(day - DAY, preferences.hour, zone).astimezone(zone).date() == day for day in days)
    assert len(set(days)) == len(days) or skipped_midnight


@given(preferences=PREFERENCES, start=MOMENTS)
def test_looking_every_quarter_of_an_hour_finds_each_moment_in_time(preferences, start):
    """What is announced as the next deliveries is what becomes due, within the quarter."""
    expected = list(next_deliveries(preferences, start, 3, last_delivered_at=start))
    last, found = start, []
    for moment in expected:
        last_look = moment - timedelta(minutes=15)
        if last_look > last:
            assert due(preferences, last, last_look) is None
        found.append(due(preferences, last, moment + timedelta(minutes=14)))
        last = moment
    assert found == expected


@given(before=PREFERENCES, after=PREFERENCES, start=MOMENTS)
def test_moving_to_another_zone_or_cadence_doubles_no_day(before, after, start):
    """The first digest of the new schedule comes on a later local day than the last one of the old."""
    (last,) = next_deliveries(before, start, 1)
    zone = ZoneInfo(after.zone)
    (following,) = next_deliveries(after, last, 1, last_delivered_at=last)
    assert following > last
    assert following.astimezone(zone).date() > last.astimezone(zone).date() - DAY
    assert due(after, last, last + timedelta(seconds=1)) is None


def test_only_active_readers_have_a_next_delivery():
    """The schedule of who is paused, unconfirmed or gone is empty; a delivery that is due stays."""
    reader = Subscriber(id="a", address="a@example.org", status="active", created_at=utc("2026-05-01T00:00"))
    assert scheduled(reader, utc("2026-05-18T08:00")).next_at == utc("2026-05-18T07:00")
    for status in ("pending", "paused", "unsubscribed", "suppressed"):
        idle = Subscriber(id="a", address="a@example.org", status=status, created_at=reader.created_at)
        assert scheduled(idle, utc("2026-05-18T08:00")).next_at is None
