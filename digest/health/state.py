"""The state of a site at one moment, gathered from the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from digest.errors import SettingsError
from digest.ingest import source_states
from digest.models import SourceState, Verdict
from digest.schedule.moments import next_moments
from digest.schedule.runner import due_moment
from digest.schedule.timetable import After, Job, read_timetable
from digest.schedule.watch import silent_since
from digest.site import Site
from digest.store import Store
from digest.store.jobs import JobOutcome, JobRun
from digest.store.queue import QueueState

_LATE = timedelta(minutes=30)
"""How long after its moment a job that is neither done nor running is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHealth:
    """How one job of the timetable is doing."""

    name: str
    last_success_at: datetime | None
    """None: it never succeeded."""
    outcome: JobOutcome | None
    """Of its newest run; None when the scheduler never saw it."""
    message: str
    """What the newest run said."""
    is_running: bool
    is_late: bool
    next_at: datetime | None
    """None for a job that follows another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionHealth:
    """The last edition, in short."""

    number: int
    closed_at: datetime
    papers: int
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueHealth:
    """The digests on their way."""

    waiting: int
    next_at: datetime | None
    """When the first of them may be tried."""
    last_day: Mapping[str, int]
    """What was settled in the last 24 hours, by status."""
    is_paused: bool
    shared: QueueState | None
    """Its batches, and who takes them; None: without `sending.queue` there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of a site `at` one moment."""

    at: datetime
    jobs: tuple[JobHealth, ...]
    edition: EditionHealth | None
    sources: tuple[SourceState, ...]
    queue: QueueHealth
    readers: Mapping[str, int]
    """How many of each status."""
    problems: tuple[str, ...]
    """What needs a hand, one line each, and nothing that only the operator may know."""

    @property
    def ok(self) -> bool:
        """Whether nothing needs a hand."""
        return not self.problems

    def document(self) -> dict[str, Any]:
        """As JSON has it: ages in whole seconds, moments in ISO 8601."""
        return {
            "status": "ok" if self.ok else "trouble",
            "at": self.at.isoformat(),
            "problems": list(self.problems),
            "jobs": {job.name: self._job(job) for job in self.jobs},
            "edition": self.edition
            and {
                "number": self.edition.number,
                "age_seconds": self._age(self.edition.closed_at),
                "papers": self.edition.papers,
                "verdict": self.edition.verdict.value,
            },
            "sources": {
                source.source: {
                    "verdict": source.last.verdict.value if source.last else None,
                    "last_success_age_seconds": self._age(source.last_success_at),
                }
                for source in self.sources
            },
            "queue": {
                "waiting": self.queue.waiting,
                "next_at": self.queue.next_at.isoformat() if self.queue.next_at else None,
                "last_day": dict(self.queue.last_day),
                "paused": self.queue.is_paused,
            }
            | self._queue_state(),
            "readers": dict(self.readers),
        }

    def _job(self, job: JobHealth) -> dict[str, Any]:
        return {
            "last_success_age_seconds": self._age(job.last_success_at),
            "outcome": job.outcome,
            "running": job.is_running,
            "late": job.is_late,
            "next_at": job.next_at.isoformat() if job.next_at else None,
        }

    def _queue_state(self) -> dict[str, Any]:
        state = self.queue.shared
        return {} if state is None else {"batches": state.batches, "workers": state.workers}

    def _age(self, moment: datetime | None) -> int | None:
        return None if moment is None else int((self.at - moment).total_seconds())


def health(store: Store, site: Site, now: datetime) -> Health:
    """How a site is doing at `now`.

    A timetable that cannot be read is a problem it tells of. A site whose scheduler never ran has no late jobs.

    Raises:
        StoreError: the database cannot be read.
    """
    problems: list[str] = []
    try:
        timetable = read_timetable(site)
    except SettingsError as error:
        timetable, problems = (), [str(error)]
    jobs = _jobs(store, site, timetable, now)
    sources = source_states(store, site.sources, now=now)
    problems += [f"{job.name} is late" for job in jobs if job.is_late]
    longest = timedelta(hours=site.settings.ingest.dead_after_hours)
    for state in sources:
        since = silent_since(store, state, now)
        if since is not None and now - since >= longest:
            problems.append(f"{state.source} has not answered since {since:%Y-%m-%d %H:%MZ}")
    queue = _queue(store, site, now)
    if queue.is_paused:
        problems.append("nothing is sent until `digest send --resume`; `digest send` says why")
    if _is_left_alone(queue, now):
        problems.append(f"digests wait in the queue since {queue.next_at:%Y-%m-%d %H:%MZ} and no `digest worker` runs")
    return Health(
        at=now,
        jobs=jobs,
        edition=_edition(store),
        sources=sources,
        queue=queue,
        readers=store.subscribers.counts(),
        problems=tuple(problems),
    )


def _queue(store: Store, site: Site, now: datetime) -> QueueHealth:
    rules = site.settings.sending
    waiting, next_at = store.deliveries.waiting()
    return QueueHealth(
        waiting=waiting,
        next_at=next_at,
        last_day=store.deliveries.counts(now - timedelta(days=1)),
        is_paused=bool(store.deliveries.paused()),
        shared=store.queue.state(rules.lease_seconds) if rules.queue else None,
    )


def _is_left_alone(queue: QueueHealth, now: datetime) -> bool:
    """Whether what is in the queue has waited for long, and no worker is there."""
    shared, first = queue.shared, queue.next_at
    waits = shared is not None and shared.batches > 0 and shared.workers == 0
    return waits and first is not None and now - first > _LATE


def _edition(store: Store) -> EditionHealth | None:
    last = store.last_edition()
    if last is None:
        return None
    return EditionHealth(number=last.number, closed_at=last.closed_at, papers=len(last.papers), verdict=last.verdict)


def _jobs(store: Store, site: Site, timetable: tuple[Job, ...], now: datetime) -> tuple[JobHealth, ...]:
    newest, done, settled = store.jobs.newest(), store.jobs.last("done"), store.jobs.settled()
    zone = site.settings.zone
    found = []
    for job in timetable:
        run, success = newest.get(job.name), done.get(job.name)
        running = run is not None and run.outcome == "running" and run.lease_until > now
        due_at = due_moment(job, zone, now, settled)
        found.append(
            JobHealth(
                name=job.name,
                last_success_at=success.finished_at if success else None,
                outcome=_outcome(run, now),
                message=run.message if run else "",
                is_running=running,
                is_late=due_at is not None and not running and now - due_at > _LATE,
                next_at=None if isinstance(job.when, After) else next(next_moments(job.when, zone, now)),
            )
        )
    return tuple(found)


def _outcome(run: JobRun | None, now: datetime) -> JobOutcome | None:
    """Of a run whose lease has ended: its process is gone."""
    if run is None:
        return None
    return "interrupted" if run.outcome == "running" and run.lease_until <= now else run.outcome
