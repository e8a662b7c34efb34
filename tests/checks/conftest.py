"""Where the checkers are found; what is not installed is skipped, with what would install it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checks.material import Served, make_website, serve

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
NODE = (20, 19)
"""The oldest Node.js that html-validate runs on."""


def program(name: str) -> str:
    """The path of a program of the system, or of a Python package of the same environment."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which(name) or shutil.which(name, path=beside)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.fixture(scope="session")
def node() -> str:
    """Node.js, with the packages of `package.json` beside it."""
    if not MODULES.is_dir():
        pytest.skip("the checkers are not installed: npm ci --prefix tests/checks")
    path = program("node")
    version = subprocess.run([path, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    if tuple(int(part) for part in version.removeprefix("v").split(".")[:2]) < NODE:
        pytest.skip(f"Node.js is {version}; the checkers need {'.'.join(map(str, NODE))}")
    return path


@pytest.fixture(scope="session")
def website(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The website, written once."""
    return make_website(tmp_path_factory.mktemp("checked"))


@pytest.fixture
def served(website: Path) -> Iterator[Served]:
    """The website on a local port."""
    with serve(website) as server:
        yield server
