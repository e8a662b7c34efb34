"""Search: new papers are put into SQLite's full-text index many at once.

A trigger makes FTS5 write its index to the disk for every row; the store adds the rows of one INSERT in one statement.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(sa.text("DROP TRIGGER papers_search_insert"))
