"""A progress bar on standard error, only where a person watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from digest.cli.state import State

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
        yield lambda done, total, what: bar.update(task, completed=done, total=total, description=what or title)


def _silent(done: int, total: int | None, what: str) -> None:
    """No one watches."""
