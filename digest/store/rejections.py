"""The records that were set aside, kept so that a person can look at them and `digest` can take them again.

A record stays until it is accepted: a later reading brings a paper of its name, or it is retried. What is kept of each
source is bounded by number and by bytes; of what is too much, the oldest goes first. Why it was set aside is the
parsers' to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, tuple_, update

from digest.identity import arxiv_id, doi
from digest.models import RejectedRecord, Rejection
from digest.store import schema
from digest.store.batches import batches

MOST_RAW = 4 * 1024 * 1024
"""Bytes kept of all records of a source."""
MOST_RECORDS = 1_000
"""Records of one source that are remembered."""
_table = schema.rejections


def insert_rejections(connection: Connection, source: str, rejections: Iterable[Rejection], at: datetime) -> None:
    """Remember those of `rejections` that are not known, and of the source no more than is allowed."""
    columns = (_table.c.record, _table.c.reason)
    found = {(one.record, one.reason): one for one in rejections}
    added = 0
    for some in batches(found, 200):
        same = select(*columns).where(_table.c.source == source, tuple_(*columns).in_(some))
        known = {(row.record, row.reason) for row in connection.execute(same)}
        rows = [_row(source, found[key], at) for key in some if key not in known]
        if rows:
            connection.execute(insert(_table), rows)
        added += len(rows)
    if added:
        _bound(connection, source)


def select_rejections(connection: Connection, source: str | None = None) -> tuple[RejectedRecord, ...]:
    """The records set aside, newest first."""
    statement = select(_table).order_by(_table.c.rejected_at.desc(), _table.c.key.desc())
    if source is not None:
        statement = statement.where(_table.c.source == source)
    return tuple(
        RejectedRecord(
            key=row.key,
            source=row.source,
            rejected_at=row.rejected_at,
            record=row.record,
            reason=row.reason,
            raw=row.raw or b"",
            again=row.again or "",
        )
        for row in connection.execute(statement)
    )


def delete_rejections(connection: Connection, keys: Iterable[int]) -> None:
    """Forget these."""
    for some in batches(keys):
        connection.execute(delete(_table).where(_table.c.key.in_(some)))


def delete_named(connection: Connection, names: Iterable[str]) -> None:
    """Forget those whose paper has come after all, under any of these names."""
    if connection.execute(select(_table.c.key).where(_table.c.name.is_not(None)).limit(1)).first() is None:
        return
    for some in batches(names):
        connection.execute(delete(_table).where(_table.c.name.in_(some)))


def delete_older(connection: Connection, before: datetime) -> None:
    """Forget those set aside before a moment."""
    connection.execute(delete(_table).where(_table.c.rejected_at < before))


def _row(source: str, rejection: Rejection, at: datetime) -> dict[str, object]:
    return {
        "source": source,
        "record": rejection.record,
        "reason": rejection.reason,
        "rejected_at": at,
        "raw": rejection.raw or None,
        "again": rejection.again or None,
        "name": _name(rejection.record),
    }


def _name(record: str) -> str | None:
    """The identity a record was recognised by, when that is one."""
    if found := arxiv_id(record):
        return f"arxiv:{found[0]}"
    return f"doi:{number}" if (number := doi(record)) else None


def _bound(connection: Connection, source: str) -> None:
    """Newest first: count the records and their bytes; forget records beyond the one, bytes beyond the other."""
    newest = _table.c.key.desc()
    place = func.row_number().over(order_by=newest).label("place")
    size = func.sum(func.coalesce(func.length(_table.c.raw), 0)).over(order_by=newest).label("size")
    ranked = select(_table.c.key, place, size).where(_table.c.source == source).subquery()

    def keys(condition: ColumnElement[bool]) -> Sequence[int]:
        return connection.execute(select(ranked.c.key).where(condition)).scalars().all()

    delete_rejections(connection, keys(ranked.c.place > MOST_RECORDS))
    for some in batches(keys(ranked.c.size > MOST_RAW)):
        connection.execute(update(_table).where(_table.c.key.in_(some)).values(raw=None))
