"""The moments of a timetable, whatever the clocks of its zone do. Pure.

Every time of day comes once a day: one that the clock shows twice counts the first time, one that it skips is the first
moment after the gap. Steps of `every` are of elapsed time: neither an hour less nor an hour more disturbs them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.curation.due import moment_of
from digest.models import WEEKDAYS
from digest.schedule.timetable import At, Timed

_DAY = timedelta(days=1)


def next_moments(when: Timed, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """The moments later than `after`, UTC, without end."""
    day = after.astimezone(zone).date() - _DAY
    while True:
        for moment in moments_on(when, zone, day):
            if moment > after:
                yield moment
                after = moment
        day += _DAY


def last_moment(when: Timed, zone: ZoneInfo, now: datetime) -> datetime:
    """The newest moment that is not later than `now`, UTC."""
    day = now.astimezone(zone).date()
    while True:
        past = [moment for moment in moments_on(when, zone, day) if moment <= now]
        if past:
            return past[-1]
        day -= _DAY


def moments_on(when: Timed, zone: ZoneInfo, day: date) -> list[datetime]:
    """The moments of one calendar day of `zone`, UTC, in order; none when it is not among the days of `when`."""
    if WEEKDAYS[day.weekday()] not in when.days:
        return []
    if isinstance(when, At):
        return sorted({_moment(day, at, zone) for at in when.times})
    start = _moment(day, when.start, zone)
    midnight = _moment(day + _DAY, time(0), zone)
    until = midnight - timedelta.resolution if when.until is None else _moment(day, when.until, zone)
    return [start + step * when.step for step in range((until - start) // when.step + 1)]


def times_of(when: Timed) -> list[time]:
    """The times of an ordinary day, for those who only know times of day."""
    day = date(2001, 1, 1)  # a Monday; any day would do, UTC has no other
    return [moment.time() for moment in moments_on(replace(when, days=WEEKDAYS), ZoneInfo("UTC"), day)]


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    moment = datetime.combine(day, at, zone).astimezone(UTC)
    exists = moment.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, at)
    # Clocks go forward on the hour: the whole hour of `at` is in the gap, and its end is that of the gap.
    return moment if exists else moment_of(day, at.hour, zone)
