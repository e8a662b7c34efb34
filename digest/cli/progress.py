"""A progress bar on standard error, only where a person watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from digest.cli.state import State

_Item = TypeVar("_Item")

Report = Callable[[int, int | None, str], None]
"""Called with how much is done, out of how much (None: unknown), and what is being done."""


@contextmanager
def progress(state: State, title: str) -> Iterator[Report]:
    """A bar while the block runs; nothing when standard error is no terminal, with `--json` or `--quiet`."""
    if state.json or state.verbosity < 0 or not sys.stderr.isatty():
        yield _silent
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=state.err, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def show(done: int, total: int | None, what: str) -> None:
            bar.tasks[0].total = total  # `update` takes None for "as before"
            bar.update(task, completed=done, description=what or title)

        yield show


def counted(items: Sequence[_Item], report: Report, what: str) -> Iterator[_Item]:
    """`items`, each reported when it is done."""
    for done, item in enumerate(items, start=1):
        yield item
        report(done, len(items), what)


def _silent(done: int, total: int | None, what: str) -> None:
    """No one watches."""
