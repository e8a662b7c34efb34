"""The tables, as the newest migration leaves them.

The full-text index is no table of its own here (see `migrations/versions`): in PostgreSQL it is a generated `tsvector`
column, in SQLite an FTS5 index that follows changed and deleted papers by triggers and is given new ones by
`digest.store.search.index_new`.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from digest.store.columns import Moment, Tuple

VERSION = "0012"
"""The migration this code is written for; a test holds it to the newest one."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


def _of_paper() -> Column[int]:
    return Column("paper", Integer, ForeignKey("papers.key", ondelete="CASCADE"), primary_key=True)


papers = Table(
    "papers",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("abstract_version", Integer),
    Column("authors", Tuple, nullable=False),
    Column("names", Text, nullable=False, comment="the authors' names, for searching"),
    Column("affiliations", Text, nullable=False, comment="all organisations, for searching"),
    Column("aliases", Tuple, nullable=False),
    Column("categories", Tuple, nullable=False),
    Column("keywords", Tuple, nullable=False),
    Column("organizations", Tuple, nullable=False),
    Column("summary", Text),
    Column("url", Text),
    Column("pdf_url", Text),
    Column("code_url", Text),
    Column("project_url", Text),
    Column("discussion_url", Text),
    Column("thumbnail_url", Text),
    Column("listed_on", Date),
    Column("published_at", Moment),
    Column("updated_at", Moment),
    Column("version", Integer),
    Column("announcement", String(20)),
    Column("withdrawn", Boolean, nullable=False),
    Column("venue", Text),
    Column("day", Date, nullable=False, index=True, comment="the list day, else the day it was first seen"),
    Column("first_seen_at", Moment, nullable=False),
    Column("edition", Integer, ForeignKey("editions.number"), index=True),
)

identifiers = Table(
    "identifiers",
    metadata,
    Column("alias", Text, primary_key=True),
    _of_paper(),
    Index("ix_identifiers_paper", "paper"),
    sqlite_with_rowid=False,
)
"""Every name of every paper. Two papers may share a title, hence the two-column key."""

signals = Table(
    "signals",
    metadata,
    _of_paper(),
    Column("metric", String(20), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("observed_at", Moment, primary_key=True),
    Column("value", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""A step function: a value holds from its moment until the next row."""

assignments = Table(
    "assignments",
    metadata,
    _of_paper(),
    Column("position", Integer, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("why", Text, nullable=False),
    Index("ix_assignments_topic", "topic", "paper"),
    sqlite_with_rowid=False,
)

editions = Table(
    "editions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("closed_at", Moment, nullable=False),
    Column("dated_on", Date, nullable=False, index=True),
    Column("verdict", String(20), nullable=False),
    Column("verdicts", Tuple, nullable=False),
    Column("note", Text, nullable=False),
    Column("withdrawn", Tuple, nullable=False),
    Column("emerging", Text, nullable=False, server_default="[]", comment="JSON of what rose"),
)

edition_papers = Table(
    "edition_papers",
    metadata,
    Column("edition", Integer, ForeignKey("editions.number"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("snapshot", Text, nullable=False, comment="JSON of an EditionPaper; never changed"),
)

runs = Table(
    "runs",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment, nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("read", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Tuple, nullable=False),
    Column("message", Text, nullable=False),
    Index("ix_runs_source", "source", "finished_at"),
)

rejections = Table(
    "rejections",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rejected_at", Moment, nullable=False, comment="the first time"),
    Column("raw", LargeBinary, comment="the record itself, where it can stand alone"),
    Column("again", Text, comment="else the source to read again"),
    Column("name", Text, comment="its identity, where it says one"),
    Index("ix_rejections_source", "source"),
    Index("ix_rejections_name", "name"),
)

backfills = Table(
    "backfills",
    metadata,
    Column("source", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("finished_at", Moment, nullable=False),
)
"""The days of the past that were read to their end; a backfill that was broken off goes on after them."""

readings = Table(
    "readings",
    metadata,
    Column("record", BigInteger, primary_key=True, autoincrement=False, comment="hash of source and record"),
    Column("signals", BigInteger, nullable=False, comment="hash of the values it came with last"),
)
"""What was read before, so that a record that says nothing new is known before anything else is looked at."""

contents = Table(
    "contents",
    metadata,
    Column("source", Text, primary_key=True),
    Column("place", BigInteger, primary_key=True, autoincrement=False, comment="hash of a file, address or piece"),
    Column("mark", BigInteger, nullable=False, comment="hash of its bytes and of how they were read"),
    Column("read", Integer, nullable=False),
    Column("newest_on", Date),
    Column("read_at", Moment, nullable=False),
)
"""What each place held when it was last read to its end: the same bytes are not parsed again."""

validators = Table(
    "validators",
    metadata,
    Column("url", Text, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
)

variants = Table(
    "variants",
    metadata,
    Column("key", Text, primary_key=True),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("mail", Text, nullable=False),
    Column("reader", String(32), ForeignKey("subscribers.id", ondelete="CASCADE")),
)
"""Digests as they were rendered. Those of one `reader` go with them; those without one may be shared and stay."""

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
