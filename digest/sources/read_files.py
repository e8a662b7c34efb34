"""Files, folders with all below them, and standard input.

What a file is, its content decides; its name only serves messages and, when it holds a date and the content none, as
the list day. A file named alone must be readable; in a folder, one that is not is set aside and the rest is read.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from digest.errors import SourceError, SourceRefused
from digest.models import Reading, Rejection
from digest.sources.byte_file import Readable
from digest.sources.read_stream import read_stream
from digest.sources.source import ReadContext

SOURCE = "file"
_BACKUPS = ("~", ".bak", ".orig", ".rej", ".swp", ".tmp", ".part", ".crdownload")
_MAX_DEPTH = 40
_OTHERS = "hf, arxiv:…, https://… and - (standard input)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """A file, or a folder with all below it."""

    name: str
    path: Path

    def read(self, context: ReadContext) -> Iterator[Reading]:
        """At least one reading a file, in the order of their paths.

        Raises:
            SourceRefused: there is nothing at the path, or the single file it names cannot be read.
        """
        if self.path.is_dir():
            yield from self._folder(context)
            return
        if not self.path.exists():
            raise SourceRefused(f"{self.name}: there is no such file or folder; sources that are none are {_OTHERS}")
        context.progress(0, 1, self.name)
        yield from _file(self.path, context, hint=self.path.name)

    def _folder(self, context: ReadContext) -> Iterator[Reading]:
        files = tuple(files_below(self.path))
        for done, path in enumerate(files):
            hint = str(path.relative_to(self.path))
            context.progress(done, len(files), hint)
            again = str(path.absolute())
            try:
                for reading in _file(path, context, hint=hint, regular=True):
                    yield _of_file(reading, again) if reading.rejected else reading
            except SourceError as error:
                reason = str(error).removeprefix(f"{hint}: ")
                yield Reading(rejected=(Rejection(record=hint, reason=reason, again=again),))


def _of_file(reading: Reading, again: str) -> Reading:
    """A reading whose rejections say which file to read again, not only which folder."""
    return replace(reading, rejected=tuple(replace(one, again=again) for one in reading.rejected))


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardInput:
    """What comes in on standard input, to its end."""

    name: str = "-"
    stream: Readable | None = None
    """What to read instead."""

    def read(self, context: ReadContext) -> Iterator[Reading]:
        """One reading, or several of JSON lines.

        Raises:
            SourceRefused: it is of no known form or too large.
        """
        context.progress(0, None, "standard input")
        stream = self.stream or sys.stdin.buffer
        yield from read_stream(stream, context, source=SOURCE, hint="standard input")


def files_below(folder: Path) -> Iterator[Path]:
    """The files of a folder and all below it, sorted, each folder once however symbolic links lead to it.

    Hidden files and folders and those that editors and downloads leave behind are skipped.
    """
    seen: set[tuple[int, int]] = set()

    def walk(current: Path, depth: int) -> Iterator[Path]:
        try:
            status = current.stat()
            names = sorted(os.listdir(current))  # noqa: PTH208 - names alone are needed
        except OSError:
            yield current
            return
        if (status.st_dev, status.st_ino) in seen or depth > _MAX_DEPTH:
            return
        seen.add((status.st_dev, status.st_ino))
        for path in (current / name for name in names if not _is_left_over(name)):
            if path.is_dir():
                yield from walk(path, depth + 1)
            else:
                yield path

    return walk(folder, 0)


def _is_left_over(name: str) -> bool:
    return name.startswith((".", "#")) or name.lower().endswith(_BACKUPS)


def _file(path: Path, context: ReadContext, *, hint: str, regular: bool = False) -> Iterator[Reading]:
    """The readings of one file; `regular`: of nothing that could wait for ever, such as a pipe.

    Raises:
        SourceRefused: it cannot be opened or read, or as `read_stream`.
    """
    try:
        if regular and not stat.S_ISREG(path.stat().st_mode):
            raise SourceRefused(f"{hint}: is no file but a folder, pipe or device that cannot be read here")
        with path.open("rb") as file:
            yield from read_stream(file, context, source=SOURCE, hint=hint)
    except FileNotFoundError as error:
        raise SourceRefused(f"{hint}: there is no such file or folder") from error
    except OSError as error:
        raise SourceRefused(f"{hint}: cannot be read ({error.strerror or error})") from error
