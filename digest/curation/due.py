"""When a reader's digest is due: their cadence at their local hour, whatever clocks, calendars and downtime do.

Every day of the cadence has one moment. An hour that the clock shows twice counts the first time; one that it skips
is the first moment after the gap. It does not look at what there is to send.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from digest.models import WEEKDAYS, Preferences, Subscriber

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
_LONGEST = 32
"""Days that hold at least one day of every cadence."""


def due(
    preferences: Preferences, last_delivered_at: datetime | None, now: datetime, *, since: datetime | None = None
) -> datetime | None:
    """The delivery moment that is to be dealt with now; None when there is none.

    Of several moments missed it is the last, so that downtime is caught up once. Moments up to `last_delivered_at`,
    moments before `since`, days of a pause and a second moment on the day of the last one (the hour or the zone was
    changed meanwhile) do not count.
    """
    zone = ZoneInfo(preferences.zone)
    today = now.astimezone(zone).date()
    for back in range(_LONGEST):
        day = today - back * _DAY
        if is_delivery_day(preferences, day) and (moment := moment_of(day, preferences.hour, zone)) <= now:
            fresh = since is None or moment >= since
            return moment if fresh and _may_follow(preferences, day, moment, last_delivered_at) else None
    return None


def next_deliveries(
    preferences: Preferences, now: datetime, count: int = 3, *, last_delivered_at: datetime | None = None
) -> tuple[datetime, ...]:
    """The next `count` delivery moments after `now`, UTC."""
    return tuple(islice(_moments(preferences, now, last_delivered_at), count))


def scheduled(reader: Subscriber, now: datetime) -> Subscriber:
    """`reader` with the `next_at` that follows from everything else; one that is due and not dealt with stays due."""
    if reader.status != "active":
        return replace(reader, next_at=None)
    waiting = due(reader.preferences, reader.last_delivered_at, now, since=reader.schedule_since)
    if waiting is None:
        coming = next_deliveries(reader.preferences, now, 1, last_delivered_at=reader.last_delivered_at)
        waiting = next(iter(coming), None)
    return replace(reader, next_at=waiting)


def is_delivery_day(preferences: Preferences, day: date) -> bool:
    """Whether the cadence names `day`: the first of a month is the day of `monthly`."""
    name = WEEKDAYS[day.weekday()]
    match preferences.cadence:
        case "daily":
            return True
        case "weekdays":
            return name in (preferences.weekdays or WEEKDAYS[:5])
        case "weekly":
            return name == (preferences.weekdays or WEEKDAYS)[0]
        case "monthly":
            return day.day == 1


@lru_cache(maxsize=20_000)
def moment_of(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The moment of `hour` on `day` in `zone`, UTC: the first of two, or the end of the gap that swallows it.

    In a gap, PEP 495 reads a wall time with the offset before it (fold=0) or after it (fold=1); the change of the
    clock lies between these two readings.
    """
    wall = datetime.combine(day, time(hour), zone)
    late = wall.astimezone(UTC)
    if _wall(late, zone) == wall.replace(tzinfo=None):
        return late
    early = wall.replace(fold=1).astimezone(UTC)
    before = early.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + (late - early) // 2 // _SECOND * _SECOND
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def _moments(preferences: Preferences, now: datetime, last: datetime | None) -> Iterator[datetime]:
    zone = ZoneInfo(preferences.zone)
    start = max(now.astimezone(zone).date() - _DAY, preferences.pause_until or date.min)
    for ahead in range((date.max - start).days):
        day = start + ahead * _DAY
        if is_delivery_day(preferences, day):
            moment = moment_of(day, preferences.hour, zone)
            if moment > now and _may_follow(preferences, day, moment, last):
                yield moment
                last = moment


def _may_follow(preferences: Preferences, day: date, moment: datetime, last: datetime | None) -> bool:
    """Whether `day`, with its `moment`, is past the pause, and later than the last delivery and its day."""
    if preferences.pause_until and day < preferences.pause_until:
        return False
    return last is None or (moment > last and day > _day_of(last, preferences))


def _day_of(moment: datetime, preferences: Preferences) -> date:
    """The local day a delivery moment belongs to: the day before, where a gap pushed it over midnight."""
    zone = ZoneInfo(preferences.zone)
    day = moment.astimezone(zone).date()
    return day - _DAY if moment_of(day - _DAY, preferences.hour, zone) == moment else day


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
