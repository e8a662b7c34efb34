"""Open a database: connect, bring the schema up to date, and say in one line what is wrong when that fails.

Alembic is imported only when there is something to migrate: that keeps the start of every command quick.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, inspect, make_url, text
from sqlalchemy.engine import URL

from digest.errors import StoreError
from digest.store.schema import VERSION

_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_WRITERS = 0x646967657374
"""Key of the PostgreSQL advisory lock that lets one writer in at a time (the letters of `digest`)."""
_BUGS = (exc.ProgrammingError, exc.DataError, exc.IntegrityError, exc.NotSupportedError)
"""What no operator can do anything about."""
_MIGRATIONS = Path(__file__).parent / "migrations"


def connect(address: str, busy_seconds: float) -> Engine:
    """An engine for a SQLAlchemy URL, with a schema of this version behind it.

    `busy_seconds` is how long a writer waits for another one.

    Raises:
        StoreError: the URL is wrong, the database cannot be opened or written, or is of a newer version.
    """
    url = _url(address)
    with explained(url):
        engine = _engine(url, busy_seconds)
        try:
            if schema_version(engine) != VERSION:
                _migrate(engine, url)
        except BaseException:
            engine.dispose()
            raise
        return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that sees one state of the database."""
    with explained(engine.url), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction, the only one that writes; others wait for their turn.

    SQLite takes the lock at once, so that nothing that was read can have changed when it is written (no upgrade from a
    reader to a writer, which could fail); PostgreSQL gets the same by an advisory lock.
    """
    with explained(engine.url), engine.execution_options(writes=True).connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS})
        yield connection


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Every database failure as a `StoreError` of one line that says what to do."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise StoreError(
            f"{_named(url)}: {error.name} is not installed; `pip install daily-papers-digest[postgresql]`"
        ) from error
    except exc.DBAPIError as error:
        if isinstance(error, _BUGS):
            raise
        raise StoreError(f"{_named(url)}: {_advice(str(error.orig))}") from error


def schema_version(engine: Engine) -> str | None:
    """The migration the database is at; None when it is fresh."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except exc.ArgumentError as error:
        raise StoreError(f"`{address}` is no database address; write sqlite:///FILE or postgresql://…") from error
    if url.drivername not in _DRIVERS:
        raise StoreError(f"{_named(url)}: this kind of database is not supported; use sqlite:///FILE or postgresql://…")
    return url.set(drivername=_DRIVERS[url.drivername])


def _engine(url: URL, busy_seconds: float) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", partial(_prepare_sqlite, busy_seconds))
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", partial(_prepare_postgresql, busy_seconds))
    return engine


def _prepare_sqlite(busy_seconds: float, connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says, not where the driver guesses
    for pragma in (
        f"busy_timeout = {busy_seconds * 1000:.0f}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "temp_store = FILE",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(busy_seconds: float, connection: Any, _record: object) -> None:
    connection.execute(f"SET lock_timeout = '{busy_seconds * 1000:.0f}ms'")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(engine: Engine, url: URL) -> None:
    from alembic import command  # noqa: PLC0415 - see the module docstring
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreError(
                f"{_named(url)}: was made by a newer version of digest; upgrade digest to use it"
            ) from error


def _advice(message: str) -> str:
    message = " ".join(message.split())
    for sign, advice in (
        ("not a database", "is not a digest database; give another file with --database or in digest.toml"),
        ("unable to open", "cannot be opened; make its folder and let this account write there"),
        ("readonly", "cannot be written; let this account write the file and its folder"),
        ("is locked", "another process is writing; try again when it is done"),
        ("lock timeout", "another process is writing; try again when it is done"),
        ("connection is bad", "cannot be reached; is the server running, and its address right?"),
        ("failed to resolve", "cannot be reached; is the server running, and its address right?"),
        ("connection refused", "cannot be reached; is the server running, and its address right?"),
        ("disk is full", "the disk is full; make room and try again"),
        ("malformed", "is damaged; restore a backup"),
    ):
        if sign in message:
            return advice
    return message


def _named(url: URL) -> str:
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.render_as_string(hide_password=True)
