"""The timetable for those who prefer their system's scheduler: a crontab, and systemd units. Pure.

Both start `digest run --once JOB`: it takes the same lease and leaves the same records as the built-in scheduler.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from digest.models import WEEKDAYS, Weekday
from digest.schedule.moments import times_of
from digest.schedule.timetable import After, Job, Timed

_NAMES = dict(zip(WEEKDAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
_HOURS, _MINUTES = 24, 60
_SHORTEST_PROGRESSION = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the site is, whose it is, and what is typed to start the command."""

    folder: str
    zone: str
    user: str = "digest"
    command: str = "digest"


def system_files(jobs: Sequence[Job], place: Place) -> dict[str, str]:
    """The crontab and the systemd units by file name.

    `digest.service` is the built-in scheduler kept alive; the others do without it, one timer a job.
    """
    units = {
        f"digest-{job.name}.timer": _timer(job, job.when, place) for job in jobs if not isinstance(job.when, After)
    }
    return {
        "crontab": crontab(jobs, place),
        "digest.service": _scheduler_unit(place),
        "digest@.service": _job_unit(place),
    } | units


def crontab(jobs: Sequence[Job], place: Place) -> str:
    """The lines for cron. A job that follows another needs none: `digest run --once` runs it after the other."""
    lines = [
        "# Daily Papers Digest by the system's cron, written by `digest cron`. To use it: crontab FILE",
        f"# Times are those of {place.zone}; a cron that does not know CRON_TZ takes them as the machine's.",
        f"CRON_TZ={place.zone}",
        f"DIGEST_SITE={place.folder}",
    ]
    command = shlex.quote(place.command).replace("%", r"\%")
    for job in jobs:
        if isinstance(job.when, After):
            continue
        days = _cron_days(job.when.days)
        lines += [
            f"{_progression(minutes, _MINUTES)} {_progression(hours, _HOURS)} * * {days}"
            f"  {command} --quiet run --once {job.name}"
            for minutes, hours in _grids(times_of(job.when))
        ]
    return "\n".join(lines) + "\n"


def _timer(job: Job, when: Timed, place: Place) -> str:
    days = _systemd_days(when.days)
    calendars = (
        f"OnCalendar={days}*-*-* {_systemd_list(hours, _HOURS)}:{_systemd_list(minutes, _MINUTES)}:00 {place.zone}"
        for minutes, hours in _grids(times_of(when))
    )
    return f"""\
# Written by `digest cron`.
[Unit]
Description=When Daily Papers Digest does: {job.name}

[Timer]
{chr(10).join(calendars)}
# What was missed while the machine was off is done once when it is on again.
Persistent=true
Unit=digest@{job.name}.service

[Install]
WantedBy=timers.target
"""


def _job_unit(place: Place) -> str:
    return f"""\
# Written by `digest cron`: one job, as the timers beside it start it. Copy them to /etc/systemd/system/, then:
# systemctl enable --now digest-publish.timer (and so for each)
[Unit]
Description=Daily Papers Digest: %i
{_network()}
[Service]
Type=oneshot
User={place.user}
Environment={_environment(place)}
ExecStart={_systemd_command(place)} --quiet run --once %i
"""


def _scheduler_unit(place: Place) -> str:
    return f"""\
# Written by `digest cron`: the built-in scheduler, kept alive; no timer is needed. Copy it to
# /etc/systemd/system/, then: systemctl enable --now digest.service
[Unit]
Description=Daily Papers Digest
{_network()}
[Service]
User={place.user}
Environment={_environment(place)}
ExecStart={_systemd_command(place)} run
Restart=on-failure
# It finishes what it is at and stops by itself within 10 seconds.
TimeoutStopSec=20

[Install]
WantedBy=multi-user.target
"""


def _network() -> str:
    return "Wants=network-online.target\nAfter=network-online.target\n"


def _environment(place: Place) -> str:
    escaped = place.folder.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"DIGEST_SITE={escaped}"'


def _systemd_command(place: Place) -> str:
    command = place.command.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$")
    return f'"{command}"' if " " in command else command


def _grids(times: Sequence[time]) -> list[tuple[list[int], list[int]]]:
    """`times` as few pairs of minutes and hours: all their combinations together are `times`, none twice."""
    hours_of: dict[int, list[int]] = {}
    for at in times:
        hours_of.setdefault(at.minute, []).append(at.hour)
    minutes_of: dict[tuple[int, ...], list[int]] = {}
    for minute, hours in sorted(hours_of.items()):
        minutes_of.setdefault(tuple(hours), []).append(minute)
    return [(minutes, list(hours)) for hours, minutes in minutes_of.items()]


def _progression(values: Sequence[int], size: int) -> str:
    """`values` of a cron field with `size` values, as short as it can be said: `*`, `*/5`, `6-20/2`, `8,17`."""
    step = _step(values)
    if step is None:
        return ",".join(map(str, values))
    if values[0] == 0 and values[-1] + step >= size:
        return "*" if step == 1 else f"*/{step}"
    return f"{values[0]}-{values[-1]}" + ("" if step == 1 else f"/{step}")


def _systemd_list(values: Sequence[int], size: int) -> str:
    """As `_progression`, for a component of systemd.time(7)."""
    step = _step(values)
    if step is None:
        return ",".join(f"{value:02}" for value in values)
    if values[0] == 0 and values[-1] + step >= size:
        return "*" if step == 1 else f"00/{step}"
    return f"{values[0]:02}..{values[-1]:02}" + ("" if step == 1 else f"/{step}")


def _step(values: Sequence[int]) -> int | None:
    """The one distance between at least three values; None when there is none."""
    distances = {later - earlier for earlier, later in pairwise(values)}
    return distances.pop() if len(values) >= _SHORTEST_PROGRESSION and len(distances) == 1 else None


def _cron_days(days: Sequence[Weekday]) -> str:
    """By number, Sunday 0, as POSIX has it."""
    if len(days) == len(WEEKDAYS):
        return "*"
    numbers = sorted((WEEKDAYS.index(day) + 1) % len(WEEKDAYS) for day in days)
    return f"{numbers[0]}-{numbers[-1]}" if _step(numbers) == 1 else ",".join(map(str, numbers))


def _systemd_days(days: Sequence[Weekday]) -> str:
    if len(days) == len(WEEKDAYS):
        return ""
    if _step([WEEKDAYS.index(day) for day in days]) == 1:
        return f"{_NAMES[days[0]]}..{_NAMES[days[-1]]} "
    return ",".join(_NAMES[day] for day in days) + " "
