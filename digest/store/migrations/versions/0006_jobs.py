"""Jobs: what the scheduler did, and what the operator was told of."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, comment="the moment of the timetable it is for"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True, comment="none while it runs"),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False, comment="the process that has it"),
        sa.Column(
            "lease_until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="until then nobody else may run this job",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
    )
    op.create_index("ix_job_runs_job", "job_runs", ["job", "outcome", "due_at"], unique=False)
    running = sa.text("outcome = 'running'")
    op.create_index(
        "uq_job_runs_running", "job_runs", ["job"], unique=True, sqlite_where=running, postgresql_where=running
    )
    op.create_table(
        "notices",
        sa.Column("subject", sa.Text(), nullable=False, comment="what the operator was told of"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_notices")),
    )
