"""The queue's own tables, made and brought up to date by the SQL that comes with Procrastinate.

It keeps no record of how far they are, so their comment does: it goes where they go, also through a backup.
https://procrastinate.readthedocs.io/en/stable/howto/production/migrations.html
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, column, table, text

from digest.errors import StoreError
from digest.store.opening import reading, writing

queue_jobs = table("procrastinate_jobs", column("id"), column("status"))
queue_workers = table("procrastinate_workers", column("id"), column("last_heartbeat"))

_COMMENT = "kept by digest, at "
_STATE = text(
    "SELECT obj_description(oid, 'pg_class') FROM pg_class"
    " WHERE relname = 'procrastinate_jobs' AND pg_table_is_visible(oid)"
)
"""Asked of the table of tables: `to_regclass` answers from a cache that may not know yet what another one has made."""


def has_tables(connection: Connection) -> bool:
    """Whether there is a queue in this database."""
    return connection.dialect.name == "postgresql" and connection.execute(_STATE).one_or_none() is not None


def prepare_tables(engine: Engine) -> None:
    """Make the tables, or bring them to the version that is installed here. Two processes may do so at once.

    Raises:
        StoreError: they are of a newer version, or of another program.
    """
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - an extra, loaded when it is asked for

    steps = {path.name: path for path in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))}
    newest = max(steps)
    with reading(engine) as connection:
        if _version(connection) == newest:
            return
    with writing(engine) as connection:
        if _version(connection) is None:
            _run(connection, SchemaManager.get_schema(), newest)
    for name, path in steps.items():  # each in its own transaction: PostgreSQL wants a new value of an enum committed
        with writing(engine) as connection:
            version = _version(connection)
            if version is not None and version > newest:
                raise StoreError("the queue was set up by a newer Procrastinate; upgrade it here too")
            if version is not None and version < name:
                _run(connection, path.read_text(encoding="utf-8"), name)


def _version(connection: Connection) -> str | None:
    """The last of Procrastinate's migrations these tables have; None when there are none."""
    row = connection.execute(_STATE).one_or_none()
    if row is None:
        return None
    comment = row[0] or ""
    if not comment.startswith(_COMMENT):
        raise StoreError("the database holds another program's Procrastinate; give digest a database of its own")
    return str(comment).removeprefix(_COMMENT)


def _run(connection: Connection, script: str, version: str) -> None:
    """Run a script of many statements, and remember it."""
    connection.exec_driver_sql(script, execution_options={"no_parameters": True})
    connection.exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS '{_COMMENT}{version}'")
