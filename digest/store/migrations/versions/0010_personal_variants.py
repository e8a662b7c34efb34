"""Variants: the reader whom one is for, if it is for one alone, so that it goes with them and can be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("variants") as variants:
        variants.add_column(sa.Column("reader", sa.String(length=32), nullable=True))
        variants.create_foreign_key(
            op.f("fk_variants_reader_subscribers"), "subscribers", ["reader"], ["id"], ondelete="CASCADE"
        )
    of_one = sa.text("reader IS NOT NULL")
    op.create_index(
        "ix_variants_reader",
        "variants",
        ["reader", "last"],
        unique=False,
        sqlite_where=of_one,
        postgresql_where=of_one,
    )
