"""Rejections: the record itself, or where to read it again, so that it can be retried."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("raw", sa.LargeBinary(), nullable=True, comment="the record itself, where it can stand alone"),
        sa.Column("again", sa.Text(), nullable=True, comment="else the source to read again"),
        sa.Column("name", sa.Text(), nullable=True, comment="its identity, where it says one"),
    ):
        op.add_column("rejections", column)
    op.create_index("ix_rejections_name", "rejections", ["name"], unique=False)
