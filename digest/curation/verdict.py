"""How far one reading of a source can be trusted to be whole, from ids, dates and what that weekday usually has.

A *daily list* is a source that names one day: `hf`, `hf:2026-11-20`, and arXiv's announcements (`arxiv:cs.CL+cs.LG`).
Everything else (files, standard input, feeds, searches, several days) is only fresh or quiet as long as it answers.

=========  =============================================================================================
verdict    when
=========  =============================================================================================
down       nothing could be read: no answer, or everything was set aside
partial    the reading broke off; or a daily list has less than half of what its weekday usually has
fresh      something was new or is known better now
holiday    a daily list had nothing new on a day without one: a weekend, or a pause of every year
stale      a daily list had nothing of its day although its hour had passed
quiet      it answered, and all of it was known
=========  =============================================================================================

The first that fits holds. It stores nothing and reads no clock.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from statistics import median

from digest.models import SourceRun, Verdict

_DAILY = re.compile(r"hf(?::\d{4}-\d\d-\d\d)?|arxiv:[\w.+-]+")
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
    """What came of reading a source at `now` for the list of `day`."""

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
    if not is_daily(outcome.source):
        return Verdict.FRESH if outcome.new or outcome.updated else Verdict.QUIET
    if _is_thin(outcome, past):
        return Verdict.PARTIAL
    if outcome.new or outcome.updated:
        return Verdict.FRESH
    return _without_news(outcome)


def is_daily(source: str) -> bool:
    """Whether a source is a daily list (see the module's docstring)."""
    return _DAILY.fullmatch(source) is not None


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


def _is_thin(outcome: Outcome, past: Iterable[SourceRun]) -> bool:
    if outcome.day != outcome.now.date() or not outcome.read:
        return False
    usual = usual_volume(past, outcome.now)
    return usual is not None and usual >= _LEAST_VOLUME and outcome.read < usual / 2


def _without_news(outcome: Outcome) -> Verdict:
    if not has_list(outcome.day):
        return Verdict.HOLIDAY
    if outcome.read and (outcome.newest_on is None or outcome.newest_on >= outcome.day):
        return Verdict.QUIET
    passed = (outcome.now.date(), outcome.now.time()) >= (outcome.day, _DUE)
    return Verdict.STALE if passed else Verdict.QUIET
