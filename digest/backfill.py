"""Backfill: read a span of the past from a source, day by day.

Every day is remembered when it was read to its end, so a backfill that was broken off, by a kill or a failing source,
goes on with the days that are missing. How a day is read is `digest.ingest.reader`'s; no run is kept, since the past
says nothing about how the source does today.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digest.errors import SettingsError
from digest.ingest.reader import Reader
from digest.ingest.tally import Tally
from digest.models import Rejection
from digest.papers import refresh_topics
from digest.site import Site
from digest.sources import Progress, resolve
from digest.sources.backfill import days
from digest.sources.source import silent
from digest.store import Store

MOST_FAILURES = 10
"""After so many days in a row that failed, the source is left alone: the rest is for the next call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRead:
    """What one day of the past gave."""

    day: date
    read: int
    new: int
    updated: int
    rejected: tuple[Rejection, ...] = ()
    message: str = ""
    """Why it was not read to its end; then it is read again by the next backfill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """What a backfill did."""

    days: tuple[DayRead, ...]
    """Oldest first."""
    done_before: int = 0
    """Days that were not read, because an earlier backfill had."""
    left: int = 0
    """Days given up, because too many before them failed."""

    @property
    def is_whole(self) -> bool:
        """Whether every day was read to its end and nothing was set aside."""
        return not self.left and not any(day.message or day.rejected for day in self.days)


def backfill(
    store: Store,
    source: str,
    *,
    since: date,
    until: date,
    site: Site,
    now: datetime,
    again: bool = False,
    progress: Progress = silent,
) -> Backfill:
    """Read the days of `[since, until)` that were not read before (`again`: all of them), none after today.

    Today is read, but not remembered as done: there may be more of it later. A day that fails does not end it.

    Raises:
        SettingsError: `source` is none, or has no past; the span is empty or has not begun; a topic file is wrong.
        StoreError: the database cannot be written; the days read before stay.
    """
    if since > now.date():
        raise SettingsError(f"{since} has not come yet")
    name = resolve(source).name
    spans = days(source, since, min(until, now.date() + timedelta(days=1)))
    done = frozenset() if again else store.backfilled(name)
    missing = [(day, of_day) for day, of_day in spans if day not in done]
    refresh_topics(store, site)
    found: list[DayRead] = []
    with Reader(store, site, now=now) as reader:
        for place, (day, of_day) in enumerate(missing):
            tally = reader.read(of_day, on=day, progress=_within(progress, place, len(missing), day))
            found.append(_day_read(day, tally))
            if not tally.message:
                _remember(store, name, day, tally, now)
            if _fails_on(found):
                break
            progress(place + 1, len(missing), str(day))
    return Backfill(days=tuple(found), done_before=len(spans) - len(missing), left=len(missing) - len(found))


def _within(progress: Progress, done: int, total: int, day: date) -> Progress:
    """The progress of one day, told as that of the whole: days done, and what is being done."""
    return lambda _done, _total, what: progress(done, total, what if str(day) in what else f"{day}: {what}")


def _day_read(day: date, tally: Tally) -> DayRead:
    return DayRead(
        day=day,
        read=tally.read,
        new=tally.new,
        updated=tally.updated,
        rejected=tally.rejected,
        message=tally.message,
    )


def _remember(store: Store, name: str, day: date, tally: Tally, now: datetime) -> None:
    if day < now.date():
        store.save_backfilled(name, day, now, tally.to_keep)


def _fails_on(found: Sequence[DayRead]) -> bool:
    return len(found) >= MOST_FAILURES and all(day.message for day in found[-MOST_FAILURES:])
