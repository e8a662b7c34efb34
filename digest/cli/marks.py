"""`digest marks`: what a reader wants more and less of."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.subscriber_lists import opened, reader_at
from digest.errors import SettingsError

if TYPE_CHECKING:
    from digest.models import Mark, Subscriber

app = typer.Typer(
    help="A reader's own order: add, list, remove and import marks, turn it on and off.", no_args_is_help=True
)

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="The reader's mail address.")]
_LARGEST = 64 * 1024 * 1024


@app.command("add")
def add(
    context: typer.Context,
    address: Address,
    papers: Annotated[list[str], typer.Argument(metavar="PAPER...", help="Ids or addresses of papers.")],
    less: Annotated[bool, typer.Option("--less", help="Less like these, instead of more.")] = False,
) -> None:
    """Say that a reader wants more like some papers, or less.

    \b
    digest marks add ada@example.org arxiv:2401.01234 https://arxiv.org/abs/2401.04321
    digest marks add ada@example.org arxiv:2401.05555 --less
    """
    from digest.subscribe.marks import mark_papers

    with opened(context) as (state, site, store):
        reader = reader_at(store, address)
        done = mark_papers(store, reader, papers, wish="less" if less else "more", now=state.now(site))
        if state.json:
            state.emit([_record(mark) for mark in done])
        else:
            state.out.print(f"{len(done)} marked{_hint(reader)}", markup=False)


@app.command("list")
def list_(context: typer.Context, address: Address) -> None:
    """List what a reader has marked, oldest first.

    \b
    digest marks list ada@example.org
    digest --json marks list ada@example.org > marks-of-ada.json
    """
    with opened(context) as (state, _, store):
        reader = reader_at(store, address)
        marks = store.marks.of(reader.id)
        if state.json:
            state.emit({"personal": bool(reader.preferences.personal), "marks": [_record(mark) for mark in marks]})
            return
        for mark in marks:
            typer.echo("\t".join((f"{mark.at:%Y-%m-%d}", mark.wish, mark.paper.id, mark.paper.title)))
        state.err.print(f"The order is {'on' if reader.preferences.personal else 'off'}; {len(marks)} marks.")


@app.command("remove")
def remove(
    context: typer.Context,
    address: Address,
    papers: Annotated[
        list[str] | None, typer.Argument(metavar="PAPER...", help="Ids or addresses of papers.", show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Forget all marks of the reader.")] = False,
) -> None:
    """Forget marks.

    \b
    digest marks remove ada@example.org arxiv:2401.01234
    digest marks remove ada@example.org --all
    """
    from digest.subscribe.marks import forget_marks

    if bool(papers) == everything:
        raise typer.BadParameter("name papers, or give --all")
    with opened(context) as (state, _, store):
        gone = forget_marks(store, reader_at(store, address), None if everything else papers)
        if state.json:
            state.emit({"forgotten": gone})
        else:
            state.out.print(f"{gone} forgotten")


@app.command("import")
def import_(
    context: typer.Context,
    address: Address,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="BibTeX, Zotero RDF or ids; - is standard input.")],
) -> None:
    """Begin with a library: its papers are what the reader wants more of.

    Papers of a BibTeX or Zotero file need not be known; of a list of ids those are marked that have been read. A line
    of a list may hold several ids, a title beside them, and a comment after #. Exit code 3 when some are not marked.

    \b
    digest marks import ada@example.org library.bib
    digest marks import ada@example.org "My Library.rdf"
    digest marks import ada@example.org - < ids.txt
    """
    from digest.subscribe.marks import import_marks

    data = _bytes(file)
    with opened(context) as (state, site, store):
        reader = reader_at(store, address)
        done = import_marks(store, reader, data, now=state.now(site))
        if state.json:
            aside = [{"record": entry.record, "reason": entry.reason} for entry in done.set_aside]
            state.emit({"marked": done.marked, "unknown": list(done.unknown), "set_aside": aside})
        else:
            state.out.print(f"{done.marked} marked{_hint(reader)}", markup=False)
            lines = [f"not read yet: {name}" for name in done.unknown]
            lines += [f"set aside: {entry.record}: {entry.reason}" for entry in done.set_aside]
            for line in lines:
                state.err.print(f"  {_printable(line)}", markup=False, style="yellow")
            if not (done.marked or lines):
                state.err.print("  There is no paper in it.", style="yellow")
    if done.unknown or done.set_aside:
        raise typer.Exit(3)


@app.command("on")
def on(context: typer.Context, address: Address) -> None:
    """Order a reader's sections by what they marked, from their next digest on.

    \b
    digest marks on ada@example.org
    """
    _turn(context, address, on=True)


@app.command("off")
def off(context: typer.Context, address: Address) -> None:
    """Order a reader's sections as everybody's; the marks stay.

    \b
    digest marks off ada@example.org
    """
    _turn(context, address, on=False)


def _turn(context: typer.Context, address: str, *, on: bool) -> None:
    from digest.subscribe.marks import set_personal

    with opened(context) as (state, _, store):
        reader = set_personal(store, reader_at(store, address), on=on)
        if state.json:
            state.emit({"address": reader.address, "personal": on})
        else:
            state.out.print(f"{reader.address}: the own order is {'on' if on else 'off'}", markup=False)


def _printable(line: str) -> str:
    """A line of somebody's file as a terminal may have it."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line[:120])


def _hint(reader: Subscriber) -> str:
    return "" if reader.preferences.personal else f"; `digest marks on {reader.address}` orders their digests by it"


def _record(mark: Mark) -> dict[str, str]:
    return {"id": mark.paper.id, "title": mark.paper.title, "wish": mark.wish, "at": mark.at.isoformat()}


def _bytes(file: Path) -> bytes:
    try:
        if str(file) == "-":
            data = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with file.open("rb") as opened_file:
                data = opened_file.read(_LARGEST + 1)
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from error
    if len(data) > _LARGEST:
        raise SettingsError(f"{file}: is larger than {_LARGEST // 1024 // 1024} MB")
    return data
