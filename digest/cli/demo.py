"""`digest demo`: the shipped sample as digest, feeds and pages."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.progress import progress
from digest.cli.state import state_of


def demo(
    context: typer.Context,
    output: Annotated[Path, typer.Option(metavar="DIR", help="Where to.")] = Path("demo"),
    open_: Annotated[bool, typer.Option("--open", help="Show it in a browser.")] = False,
) -> None:
    """Show the whole of it on shipped papers: a digest, all feeds, and a page that links them.

    Needs no network, no server and no account.

    \b
    digest demo
    digest demo --output look --open
    """
    from digest.demo import demo as show

    state = state_of(context)
    with progress(state, "Demo") as report:
        done = show(output, progress=report)
    papers = sum(len(edition.papers) for edition in done.editions)
    if state.json:
        state.emit(
            {
                "folder": str(done.folder),
                "index": str(done.index),
                "editions": [edition.number for edition in done.editions],
                "papers": papers,
                "files": done.files,
            }
        )
    else:
        state.out.print(f"{len(done.editions)} editions with {papers} papers; {done.files} files.", markup=False)
        state.out.print(f"Open {done.index}", style="bold", markup=False)
    if open_:
        webbrowser.open(done.index.resolve().as_uri())
