"""Several processes on one database: nothing is lost, nothing twice, and nobody waits for ever."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from digest.errors import StoreError
from digest.models import Query
from digest.store import Store
from digest.store.opening import writing
from tests.builders import make_paper
from tests.store.saving import save

WRITER = """
import sys
from digest.store import Store
from tests.builders import make_paper
from tests.store.saving import save
with Store.open(sys.argv[1]) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    for start in range(0, 200, 10):
        save(store, *(make_paper(number, upvotes=1) for number in range(start, start + 10)))
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_writers_of_the_same_papers(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Two processes that open a fresh database at once and store the same papers leave each of them once."""
    sqlite_url = f"sqlite:///{tmp_path / 'digest.db'}"
    url = sqlite_url if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    command = [sys.executable, "-c", WRITER, url]
    root = Path(__file__).resolve().parents[2]
    writers = [
        subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.communicate("go\n", timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0]
    with Store.open(url) as store:
        found = store.find_papers(Query())
    assert sorted(known.paper.id for known in found) == [make_paper(number).id for number in range(200)]
    assert {len(known.paper.signals) for known in found} == {1}


def test_who_waits_too_long_is_told(tmp_path: Path) -> None:
    """A writer that does not get its turn gives up with one line."""
    path = tmp_path / "digest.db"
    with Store.open(f"sqlite:///{path}", busy_seconds=0.1) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another process is writing; try again"):
            save(store, make_paper(1))
        other.close()
        save(store, make_paper(1))


def test_postgresql_does_not_wait_for_ever_either(postgresql_url: str) -> None:
    """The same on PostgreSQL, where writers take turns by an advisory lock."""
    with Store.open(postgresql_url) as first, Store.open(postgresql_url, busy_seconds=0.1) as second:
        with writing(first._engine), pytest.raises(StoreError, match="another process is writing; try again"):
            save(second, make_paper(1))
        save(second, make_paper(1))
