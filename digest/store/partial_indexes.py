"""The indexes over a part of a table, as the newest migration leaves them.

Nothing but the comparison of what the tables say with what migrations make needs them, and to name a condition for
PostgreSQL loads all that SQLAlchemy has for it, a tenth of a command's start: so they stand apart.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Index

from digest.store.delivery_tables import deliveries
from digest.store.job_tables import job_runs
from digest.store.schema import metadata, variants

__all__ = ["metadata"]


def _index(name: str, *columns: Column[Any], where: ColumnElement[bool], unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


_open = deliveries.c.try_at.is_not(None)

_index("uq_deliveries_open", deliveries.c.subscriber, unique=True, where=_open)
_index("ix_deliveries_try_at", deliveries.c.try_at, deliveries.c.subscriber, where=_open)
_index("ix_deliveries_batch", deliveries.c.batch, where=deliveries.c.batch.is_not(None) & _open)
_index("uq_job_runs_running", job_runs.c.job, unique=True, where=job_runs.c.outcome == "running")
_index("ix_variants_reader", variants.c.reader, variants.c.last, where=variants.c.reader.is_not(None))
