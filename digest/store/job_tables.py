"""The tables of the scheduler, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from digest.store.columns import Moment
from digest.store.schema import metadata

job_runs = Table(
    "job_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job", String(40), nullable=False),
    Column("due_at", Moment, nullable=False, comment="the moment of the timetable it is for"),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment, comment="none while it runs"),
    Column("outcome", String(20), nullable=False),
    Column("message", Text, nullable=False),
    Column("owner", Text, nullable=False, comment="the process that has it"),
    Column("lease_until", Moment, nullable=False, comment="until then nobody else may run this job"),
    Index("ix_job_runs_job", "job", "outcome", "due_at"),
)
"""A job runs once at a time, whoever runs it."""

notices = Table(
    "notices",
    metadata,
    Column("subject", Text, primary_key=True, comment="what the operator was told of"),
    Column("at", Moment, nullable=False),
)
