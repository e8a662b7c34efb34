"""Contents: what places held when they were last read, so that the same is not parsed again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contents",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False, comment="hash of a file, address or piece"),
        sa.Column("mark", sa.BigInteger(), nullable=False, comment="hash of its bytes and of how they were read"),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("newest_on", sa.Date(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "place", name=op.f("pk_contents")),
    )
