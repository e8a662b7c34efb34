"""The first schema: papers with their signals and topics, editions, runs, and the full-text index."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "editions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("verdicts", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_editions")),
    )
    op.create_index(op.f("ix_editions_dated_on"), "editions", ["dated_on"], unique=False)
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "readings",
        sa.Column("record", sa.BigInteger(), autoincrement=False, nullable=False, comment="hash of source and record"),
        sa.Column("signals", sa.BigInteger(), nullable=False, comment="hash of the values it came with last"),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_readings")),
    )
    op.create_table(
        "rejections",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=False, comment="the first time"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rejections")),
    )
    op.create_index("ix_rejections_source", "rejections", ["source"], unique=False)
    op.create_table(
        "runs",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_runs")),
    )
    op.create_index("ix_runs_source", "runs", ["source", "finished_at"], unique=False)
    op.create_table(
        "validators",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_validators")),
    )
    op.create_table(
        "variants",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_variants")),
    )
    op.create_table(
        "edition_papers",
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False, comment="JSON of an EditionPaper; never changed"),
        sa.ForeignKeyConstraint(["edition"], ["editions.number"], name=op.f("fk_edition_papers_edition")),
        sa.PrimaryKeyConstraint("edition", "position", name=op.f("pk_edition_papers")),
    )
    op.create_table(
        "papers",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("abstract_version", sa.Integer(), nullable=True),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False, comment="the authors' names, for searching"),
        sa.Column("affiliations", sa.Text(), nullable=False, comment="all organisations, for searching"),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("keywords", sa.Text(), nullable=False),
        sa.Column("organizations", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("pdf_url", sa.Text(), nullable=True),
        sa.Column("code_url", sa.Text(), nullable=True),
        sa.Column("project_url", sa.Text(), nullable=True),
        sa.Column("discussion_url", sa.Text(), nullable=True),
        sa.Column("thumbnail_url", sa.Text(), nullable=True),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("announcement", sa.String(length=20), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False, comment="the list day, else the day it was first seen"),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["edition"], ["editions.number"], name=op.f("fk_papers_edition")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_papers")),
        sa.UniqueConstraint("id", name=op.f("uq_papers_id")),
    )
    op.create_index(op.f("ix_papers_day"), "papers", ["day"], unique=False)
    op.create_index(op.f("ix_papers_edition"), "papers", ["edition"], unique=False)
    op.create_table(
        "assignments",
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.key"], name=op.f("fk_assignments_paper"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("paper", "position", name=op.f("pk_assignments")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_assignments_topic", "assignments", ["topic", "paper"], unique=False)
    op.create_table(
        "identifiers",
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.key"], name=op.f("fk_identifiers_paper"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("alias", "paper", name=op.f("pk_identifiers")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_identifiers_paper", "identifiers", ["paper"], unique=False)
    op.create_table(
        "signals",
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(length=20), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["papers.key"], name=op.f("fk_signals_paper"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("paper", "metric", "source", "observed_at", name=op.f("pk_signals")),
        sqlite_with_rowid=False,
    )

    for statement in {"sqlite": SQLITE_SEARCH, "postgresql": POSTGRESQL_SEARCH}[op.get_bind().dialect.name]:
        op.execute(sa.text(statement))


# The index holds no text of its own (external content), so a row's old words must be given back exactly as they were
# before new ones go in. Most updates change no word: the trigger's WHEN keeps those cheap.
SQLITE_SEARCH = (
    """
    CREATE VIRTUAL TABLE papers_search USING fts5(
        title, abstract, names, content='papers', content_rowid='key', tokenize='porter unicode61 remove_diacritics 2'
    )
    """,
    """
    CREATE TRIGGER papers_search_insert AFTER INSERT ON papers BEGIN
        INSERT INTO papers_search(rowid, title, abstract, names) VALUES (new.key, new.title, new.abstract, new.names);
    END
    """,
    """
    CREATE TRIGGER papers_search_delete AFTER DELETE ON papers BEGIN
        INSERT INTO papers_search(papers_search, rowid, title, abstract, names)
        VALUES ('delete', old.key, old.title, old.abstract, old.names);
    END
    """,
    """
    CREATE TRIGGER papers_search_update AFTER UPDATE OF title, abstract, names ON papers
    WHEN old.title <> new.title OR old.abstract <> new.abstract OR old.names <> new.names BEGIN
        INSERT INTO papers_search(papers_search, rowid, title, abstract, names)
        VALUES ('delete', old.key, old.title, old.abstract, old.names);
        INSERT INTO papers_search(rowid, title, abstract, names) VALUES (new.key, new.title, new.abstract, new.names);
    END
    """,
)
POSTGRESQL_SEARCH = (
    """
    ALTER TABLE papers ADD COLUMN search tsvector GENERATED ALWAYS AS (
        to_tsvector('english', title) || to_tsvector('english', abstract) || to_tsvector('english', names)
    ) STORED
    """,
    "CREATE INDEX ix_papers_search ON papers USING gin (search)",
)
