"""What became of every attempt to read a source.

A run that found nothing new takes the place of the like run before it on the same day, so that a source read twice a
minute leaves one row a day and one for every time it had something.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, select

from digest.models import Rejection, SourceRun, Verdict
from digest.store import schema

_REJECTIONS_SHOWN = 100
"""Rejections told with a run; all are in a table of their own (`digest.store.rejections`)."""
_runs = schema.runs


def insert_run(connection: Connection, run: SourceRun) -> None:
    """Store a run."""
    row = {
        "source": run.source,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "verdict": run.verdict.value,
        "read": run.read,
        "new": run.new,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "rejected": tuple((one.record, one.reason) for one in run.rejected[:_REJECTIONS_SHOWN]),
        "message": run.message,
    }
    last = _last(connection, run.source)
    if last is not None and _says_the_same(last, run):
        connection.execute(delete(_runs).where(_runs.c.key == last.key))
    connection.execute(insert(_runs), [row])


def _last(connection: Connection, source: str) -> Row[Any] | None:
    statement = select(_runs).where(_runs.c.source == source)
    return connection.execute(statement.order_by(_runs.c.finished_at.desc(), _runs.c.key.desc()).limit(1)).one_or_none()


def _says_the_same(last: Row[Any], run: SourceRun) -> bool:
    return (
        not (last.new or last.updated or run.new or run.updated)
        and (last.verdict, last.message) == (run.verdict.value, run.message)
        and last.finished_at.date() == run.finished_at.date()
    )


def select_last_runs(connection: Connection) -> tuple[SourceRun, ...]:
    """The newest run of every source, by source."""
    place = func.row_number().over(
        partition_by=_runs.c.source, order_by=(_runs.c.finished_at.desc(), _runs.c.key.desc())
    )
    ranked = select(_runs, place.label("place")).subquery()
    statement = select(ranked).where(ranked.c.place == 1).order_by(ranked.c.source)
    return tuple(_run(row) for row in connection.execute(statement))


def select_runs(connection: Connection, source: str, since: datetime) -> tuple[SourceRun, ...]:
    """The runs of a source that ended at or after `since`, oldest first."""
    statement = select(_runs).where(_runs.c.source == source, _runs.c.finished_at >= since)
    return tuple(_run(row) for row in connection.execute(statement.order_by(_runs.c.finished_at, _runs.c.key)))


def thin_runs(connection: Connection, before: datetime, forgotten: datetime) -> None:
    """Of the runs before a moment, keep those that brought papers, and each day's last; before `forgotten`, none.

    The last run of every source stays.
    """
    last = select(func.max(_runs.c.key)).group_by(_runs.c.source)
    last_of_day = select(func.max(_runs.c.key)).group_by(_runs.c.source, func.date(_runs.c.finished_at))
    dull = and_(_runs.c.finished_at < before, _runs.c.new == 0, _runs.c.key.not_in(last_of_day))
    connection.execute(delete(_runs).where(dull))
    connection.execute(delete(_runs).where(_runs.c.finished_at < forgotten, _runs.c.key.not_in(last)))


def _run(row: Row[Any]) -> SourceRun:
    return SourceRun(
        source=row.source,
        started_at=row.started_at,
        finished_at=row.finished_at,
        verdict=Verdict(row.verdict),
        read=row.read,
        new=row.new,
        updated=row.updated,
        unchanged=row.unchanged,
        rejected=tuple(Rejection(record=record, reason=reason) for record, reason in row.rejected),
        message=row.message,
    )
