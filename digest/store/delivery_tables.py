"""The tables of the ledger, as the newest migration leaves them: what is to be sent, was sent, and came back."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from digest.store.columns import Moment
from digest.store.schema import metadata


def _of_subscriber() -> Column[str]:
    return Column("subscriber", String(32), ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True)


deliveries = Table(
    "deliveries",
    metadata,
    _of_subscriber(),
    Column("last", Integer, primary_key=True, autoincrement=False),
    Column("first", Integer, nullable=False),
    Column("variant", Text),
    Column("due_at", Moment, nullable=False),
    Column("status", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("doubts", Integer, nullable=False),
    Column("try_at", Moment, comment="none when it is settled; of a claimed one, when the claim lapses"),
    Column("claim", String(32), comment="the process that has it in hand"),
    Column("message", Text, nullable=False),
    Column("settled_at", Moment),
    Column("batch", BigInteger, comment="the batch of the queue that sends it; none: anyone does"),
    Index("ix_deliveries_settled_at", "settled_at"),
    sqlite_with_rowid=False,
)
"""One row per reader and run, by the run's last edition, and one unsettled at a time: two planners are harmless.

It holds no address, and goes when the reader is erased.
"""

due_groups = Table(
    "due_groups",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("preferences", Text, nullable=False),
    Column("watermark", Integer, nullable=False),
    Column("last_delivered_at", Moment),
    Column("due_at", Moment),
    Column("next_at", Moment),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("variant", Text),
)
"""Readers for whom the same is decided. Filled and emptied within one transaction, so always empty."""

returns = Table(
    "returns",
    metadata,
    _of_subscriber(),
    Column("last", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("diagnostic", Text, nullable=False),
)
"""What came back, once per delivery: reading a mailbox twice counts once."""
