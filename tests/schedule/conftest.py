"""A store, a site and the command line to keep time with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.store import Store
from tests.cli.conftest import digest, write_papers

__all__ = ["digest", "write_papers"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A fresh SQLite store, where the command line of `digest` looks for it."""
    with Store.open(f"sqlite:///{tmp_path / 'digest.db'}") as opened:
        yield opened
