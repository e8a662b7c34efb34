"""Signals in the database: written once, thinned with age.

A row says that from its moment on the value held until the next row says otherwise; which observations are news is
decided in `digest.curation.merge`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, select

from digest.models import Signal
from digest.store import schema
from digest.store.batches import batches
from digest.store.bulk import insert_rows

_LARGER = (
    "(paper, metric, source, observed_at) DO UPDATE SET value = excluded.value WHERE excluded.value > signals.value"
)


def select_signals(connection: Connection, keys: Sequence[int]) -> dict[int, list[Signal]]:
    """The observations of papers, oldest first."""
    table = schema.signals
    found: dict[int, list[Signal]] = defaultdict(list)
    for some in batches(keys):
        statement = select(table).where(table.c.paper.in_(some))
        for row in connection.execute(statement.order_by(table.c.observed_at, table.c.metric, table.c.source)):
            signal = Signal(metric=row.metric, value=row.value, observed_at=row.observed_at, source=row.source)
            found[row.paper].append(signal)
    return found


def upsert_signals(connection: Connection, news: Sequence[tuple[int, Signal]]) -> None:
    """Add observations to papers (by key). Of two of one source at one moment the larger value stays."""
    rows = [
        {
            "paper": key,
            "metric": signal.metric,
            "source": signal.source,
            "observed_at": signal.observed_at,
            "value": signal.value,
        }
        for key, signal in news
    ]
    insert_rows(connection, schema.signals, rows, on_conflict=_LARGER)


def thin(connection: Connection, before: datetime) -> int:
    """Remove old observations (before the moment `before`): of each series the first and each day's last stay.

    A day is a UTC day. The last observation of all stays too, being its day's last. Returns how many were removed.
    """
    table = schema.signals
    series = [table.c.paper, table.c.metric, table.c.source]
    long = select(*series).where(table.c.observed_at < before).group_by(*series).having(func.count() > 2)  # noqa: PLR2004
    keys = list(dict.fromkeys(row.paper for row in connection.execute(long)))
    doomed: list[dict[str, Any]] = []
    for some in batches(keys):
        statement = select(table).where(table.c.paper.in_(some), table.c.observed_at < before)
        rows = connection.execute(statement.order_by(*series, table.c.observed_at)).all()
        for _, observations in groupby(rows, key=lambda row: (row.paper, row.metric, row.source)):
            doomed += _between(list(observations))
    for batch in batches(doomed):
        same = [column == bindparam(f"old_{column.name}") for column in table.primary_key.columns]
        connection.execute(delete(table).where(and_(*same)), batch)
    return len(doomed)


def _between(series: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """All but the first and each day's last of one series, as the parameters of their deletion."""
    last: dict[date, Row[Any]] = {row.observed_at.date(): row for row in series}
    kept = {series[0].observed_at, *(row.observed_at for row in last.values())}
    return [
        {
            "old_paper": row.paper,
            "old_metric": row.metric,
            "old_source": row.source,
            "old_observed_at": row.observed_at,
        }
        for row in series
        if row.observed_at not in kept
    ]
