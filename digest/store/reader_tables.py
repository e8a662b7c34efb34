"""The tables of readers, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from digest.store.columns import Moment
from digest.store.schema import metadata

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", Text, nullable=False, unique=True, comment="the address, upper and lower case made one"),
    Column("address", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("preferences", Text, nullable=False, comment="JSON of Preferences"),
    Column("watermark", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("source", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("schedule_since", Moment),
    Column("last_delivered_at", Moment),
    Column("next_at", Moment, comment="none while no digest is to come"),
    Index("ix_subscribers_next_at", "next_at", "id"),
    Index("ix_subscribers_status", "status", "created_at"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("key", Text, primary_key=True, comment="as in subscribers"),
    Column("address", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("subscriber", String(32), ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("paper", Text, primary_key=True),
    Column("wish", String(8), nullable=False, comment="more or less"),
    Column("at", Moment, nullable=False),
    Column("title", Text, nullable=False),
    Column("abstract", Text, nullable=False),
)
"""What readers said of papers, with the papers' words: they may be papers that no source has. Goes with the reader."""

attempts = Table(
    "attempts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("subject", Text, nullable=False, comment="what is limited: an address or a network"),
    Column("at", Moment, nullable=False),
    Index("ix_attempts_subject", "subject", "at"),
    Index("ix_attempts_at", "at"),
)
"""What was asked lately, so that it can be limited; older rows are removed as new ones come."""
