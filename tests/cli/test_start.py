"""The command starts quickly: what only some commands need is loaded by them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("words", "unwanted"),
    [
        (["--help"], {"sqlalchemy", "httpx2", "lxml", "jinja2", "rich"}),
        (["ingest", "list.jsonl"], {"httpx2", "feedparser", "jinja2", "rich"}),
    ],
    ids=["help", "ingest"],
)
def test_what_a_command_does_not_need_is_not_loaded(tmp_path: Path, words: list[str], unwanted: set[str]) -> None:
    """Help needs no database, and a file is read without a client."""
    (tmp_path / "list.jsonl").write_text('{"id": "2605.00001", "title": "An invented paper"}\n')
    code = "import sys; from digest.__main__ import main; print(main(sys.argv[1:])); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
    )
    *_, code_line, modules = done.stdout.splitlines()
    assert code_line == "0"
    assert unwanted.isdisjoint(modules.split())
