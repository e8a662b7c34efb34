"""A site in a temporary folder, and the command as a shell would call it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from digest.__main__ import main


@dataclass(frozen=True)
class Done:
    """What a command line did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)


Command = Callable[..., Done]


@pytest.fixture
def digest(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `digest --site TMP --now 2026-05-18T10:00Z …`; a later `--now` in the arguments wins."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, stdin: bytes | None = None) -> Done:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfdbinary.readouterr()
        code = main(["--site", str(tmp_path), "--now", "2026-05-18T10:00Z", *words])
        sys.stdout.flush()
        captured = capfdbinary.readouterr()
        return Done(code=code, out=captured.out.decode(), err=captured.err.decode())

    return run


def record(number: int, **fields: Any) -> dict[str, Any]:
    """One paper as a JSON record."""
    plain = {
        "id": f"arxiv:2605.{number:05}",
        "title": f"An agent for task {number}",
        "abstract": f"We present tool use number {number}. It works.",
        "authors": ["Ada Lovelace", "Emmy Noether"],
        "url": f"https://arxiv.org/abs/2605.{number:05}",
        "listed_on": "2026-05-18",
        "signals": {"upvotes": number, "comments": 1},
    }
    return plain | fields


@pytest.fixture
def write_papers(tmp_path: Path) -> Callable[..., str]:
    """Writes records as JSON lines; the path."""

    def write(*records: dict[str, Any], name: str = "papers.jsonl") -> str:
        path = tmp_path / name
        path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
        return str(path)

    return write
