"""Opening: a schema that the migrations make, and one line for whatever is wrong."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from digest.errors import StoreError
from digest.models import Query
from digest.store import Store, opening, partial_indexes, schema
from digest.store.search import select_papers


def test_the_newest_migration_is_the_one_the_code_is_for() -> None:
    """The version that lets `Store.open` pass Alembic by is the newest there is."""
    config = Config()
    config.set_main_option("script_location", str(opening._MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.VERSION


def test_migrations_make_the_tables_of_the_code(any_store: Store) -> None:
    """A database made by the migrations has the tables, columns and indexes of the metadata, and no others."""

    def ours(_object: object, name: str | None, kind: str, _reflected: object, _compared: object) -> bool:
        return not (kind == "table" and (name or "").startswith("papers_search")) and name not in {
            "search",
            "ix_papers_search",
        }

    with any_store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, partial_indexes.metadata) == []


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=lambda dialect: dialect.name)
def test_statements_compile_for_both_databases(dialect: Any) -> None:
    """Every table and a query with every condition compile for SQLite and PostgreSQL."""
    for table in schema.metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=dialect))
    query = Query(text='a OR "b c" NOT d*', topic="agents", author="a", organization="o", sort="votes", limit=3)
    assert str(select_papers(query, dialect.name).compile(dialect=dialect))


def test_opening_again_does_not_load_alembic(tmp_path: Path) -> None:
    """A database that is up to date is opened without importing Alembic, which is slow."""
    url = f"sqlite:///{tmp_path / 'digest.db'}"
    Store.open(url).close()
    code = f"import sys; from digest.store import Store; Store.open({url!r}); print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def no_database(folder: Path) -> str:
    """A file that is none."""
    path = folder / "list.json"
    path.write_text("[]" * 1000)
    return f"sqlite:///{path}"


def newer(folder: Path) -> str:
    """A database that a later digest made."""
    path = folder / "newer.db"
    Store.open(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    return f"sqlite:///{path}"


@pytest.mark.parametrize(
    ("make", "advice"),
    [
        (lambda _: "digest.db", "is no database address; write sqlite:///FILE"),
        (lambda _: "mongodb://localhost/x", "use sqlite:///FILE or postgresql"),
        (lambda _: "mysql+mysqldb://localhost/x", "is not supported"),
        (lambda folder: f"sqlite:///{folder}/none/digest.db", "make its folder"),
        (lambda folder: f"sqlite:///{folder}", "cannot be opened"),
        (no_database, "is not a digest database"),
        (newer, "was made by a newer version of digest; upgrade digest"),
        (lambda folder: f"postgresql://nobody@/none?host={folder}", "cannot be reached"),
    ],
)
def test_what_cannot_be_opened(tmp_path: Path, make: Callable[[Path], str], advice: str) -> None:
    """Whatever is wrong with a database is said in one line with what to do."""
    with pytest.raises(StoreError, match=advice) as caught:
        Store.open(make(tmp_path))
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(tmp_path: Path) -> None:
    """A folder that may not be written is said to be one."""
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="let this account write"):
        Store.open(f"sqlite:///{tmp_path / 'digest.db'}")
    tmp_path.chmod(0o700)
