"""The timetable: `cron/schedule.toml` read and checked.

It only reads. When a job is next to run is worked out in `digest.schedule.moments`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from digest.errors import SettingsError
from digest.models import WEEKDAYS, Weekday
from digest.settings import describe
from digest.site import Site

FILE = "schedule.toml"
JOBS = ("ingest", "publish", "feeds", "bounces", "deliver", "housekeeping")
"""Every job there is, in the order in which missed ones are caught up."""

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_STEP = re.compile(r"([1-9]\d{0,3})\s*([mh])")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """At these times of day, in the site's zone."""

    times: tuple[time, ...]
    days: tuple[Weekday, ...] = WEEKDAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """Again and again from `start` to `until`, both included (None: to the end of the day)."""

    step: timedelta
    start: time = time(0)
    until: time | None = None
    days: tuple[Weekday, ...] = WEEKDAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """Each time that `job` has succeeded."""

    job: str


Timed = At | Every
When = Timed | After


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to do, and when."""

    name: str
    when: When


class _Entry(BaseModel):
    """One table of the file, as written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: str | tuple[str, ...] | None = None
    every: str | None = None
    after: str | None = None
    between: str | None = None
    days: str | None = None
    enabled: bool = True


_ENTRIES = TypeAdapter(dict[str, _Entry])


def read_timetable(site: Site) -> tuple[Job, ...]:
    """The jobs of a site, in the order of `JOBS`: of its own `cron/schedule.toml`, else of the shipped one.

    Raises:
        SettingsError: the file does not parse, names no known job or no possible time; says which and how to write it.
    """
    path = next((folder / FILE for folder in site.folders("cron") if (folder / FILE).exists()), None)
    if path is None:
        raise SettingsError(f"{site.root / 'cron' / FILE}: there is no such file, and none was shipped")
    return parse_timetable(path)


def parse_timetable(path: Path) -> tuple[Job, ...]:
    """The jobs of one file (raises SettingsError, as `read_timetable`)."""
    try:
        entries = _ENTRIES.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
        jobs = {name: Job(name=name, when=_when(name, entry)) for name, entry in entries.items() if entry.enabled}
        _check_leaders(jobs)
    except ValidationError as error:
        raise SettingsError(f"{path}: {describe(error)}") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as error:
        raise SettingsError(f"{path}: {error}") from error
    return tuple(jobs[name] for name in JOBS if name in jobs)


def _when(name: str, entry: _Entry) -> When:
    if name not in JOBS:
        raise ValueError(f"[{name}] is no job; there are {', '.join(JOBS)}")
    if sum(given is not None for given in (entry.at, entry.every, entry.after)) != 1:
        raise ValueError(f'[{name}] needs exactly one of at = "08:30", every = "2h", after = "publish"')
    if entry.between is not None and entry.every is None:
        raise ValueError(f"{name}.between: goes with `every` only")
    if entry.after is not None:
        if entry.days is not None:
            raise ValueError(f"{name}.days: goes with `at` and `every` only")
        return After(job=entry.after)
    days = WEEKDAYS if entry.days is None else _days(name, entry.days)
    if entry.at is not None:
        return _at(name, entry.at, days)
    return _every(name, entry.every or "", entry.between, days)


def _check_leaders(jobs: dict[str, Job]) -> None:
    """A job that follows must follow one that has times of its own and comes before it."""
    for name, job in jobs.items():
        if not isinstance(job.when, After):
            continue
        leader = jobs.get(job.when.job)
        if leader is None or isinstance(leader.when, After) or JOBS.index(leader.name) > JOBS.index(name):
            raise ValueError(
                f"{name}.after: `{job.when.job}` is no earlier job with times of its own (order: {', '.join(JOBS)})"
            )


def _at(name: str, given: str | Sequence[str], days: tuple[Weekday, ...]) -> At:
    texts = (given,) if isinstance(given, str) else tuple(given)
    if not texts:
        raise ValueError(f'{name}.at: is empty; write "08:30"')
    return At(times=tuple(sorted({_time(f"{name}.at", text) for text in texts})), days=days)


def _every(name: str, given: str, between: str | None, days: tuple[Weekday, ...]) -> Every:
    match = _STEP.fullmatch(given.strip())
    step = timedelta(minutes=int(match[1]) * (60 if match[2] == "h" else 1)) if match else timedelta()
    if not timedelta() < step <= _DAY:
        raise ValueError(f'{name}.every: `{given}` is no step of at most a day; write "5m" or "2h"')
    if between is None:
        return Every(step=step, days=days)
    start, dash, until = between.partition("-")
    key = f"{name}.between"
    if not dash:
        raise ValueError(f'{key}: `{between}` is no span; write "06:00-20:00"')
    span = _time(key, start), _time(key, until)
    if span[0] >= span[1]:
        raise ValueError(f"{key}: `{between}` must end after it starts, on the same day")
    return Every(step=step, start=span[0], until=span[1], days=days)


def _time(key: str, text: str) -> time:
    match = _CLOCK.fullmatch(text.strip())
    if not match:
        raise ValueError(f'{key}: `{text}` is no time of day; write "08:30"')
    return time(int(match[1]), int(match[2]))


def _days(name: str, text: str) -> tuple[Weekday, ...]:
    """`mon-fri`, `mon,wed`, `fri-mon` (over the end of the week), in the order of the week."""
    chosen: set[str] = set()
    for part in text.lower().split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        ends = [first, last] if dash else [first]
        if wrong := [end for end in ends if end not in get_args(Weekday)]:
            raise ValueError(f'{name}.days: `{wrong[0]}` is no day; write "mon-fri" or "mon,thu"')
        start, stop = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
        chosen |= {WEEKDAYS[(start + step) % 7] for step in range((stop - start) % 7 + 1)}
    return tuple(day for day in WEEKDAYS if day in chosen)
