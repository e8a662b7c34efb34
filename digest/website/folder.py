"""The folder a website is written into: whole files or none, untouched when unchanged, and a record of what is ours.

The record (`.website.json`) keeps for each file what went into it and its size and time on disk. It never removes or
trusts a file that the record does not know.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from digest.errors import DigestError

_RECORD = ".website.json"
_FORM = 1
"""Of the record; another form is not read and everything is made again."""


class Folder:
    """A folder with the files that were written before."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._state, self._before = self._read()
        self._now: dict[str, list[Any]] = {}

    @property
    def files(self) -> tuple[str, ...]:
        """The files on record: those of this run when it has begun, else those of the last."""
        return tuple(sorted(self._now or self._before))

    def is_as_left(self, state: str) -> bool:
        """Whether the last run finished with `state` and every file is still as that run left it."""
        return state == self._state and all(self._stat(path) == entry[1:] for path, entry in self._before.items())

    def write(self, path: str, key: str, make: Callable[[], bytes]) -> bool:
        """Bring the file `path` up to date; says whether it was written.

        `make` is called only when `key`, which stands for all that goes in, or the file is not what it was. Bytes that
        are already there are not written again, so that the file's time is the time of its last change.

        Raises:
            DigestError: the file cannot be written (no right, no room, something else of that name).
        """
        known = self._before.get(path)
        if known is not None and known[0] == key and self._stat(path) == known[1:]:
            self._now[path] = known
            return False
        data = make()
        try:
            changed = self._replace(self._root / path, data)
        except OSError as error:
            raise DigestError(f"{self._root / path}: cannot be written: {error.strerror or error}") from error
        self._now[path] = [key, *(self._stat(path) or [])]
        return changed

    def finish(self, state: str) -> tuple[str, ...]:
        """Remove the files of earlier runs that were not part of this one, and keep the record; says which went."""
        removed = [path for path in sorted(self._before.keys() - self._now.keys()) if self._remove(path)]
        record = {"form": _FORM, "state": state, "files": dict(sorted(self._now.items()))}
        try:
            self._replace(self._root / _RECORD, json.dumps(record, indent=0).encode())
        except OSError as error:
            raise DigestError(f"{self._root / _RECORD}: cannot be written: {error.strerror or error}") from error
        return tuple(removed)

    def _read(self) -> tuple[str | None, dict[str, list[Any]]]:
        try:
            record = json.loads((self._root / _RECORD).read_bytes())
            if record["form"] != _FORM:
                return None, {}
            return str(record["state"]), {path: list(entry) for path, entry in record["files"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None, {}  # none yet, or damaged: everything is made again and compared with what is there

    def _stat(self, path: str) -> list[int] | None:
        try:
            found = (self._root / path).stat()
        except OSError:
            return None
        return [found.st_size, found.st_mtime_ns]

    @staticmethod
    def _replace(path: Path, data: bytes) -> bool:
        """Write `data` beside `path` and move it there in one step, so that nobody ever reads half a file."""
        if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).chmod(0o644)  # readable by the web server
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return True

    def _remove(self, path: str) -> bool:
        """Remove a file of ours; one outside the folder (the record may have been tampered with) stays."""
        target = self._root / path
        if not target.resolve().is_relative_to(self._root.resolve()) or not target.is_file():
            return False
        try:
            target.unlink()
        except OSError as error:
            raise DigestError(f"{target}: cannot be removed: {error.strerror or error}") from error
        return True
