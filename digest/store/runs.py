"""What became of every attempt to read a source, and the records that were set aside.

A run that found nothing new takes the place of the like run before it on the same day, so that a source read twice a
minute leaves one row a day and one for every time it had something.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, tuple_

from digest.models import RejectedRecord, Rejection, SourceRun, Verdict
from digest.store import schema
from digest.store.batches import batches

_REJECTIONS_SHOWN = 100
"""Rejections kept with a run; all are in the table of their own."""
_runs, _rejections = schema.runs, schema.rejections


def insert_run(connection: Connection, run: SourceRun) -> None:
    """Store a run and the records it set aside that were not known."""
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
    _insert_rejections(connection, run)


def _last(connection: Connection, source: str) -> Row[Any] | None:
    statement = select(_runs).where(_runs.c.source == source)
    return connection.execute(statement.order_by(_runs.c.finished_at.desc(), _runs.c.key.desc()).limit(1)).one_or_none()


def _says_the_same(last: Row[Any], run: SourceRun) -> bool:
    return (
        not (last.new or last.updated or run.new or run.updated)
        and (last.verdict, last.message) == (run.verdict.value, run.message)
        and last.finished_at.date() == run.finished_at.date()
    )


def _insert_rejections(connection: Connection, run: SourceRun) -> None:
    table = _rejections
    columns = (table.c.record, table.c.reason)
    found = dict.fromkeys((one.record, one.reason) for one in run.rejected)
    for some in batches(found, 200):
        known = set(
            connection.execute(select(*columns).where(table.c.source == run.source, tuple_(*columns).in_(some))).all()
        )
        rows = [
            {"source": run.source, "record": record, "reason": reason, "rejected_at": run.finished_at}
            for record, reason in some
            if (record, reason) not in known
        ]
        if rows:
            connection.execute(insert(table), rows)


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


def select_rejections(connection: Connection, source: str | None = None) -> Iterable[RejectedRecord]:
    """The records set aside, newest first."""
    statement = select(_rejections).order_by(_rejections.c.rejected_at.desc(), _rejections.c.key.desc())
    if source is not None:
        statement = statement.where(_rejections.c.source == source)
    for row in connection.execute(statement):
        yield RejectedRecord(source=row.source, rejected_at=row.rejected_at, record=row.record, reason=row.reason)


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
