"""The built-in scheduler: waits for each job's moments and has them run, until it is told to stop.

APScheduler waits and keeps the threads; its job store is empty at every start. What was done, and who may do it, is in
the database alone (`digest.schedule.runner`), so that a second process beside this one is harmless.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from digest.schedule.moments import next_moments
from digest.schedule.runner import LEASE, Ran, Runner
from digest.schedule.timetable import After, Job, Timed

GRACE_SECONDS = 7.0
"""How long what is in flight may take to end when the process is to stop."""

_RENEW_SECONDS = LEASE.seconds // 4
_LOOK_AGAIN_SECONDS = 1.0

_TRY_AGAIN = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""How long after its first, second … failure in a row a job is tried again; the last of these from then on."""

_log = logging.getLogger(__name__)


class Clock:
    """One process that keeps to a timetable.

    A job's first moment here is awaited only after what it missed is done, job after job in the order of the
    timetable: readers get the edition that was missed, not the one before it.
    """

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._failures: Counter[str] = Counter()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(runner.jobs) + 1), "leases": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def run(self) -> bool:
        """Run until the runner's `stop` is set; whether everything in flight ended in time.

        Raises:
            StoreError: the database cannot be written at the start.
        """
        self._runner.register()
        # Waking up every few seconds also notices that the machine slept or that its clock was set.
        self._scheduler.add_job(self._runner.renew, IntervalTrigger(seconds=_RENEW_SECONDS), executor="leases")
        self._scheduler.add_job(self._begin)
        self._scheduler.start()
        self._runner.stop.wait()
        _log.info("stopping; what is in flight is finished")
        self._scheduler.pause()
        self._scheduler.get_jobs()  # waits until APScheduler is done with a round of starting jobs
        # Shut down in the midst of one, it fails to find the job that it is about to take off its list.
        closing = threading.Thread(target=self._scheduler.shutdown, daemon=True)
        closing.start()
        closing.join(GRACE_SECONDS)
        return not closing.is_alive()

    def _begin(self) -> None:
        for job in self._runner.jobs:
            if isinstance(job.when, After):
                continue
            looked_at = self._runner.now()
            self._catch_up(job)
            trigger = _Moments(job.when, self._runner.zone)
            first = next(next_moments(job.when, self._runner.zone, looked_at))
            self._add(self._run, trigger, args=[job], id=job.name, next_run_time=first)

    def _catch_up(self, job: Job) -> None:
        """Do what `job` missed, or wait until another process has done it: the jobs after it may need it."""
        ran = self._runner.run(job)
        if ran is Ran.ELSEWHERE:
            _log.info("another process has it in hand", extra={"job": job.name})
        while ran is Ran.ELSEWHERE and not self._runner.stop.wait(_LOOK_AGAIN_SECONDS):
            ran = self._runner.run(job)
        self._plan_again(job, ran)

    def _run(self, job: Job) -> None:
        self._plan_again(job, self._runner.run(job))

    def _plan_again(self, job: Job, ran: Ran) -> None:
        """Try again soon what failed, and look again at what another process had in hand: it may have gone."""
        if ran is Ran.FAILED:
            delay = _TRY_AGAIN[min(self._failures[job.name], len(_TRY_AGAIN) - 1)]
            self._failures[job.name] += 1
        elif ran is Ran.ELSEWHERE:
            delay = LEASE
        else:
            self._failures.pop(job.name, None)
            return
        trigger = DateTrigger(self._runner.now() + delay)
        self._add(self._run, trigger, args=[job], id=f"{job.name} again", replace_existing=True)

    def _add(self, *arguments: Any, **options: Any) -> None:
        if not self._runner.stop.is_set():
            self._scheduler.add_job(*arguments, **options)


class _Moments(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """The moments of a timetable as APScheduler asks for them; its own cron trigger has other rules for odd nights."""

    def __init__(self, when: Timed, zone: ZoneInfo) -> None:
        self._when, self._zone = when, zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next moment from now on; those that went by while the job ran or the machine slept are one."""
        return next(next_moments(self._when, self._zone, max(previous_fire_time or now, now)))


@contextmanager
def keep_leases(runner: Runner) -> Iterator[None]:
    """Renew the leases of what runs in this block."""
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(runner.renew, IntervalTrigger(seconds=_RENEW_SECONDS))
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown()
