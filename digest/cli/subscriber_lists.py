"""Lists of readers: `digest subscribers import` and `export`."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, get_args

import typer

from digest.cli.progress import progress
from digest.cli.state import State, state_of
from digest.errors import DigestError, NotFoundError
from digest.models import Rejection, Status, Subscriber
from digest.site import Site

if TYPE_CHECKING:
    from digest.store import Store

StatusOption = Annotated[
    str | None, typer.Option("--status", metavar="STATUS", help=f"Only {', '.join(get_args(Status))}.")
]


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV in UTF-8; - is standard input.")],
    source: Annotated[str, typer.Option(help="Where they consented, for lines that do not say it.")] = "import",
) -> None:
    """Import readers who have consented elsewhere.

    One line a reader; the first line names the columns: address, confirmed_at (when they consented), source (where),
    any preference, more_like and less_like (ids of papers they marked). Refused lines, and marks of papers that were
    never read here, are listed with their reason (exit code 3); the others come in.

    \b
    digest subscribers import readers.csv
    digest subscribers import - --source "paper list, 2025" < readers.csv
    """
    from digest.subscribe import import_csv

    lines = _lines(file)
    with opened(context) as (state, site, store), progress(state, "Importing") as report:
        done = import_csv(store, site, lines, now=state.now(site), source=source, progress=report)
    if state.json:
        state.emit(
            {
                "added": done.added,
                "refused": [_record(line) for line in done.refused],
                "unmarked": [_record(line) for line in done.unmarked],
                "unread": list(done.unread),
            }
        )
    else:
        state.out.print(f"{done.added} added, {len(done.refused)} refused")
        if done.unread:
            state.err.print(f"  columns not read: {', '.join(done.unread)}"[:500], markup=False, style="yellow")
        for line in (*done.refused, *done.unmarked):
            state.err.print(f"  {line.record}: {line.reason}", markup=False, style="yellow")
    if done.refused or done.unmarked:
        raise typer.Exit(3)


def _record(line: Rejection) -> dict[str, str]:
    return {"record": line.record, "reason": line.reason}


def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="[FILE]", help="Where to; - is standard output.")] = Path("-"),
    status: StatusOption = None,
) -> None:
    """Export readers as CSV, or with --json as a list: consent, preferences, marks.

    \b
    digest subscribers export > readers.csv
    digest subscribers export active.csv --status active
    digest --json subscribers export | jq -r '.[].address'
    """
    from digest.subscribe import export_csv

    chosen = named_status(status)
    with opened(context) as (state, _, store):
        write = _export_json if state.json else export_csv
        if str(file) == "-":
            write(store, sys.stdout, chosen)
            return
        try:
            with file.open("w", encoding="utf-8", newline="") as out:
                count = write(store, out, chosen)
        except OSError as error:
            raise DigestError(f"{file}: {error.strerror or error}") from error
        state.err.print(f"{count} {'reader' if count == 1 else 'readers'} written to {file}", markup=False)


def _export_json(store: Store, out: TextIO, status: Status | None) -> int:
    import json

    from digest.subscribe import listed

    rows = list(listed(store, status))
    json.dump(rows, out, ensure_ascii=False, indent=2)
    out.write("\n")
    return len(rows)


@contextmanager
def opened(context: typer.Context) -> Iterator[tuple[State, Site, Store]]:
    """The global options, the site they name and its database."""
    state = state_of(context)
    site = state.site()
    with state.store(site) as store:
        yield state, site, store


def reader_at(store: Store, address: str) -> Subscriber:
    """The reader of this address, however it is spelt (raises NotFoundError)."""
    from digest.subscribe import reader_address

    reader = store.subscribers.find(reader_address(address))
    if reader is None:
        raise NotFoundError(f"there is no reader {address}; `digest subscribers list` lists them")
    return reader


def named_status(text: str | None) -> Status | None:
    """The status of this name; None for None (raises BadParameter)."""
    found: dict[str, Status] = {status: status for status in get_args(Status)}
    if text is not None and text not in found:
        raise typer.BadParameter(f"there is no status `{text}`; there are {', '.join(found)}")
    return found[text] if text else None


def _lines(path: Path) -> list[str]:
    """The lines of a file or of standard input; what is not UTF-8 shows as such in the line that has it."""
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise DigestError(f"{path}: {error.strerror or error}") from error
    return io.StringIO(content.decode("utf-8", "replace"), newline="").readlines()
