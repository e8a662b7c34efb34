"""How far one reading of a source can be trusted to be whole, from ids, dates and what that weekday usually has.

A *daily list* is a source that names one day: `hf`, `hf:2026-11-20`, and arXiv's announcements (`arxiv:cs.CL+cs.LG`).
Everything else (files, standard input, feeds, searches, several days) is only fresh or quiet as long as it answers.

=========  =============================================================================================
verdict    when
=========  =============================================================================================
down       nothing could be read: no answer, or everything was set aside
partial    the reading broke off; or a daily list of today has less than half of what its weekday usually has by
           this hour, or of what it had earlier today
fresh      something was new or is known better now, and a daily list was that of its day (or is not due yet)
holiday    a daily list had nothing new on a day without one: a weekend, a pause of every year, or a day that is over
           and never had one
stale      a daily list had nothing of its day although its hour had passed
quiet      it answered, and all of it was known; or its day's list is not out yet
=========  =============================================================================================

The first of down and partial that fits holds, then what a daily list's day says. It stores nothing and reads no clock.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median

from digest.models import SourceRun, Verdict

_DAILY = re.compile(r"hf(?::(?P<day>\d{4}-\d\d-\d\d))?|arxiv:[\w.+-]+")
_DUE = time(12)
"""UTC hour by which the day's list is out: Daily Papers fill up from 00:00, arXiv announces at 00:00 to 04:00."""
_PAUSES = {(12, 24), (12, 25), (12, 31), (1, 1)}
"""Month and day of pauses of every year (https://info.arxiv.org/help/availability.html)."""
_SATURDAY = 5
_LEAST_DAYS = 3
"""With fewer days to compare with, no volume is usual."""
_LEAST_VOLUME = 6
"""Below it, half as many means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of reading a source at `now`, on or for `day`."""

    source: str
    day: date
    now: datetime
    read: int = 0
    new: int = 0
    updated: int = 0
    rejected: int = 0
    failed: bool = False
    """It did not come to its end."""
    newest_on: date | None = None
    """The latest list day among what was read."""


def source_verdict(outcome: Outcome, past: Iterable[SourceRun]) -> Verdict:
    """The verdict of one reading; `past` are earlier runs of the same source."""
    if not outcome.read and (outcome.failed or outcome.rejected):
        return Verdict.DOWN
    if outcome.failed:
        return Verdict.PARTIAL
    has_news = bool(outcome.new or outcome.updated)
    day = list_day(outcome.source, outcome.day)
    if day is None:
        return Verdict.FRESH if has_news else Verdict.QUIET
    if outcome.read and (outcome.newest_on is None or outcome.newest_on >= day):
        if day == outcome.now.date() and _is_thin(outcome, tuple(past)):
            return Verdict.PARTIAL
        return Verdict.FRESH if has_news else Verdict.QUIET
    return _without_its_list(outcome, day)


def is_daily(source: str) -> bool:
    """Whether a source is a daily list (see the module's docstring)."""
    return _DAILY.fullmatch(source) is not None


def list_day(source: str, today: date) -> date | None:
    """The day whose list a daily list is: the one it names, else `today`; None when it is no daily list."""
    found = _DAILY.fullmatch(source)
    if found is None:
        return None
    try:
        return date.fromisoformat(found["day"]) if found["day"] else today
    except ValueError:
        return None


def has_list(day: date) -> bool:
    """Whether daily lists are made on `day`."""
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _PAUSES


def usual_volume(past: Iterable[SourceRun], now: datetime) -> float | None:
    """How many papers a source usually has by this time of this weekday (UTC); None when too little is known.

    The median over earlier days of the same weekday of the most that was read on that day up to the hour of `now`.
    """
    most: dict[date, int] = defaultdict(int)
    for run in past:
        day = run.finished_at.date()
        if day < now.date() and day.weekday() == now.weekday() and run.finished_at.hour <= now.hour and run.read:
            most[day] = max(most[day], run.read)
    return median(most.values()) if len(most) >= _LEAST_DAYS else None


def usual_of_day(past: Iterable[SourceRun], now: datetime) -> float | None:
    """How many papers a source usually has by the end of this weekday; as `usual_volume`."""
    return usual_volume(past, now.replace(hour=23))


def next_list(source: str, past: Iterable[SourceRun], now: datetime) -> datetime | None:
    """When the next list of a daily list is due that has not been read; None for other sources and named days.

    `past` are its runs. A moment that has passed is one at which the list was missed.
    """
    if not is_daily(source) or list_day(source, date.min) != date.min:
        return None
    has_todays = any(run.verdict in _HAD_ITS_LIST and run.finished_at.date() == now.date() for run in past)
    day = now.date() + timedelta(days=has_todays)
    while not has_list(day):
        day += timedelta(days=1)
    return datetime.combine(day, _DUE, UTC)


_HAD_ITS_LIST = (Verdict.FRESH, Verdict.PARTIAL)


def _is_thin(outcome: Outcome, past: Sequence[SourceRun]) -> bool:
    """Whether a list of today is much shorter than it should be."""
    today = [run.read for run in past if run.finished_at.date() == outcome.now.date()]
    expected = max(usual_volume(past, outcome.now) or 0, *today, 0)
    return expected >= _LEAST_VOLUME and outcome.read < expected / 2


def _without_its_list(outcome: Outcome, day: date) -> Verdict:
    """The verdict where the list of `day` was not in the answer; older papers may have been."""
    today = outcome.now.date()
    is_due = (today, outcome.now.time()) >= (day, _DUE)
    if has_list(day) and is_due and (day == today or outcome.read):
        return Verdict.STALE
    if outcome.new or outcome.updated:
        return Verdict.FRESH
    return Verdict.HOLIDAY if day < today or not has_list(day) else Verdict.QUIET
