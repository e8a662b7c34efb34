"""The queue: which batch a delivery belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_QUEUED = sa.text("batch IS NOT NULL AND try_at IS NOT NULL")


def upgrade() -> None:
    op.add_column(
        "deliveries",
        sa.Column("batch", sa.BigInteger(), nullable=True, comment="the batch of the queue that sends it; none: anyone does"),
    )
    op.create_index("ix_deliveries_batch", "deliveries", ["batch"], sqlite_where=_QUEUED, postgresql_where=_QUEUED)
