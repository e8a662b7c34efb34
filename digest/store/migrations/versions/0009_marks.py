"""Marks: what readers said of papers, for their own order."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "marks",
        sa.Column("subscriber", sa.String(length=32), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("wish", sa.String(length=8), nullable=False, comment="more or less"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscribers.id"], name=op.f("fk_marks_subscriber_subscribers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscriber", "paper", name=op.f("pk_marks")),
    )
