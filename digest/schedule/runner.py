"""Run a job once for its moment, whoever else tries: claim it, do it, record what became of it.

It does not wait and does not decide when; `digest.schedule.clock` does.
"""

from __future__ import annotations

import enum
import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.errors import DigestError
from digest.schedule.logs import about
from digest.schedule.moments import last_moment
from digest.schedule.timetable import After, Job
from digest.store import Store
from digest.store.jobs import JobOutcome, JobRun

LEASE = timedelta(seconds=60)
"""How long a process that no longer answers keeps a job from others."""

Work = Callable[[datetime, threading.Event], str]
"""Does a job as of a moment and says in one line what was done; ends soon, by `Stopped`, when the event is set."""

_log = logging.getLogger(__name__)


class Stopped(Exception):  # noqa: N818 - no failure
    """The work was left where it was because the process is to end."""


class Ran(enum.IntEnum):
    """What became of an attempt, from good to bad."""

    NOTHING = enum.auto()
    """Nothing was left to do: it was done for this moment."""
    DONE = enum.auto()
    ELSEWHERE = enum.auto()
    """Another process has it in hand."""
    STOPPED = enum.auto()
    """Left where it was, to be gone on with at the next start."""
    FAILED = enum.auto()


def new_owner() -> str:
    """A name for this process that no other process ever had."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def due_moment(job: Job, zone: ZoneInfo, now: datetime, settled: Mapping[str, JobRun]) -> datetime | None:
    """The moment for which `job` is to be run now; None when nothing is left to do.

    Of several moments missed it is the last, so that downtime is caught up once. `settled` is `Jobs.settled()`: a job
    with times of its own that is not in it was never seen and has missed nothing.
    """
    own = settled.get(job.name)
    if isinstance(job.when, After):
        leader = settled.get(job.when.job)
        moment = leader.due_at if leader and leader.outcome == "done" else None
    else:
        moment = last_moment(job.when, zone, now) if own else None
    return moment if moment and (own is None or moment > own.due_at) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Runs the jobs of one timetable in one database, as one owner."""

    store: Store
    jobs: Sequence[Job]
    works: Mapping[str, Work]
    zone: ZoneInfo
    now: Callable[[], datetime]
    stop: threading.Event
    owner: str

    def register(self) -> None:
        """See every job, so that from now on it can miss a moment."""
        for job in self.jobs:
            self.store.jobs.register(job.name, now=self.now())

    def due(self, job: Job) -> datetime | None:
        """The moment for which `job` is to be run now (raises StoreError)."""
        return due_moment(job, self.zone, self.now(), self.store.jobs.settled())

    def run(self, job: Job, due_at: datetime | None = None) -> Ran:
        """Run `job` if it is due, or for `due_at` at all events, then those that follow it; the worst of what became.

        No failure leaves it: it is recorded, where the database lets it, and logged.
        """
        followers = [other for other in self.jobs if isinstance(other.when, After) and other.when.job == job.name]
        return max([self._attempt(job, due_at), *(self._attempt(follower, None) for follower in followers)])

    def renew(self) -> None:
        """Keep the leases of what is running."""
        try:
            self.store.jobs.renew(self.owner, lease_until=self.now() + LEASE)
        except DigestError as error:
            _log.warning("a lease could not be renewed: %s", error)

    def _attempt(self, job: Job, due_at: datetime | None) -> Ran:
        if self.stop.is_set():
            return Ran.STOPPED
        try:
            moment = due_at or self.due(job)
            if moment is None:
                return Ran.NOTHING
            run = self._claim(job, moment)
            if run is None:
                return Ran.NOTHING if self.store.jobs.running(job.name) is None else Ran.ELSEWHERE
            with about(job=job.name, run=run.id):
                return self._carry_out(job, run)
        except DigestError as error:
            with about(job=job.name):
                _log.error("%s", error)
            return Ran.FAILED

    def _claim(self, job: Job, due_at: datetime) -> JobRun | None:
        now = self.now()
        return self.store.jobs.claim(job.name, due_at=due_at, now=now, owner=self.owner, lease_until=now + LEASE)

    def _carry_out(self, job: Job, run: JobRun) -> Ran:
        ran, message = self._work(job)
        _log.log(logging.ERROR if ran is Ran.FAILED else logging.INFO, "%s", message)
        self.store.jobs.finish(run, _OUTCOMES[ran], message, now=self.now())
        return ran

    def _work(self, job: Job) -> tuple[Ran, str]:
        try:
            return Ran.DONE, self.works[job.name](self.now(), self.stop)
        except Stopped:
            return Ran.STOPPED, "stopped; the rest is done at the next start"
        except DigestError as error:
            return Ran.FAILED, " ".join(str(error).split())
        except Exception as error:  # noqa: BLE001 - one job's bug must not take the others down
            _log.exception("this is a bug")
            return Ran.FAILED, f"bug: {type(error).__name__}: {error}"


_OUTCOMES: dict[Ran, JobOutcome] = {Ran.DONE: "done", Ran.FAILED: "failed", Ran.STOPPED: "interrupted"}
