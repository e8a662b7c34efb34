"""Which days of the past were read to their end, by source. Reading them is the verb's."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select

from digest.store import schema

_table = schema.backfills


def select_days(connection: Connection, source: str) -> frozenset[date]:
    """The days of a source that are done."""
    return frozenset(connection.execute(select(_table.c.day).where(_table.c.source == source)).scalars())


def insert_day(connection: Connection, source: str, day: date, at: datetime) -> None:
    """A day is done; one that was done before, again."""
    connection.execute(delete(_table).where(_table.c.source == source, _table.c.day == day))
    connection.execute(insert(_table), [{"source": source, "day": day, "finished_at": at}])
