"""Editions: what rose in the week up to them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "editions", sa.Column("emerging", sa.Text(), server_default="[]", nullable=False, comment="JSON of what rose")
    )
