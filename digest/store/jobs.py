"""What the scheduler did, and the lease that lets one process at a time do it.

It decides nothing: when a job is due, and for how long a lease is good, comes in as values.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, delete, func, insert, select, update

from digest.store.job_tables import job_runs, notices
from digest.store.opening import reading, writing

JobOutcome = Literal["first", "running", "done", "failed", "interrupted"]
"""`first`: nothing ran; the job was seen for the first time, and what was due before does not count."""

_SETTLED: tuple[JobOutcome, ...] = ("first", "done")
"""After these no moment up to `due_at` is to be run (again)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """One attempt at one job."""

    id: int
    job: str
    due_at: datetime
    """The moment of the timetable it is for."""
    started_at: datetime
    finished_at: datetime | None
    outcome: JobOutcome
    message: str
    """What was done, or what went wrong, in one line."""
    owner: str
    lease_until: datetime


_COLUMNS = tuple(job_runs.c[field.name] for field in fields(JobRun))


class Jobs:
    """The jobs of one database (`Store.jobs`). Every method is one transaction and may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def register(self, job: str, *, now: datetime) -> None:
        """See a job for the first time; nothing happens when it is known."""
        row = {"job": job, "due_at": now, "started_at": now, "finished_at": now, "outcome": "first"}
        row |= {"message": "", "owner": "", "lease_until": now}
        with writing(self._engine) as connection:
            if not connection.execute(select(job_runs.c.id).where(job_runs.c.job == job).limit(1)).all():
                connection.execute(insert(job_runs), [row])

    def claim(self, job: str, *, due_at: datetime, now: datetime, owner: str, lease_until: datetime) -> JobRun | None:
        """Begin a run; None when the job is running elsewhere, or was done for this moment or a later one.

        A run whose lease has ended is over: its process is gone. It becomes `interrupted`.
        """
        ours = job_runs.c.job == job
        with writing(self._engine) as connection:
            _end_lost_runs(connection, job, now)
            settled = select(func.max(job_runs.c.due_at)).where(ours, job_runs.c.outcome.in_(_SETTLED))
            last = connection.execute(settled).scalar()
            if (last is not None and last >= due_at) or _running(connection, job) is not None:
                return None
            row = {"job": job, "due_at": due_at, "started_at": now, "outcome": "running", "message": ""}
            row |= {"owner": owner, "lease_until": lease_until}
            inserted = connection.execute(insert(job_runs).values(row).returning(*_COLUMNS))
            return _run(inserted.one())

    def finish(self, run: JobRun, outcome: JobOutcome, message: str, *, now: datetime) -> None:
        """End a run of ours; nothing happens when it was taken for lost meanwhile."""
        done = {"outcome": outcome, "message": message, "finished_at": now}
        with writing(self._engine) as connection:
            mine = (job_runs.c.id == run.id) & (job_runs.c.outcome == "running")
            connection.execute(update(job_runs).where(mine).values(done))

    def renew(self, owner: str, *, lease_until: datetime) -> int:
        """Keep what `owner` runs; how many runs that are."""
        mine = (job_runs.c.owner == owner) & (job_runs.c.outcome == "running")
        with reading(self._engine) as connection:
            if connection.execute(select(job_runs.c.id).where(mine).limit(1)).one_or_none() is None:
                return 0  # most of the time; nobody need wait for a writer that has nothing to write
        with writing(self._engine) as connection:
            return connection.execute(update(job_runs).where(mine).values(lease_until=lease_until)).rowcount

    def running(self, job: str) -> JobRun | None:
        """The run that is under way, or was when its process went."""
        with reading(self._engine) as connection:
            return _running(connection, job)

    def last(self, *outcomes: JobOutcome) -> dict[str, JobRun]:
        """Of every job the run with one of `outcomes` that is for the latest moment."""
        ours = select(*_COLUMNS).where(job_runs.c.outcome.in_(outcomes))
        return self._first_of_each(ours, job_runs.c.due_at.desc(), job_runs.c.id.desc())

    def settled(self) -> dict[str, JobRun]:
        """Of every job the run up to whose `due_at` nothing is left to do."""
        return self.last(*_SETTLED)

    def newest(self) -> dict[str, JobRun]:
        """Of every job the run that began last."""
        return self._first_of_each(select(*_COLUMNS), job_runs.c.id.desc())

    def runs(self, job: str, *, limit: int = 20) -> tuple[JobRun, ...]:
        """The newest runs of a job, newest first."""
        statement = select(*_COLUMNS).where(job_runs.c.job == job).order_by(job_runs.c.id.desc()).limit(limit)
        with reading(self._engine) as connection:
            return tuple(_run(row) for row in connection.execute(statement))

    def remove(self, before: datetime) -> int:
        """Forget the runs that ended before, except those that say how far a job is; how many were forgotten."""
        kept = {run.id for run in (*self.settled().values(), *self.last("done").values())}
        with writing(self._engine) as connection:
            old = (job_runs.c.finished_at < before) & job_runs.c.id.not_in(kept)
            return connection.execute(delete(job_runs).where(old)).rowcount

    def is_told(self, subject: str) -> bool:
        """Whether the operator knows of `subject`."""
        with reading(self._engine) as connection:
            return (
                connection.execute(select(notices.c.at).where(notices.c.subject == subject)).one_or_none() is not None
            )

    def set_told(self, subject: str, *, now: datetime) -> None:
        """The operator was told of `subject`."""
        with writing(self._engine) as connection:
            connection.execute(delete(notices).where(notices.c.subject == subject))
            connection.execute(insert(notices), [{"subject": subject, "at": now}])

    def unset_told(self, subject: str) -> None:
        """It has passed: when it comes again, the operator is to be told again."""
        with writing(self._engine) as connection:
            connection.execute(delete(notices).where(notices.c.subject == subject))

    def _first_of_each(self, runs: Select[Any], *order: ColumnElement[Any]) -> dict[str, JobRun]:
        place = func.row_number().over(partition_by=job_runs.c.job, order_by=order)
        ranked = runs.add_columns(place.label("place")).subquery()
        statement = select(ranked).where(ranked.c.place == 1).order_by(ranked.c.job)
        with reading(self._engine) as connection:
            return {row.job: _run(row) for row in connection.execute(statement)}


def _end_lost_runs(connection: Connection, job: str, now: datetime) -> None:
    lost = (job_runs.c.job == job) & (job_runs.c.outcome == "running") & (job_runs.c.lease_until <= now)
    connection.execute(
        update(job_runs).where(lost).values(outcome="interrupted", finished_at=now, message="its process went away")
    )


def _running(connection: Connection, job: str) -> JobRun | None:
    statement = select(*_COLUMNS).where(job_runs.c.job == job, job_runs.c.outcome == "running")
    row = connection.execute(statement).one_or_none()
    return _run(row) if row else None


def _run(row: Row[Any]) -> JobRun:
    mapping = row._mapping  # noqa: SLF001 - SQLAlchemy's documented way to read a row by name
    return JobRun(**{field.name: mapping[field.name] for field in fields(JobRun)})
