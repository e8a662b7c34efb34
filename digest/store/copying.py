"""A whole database as one file, taken and put back while others use it.

SQLite is copied page by page through its backup interface (https://www.sqlite.org/backup.html): readers and writers go
on, and the copy is of one moment. PostgreSQL is left to its own `pg_dump` and `pg_restore`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url

from digest.errors import StoreError
from digest.store.opening import connect, explained, schema_version
from digest.store.schema import VERSION

SQLITE, POSTGRESQL = "digest.sqlite3", "digest.pgdump"
"""What the file is called: its name says its kind."""
_BUSY_SECONDS = 30.0
_POSTGRESQL_SECONDS = 3600


def copy_name(url: str) -> str:
    """The name of the copy of a database of this kind."""
    return SQLITE if _is_sqlite(make_url(url)) else POSTGRESQL


def take_copy(url: str, path: Path) -> None:
    """Write the database behind a SQLAlchemy URL to `path`, as it is at one moment.

    Raises:
        StoreError: it cannot be read, `path` cannot be written, or `pg_dump` is missing or fails.
    """
    connect(url, _BUSY_SECONDS).dispose()  # makes sure that it is a database of ours, of this version
    parsed = make_url(url)
    if not _is_sqlite(parsed):
        _run_tool("pg_dump", parsed, "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")
        return
    with _explained(path), closing(_open(Path(parsed.database or ""))) as live, closing(sqlite3.connect(path)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a second one beside it
    check_copy(path)


def check_copy(path: Path) -> None:
    """See that a copy of a SQLite database is whole and not of a newer version (of others, `pg_restore` will see).

    Raises:
        StoreError: it is not.
    """
    if path.name != SQLITE:
        return
    with _explained(path), closing(_open(path)) as copy:
        damage = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if damage != "ok":
            raise StoreError(f"{path.name}: is damaged: {damage}")
        version = copy.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    if version > VERSION:
        raise StoreError(f"{path.name}: was made by a newer version of digest; upgrade digest to use it")


def put_back(path: Path, url: str) -> None:
    """Make the database behind `url` what the copy is, all at once: others see the old state or the new one.

    An older copy is brought up to date.

    Raises:
        StoreError: it cannot be written, others write all the time, the copy is of another kind of database, or
            `pg_restore` is missing or fails; the database is then as it was.
    """
    parsed = make_url(url)
    if copy_name(url) != path.name:
        raise StoreError(f"the backup holds {path.name}, which cannot become a {parsed.get_backend_name()} database")
    if _is_sqlite(parsed):
        _put_back_sqlite(path, Path(parsed.database or ""))
    else:
        _run_tool("pg_restore", parsed, "--clean", "--if-exists", "--no-owner", "--single-transaction", str(path))
    connect(url, _BUSY_SECONDS).dispose()


def is_empty(url: str) -> bool:
    """Whether there is no database of ours behind `url` yet."""
    parsed = make_url(url)
    if _is_sqlite(parsed):
        return not Path(parsed.database or "").exists()
    with explained(parsed):
        engine = create_engine(parsed.set(drivername="postgresql+psycopg"))
        try:
            return schema_version(engine) is None
        finally:
            engine.dispose()


def _put_back_sqlite(path: Path, target: Path) -> None:
    deadline = time.monotonic() + _BUSY_SECONDS

    def give_up_in_time(status: int, _remaining: int, _total: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > deadline:
            raise StoreError(f"{target}: another process is writing; try again when it is done")

    with _explained(target), closing(_open(path)) as copy, closing(sqlite3.connect(target)) as live:
        live.execute("PRAGMA journal_mode = WAL")
        copy.backup(live, progress=give_up_in_time, sleep=0.05)


def _run_tool(name: str, url: URL, *arguments: str) -> None:
    """Run a program of PostgreSQL; the password goes where other users of the machine cannot see it."""
    program = shutil.which(name)
    if program is None:
        raise StoreError(f"{name} is not installed; it comes with PostgreSQL's client programs")
    address = URL.create(
        "postgresql", username=url.username, host=url.host, port=url.port, database=url.database, query=url.query
    ).render_as_string()
    environment = os.environ | {"PGOPTIONS": f"-c lock_timeout={_BUSY_SECONDS:.0f}s"}
    if url.password:
        environment["PGPASSWORD"] = url.password
    try:
        subprocess.run(  # noqa: S603 - a fixed program, no shell
            [program, "--no-password", f"--dbname={address}", *arguments],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=_POSTGRESQL_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines() or [f"exit code {error.returncode}"]
        raise StoreError(f"{name}: {said[0].removeprefix(f'{name}: ')}") from error
    except subprocess.TimeoutExpired as error:
        raise StoreError(f"{name}: did not end within {_POSTGRESQL_SECONDS} seconds") from error


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}") from error


def _open(path: Path) -> sqlite3.Connection:
    """An existing database; SQLite would make one that is missing."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"
