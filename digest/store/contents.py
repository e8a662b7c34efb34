"""What the places of a source held when they were last read to their end. What a place is, is for who reads it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select

from digest.models import Content
from digest.store import schema
from digest.store.bulk import insert_rows

_table = schema.contents
_NEWER = (
    "(source, place) DO UPDATE SET mark = excluded.mark, read = excluded.read, newest_on = excluded.newest_on, "
    "read_at = excluded.read_at"
)


def select_contents(connection: Connection, source: str) -> dict[int, Content]:
    """What is remembered of a source, by place."""
    columns = (_table.c.place, _table.c.mark, _table.c.read, _table.c.newest_on)
    rows = connection.execute(select(*columns).where(_table.c.source == source))
    return {place: Content(place=place, mark=mark, read=read, newest_on=day) for place, mark, read, day in rows}


def upsert_contents(connection: Connection, source: str, held: Iterable[Content], at: datetime) -> None:
    """Remember what places hold, instead of what they held before."""
    rows = [
        {
            "source": source,
            "place": content.place,
            "mark": content.mark,
            "read": content.read,
            "newest_on": content.newest_on,
            "read_at": at,
        }
        for content in held
    ]
    insert_rows(connection, _table, rows, on_conflict=_NEWER)


def delete_older(connection: Connection, before: datetime) -> None:
    """Forget what was read before a moment."""
    connection.execute(delete(_table).where(_table.c.read_at < before))
