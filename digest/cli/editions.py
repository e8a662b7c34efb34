"""`digest publish` and `digest editions`: close editions and look at them."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.state import State, state_of
from digest.models import Edition, Selection
from digest.site import Site

app = typer.Typer(help="List editions; `digest editions show N` shows one.", invoke_without_command=True)


def publish(context: typer.Context) -> None:
    """Close the edition of the moment: the papers first seen since the last one.

    An edition is numbered and never changes. With nothing new none is closed.

    \b
    digest publish
    digest --now 2026-11-20T08:00Z publish --json
    """
    from digest.publish import draft
    from digest.publish import publish as close

    state = state_of(context)
    site = state.site()
    now = state.now(site)
    with state.store(site) as store:
        edition = close(store, site, now=now)
        if edition is None:
            _nothing(state, draft(store, site, now=now))
            return
    _show(state, site, edition)


@app.callback()
def editions(context: typer.Context) -> None:
    """List the editions, the newest last.

    \b
    digest editions
    digest editions show 5
    """
    if context.invoked_subcommand is not None:
        return
    state = state_of(context)
    site = state.site()
    with state.store(site) as store:
        found = list(store.editions())
    if state.json:
        state.emit(
            [
                {
                    "number": edition.number,
                    "date": edition.dated_on.isoformat(),
                    "verdict": edition.verdict.value,
                    "papers": len(edition.papers),
                }
                for edition in found
            ]
        )
    elif not found:
        state.err.print("No edition yet. `digest publish` closes the first.")
    for edition in () if state.json else found:
        state.out.print(
            f"{edition.number:>5}  {edition.dated_on:%a %d %b %Y}  {len(edition.papers):>5} papers  {edition.verdict}",
            markup=False,
        )


@app.command("show")
def show(context: typer.Context, number: Annotated[int, typer.Argument(metavar="N", min=1)]) -> None:
    """Show what one edition holds.

    \b
    digest editions show 5
    digest editions show 5 --json
    """
    from digest.publish import closed_edition

    state = state_of(context)
    site = state.site()
    with state.store(site) as store:
        edition = closed_edition(store, number)
    _show(state, site, edition)


def _show(state: State, site: Site, edition: Edition) -> None:
    from digest.curation.digest import build_digest

    digest = build_digest([edition], Selection(), site.topics())
    if state.json:
        from digest.render.record import digest_record

        state.emit(digest_record(digest))
        return
    from digest.cli.terminal import print_digest

    print_digest(state.out, digest, summaries=False)


def _nothing(state: State, draft: Edition) -> None:
    if state.json:
        state.emit({"number": None, "date": draft.dated_on.isoformat(), "verdict": draft.verdict.value, "sections": []})
    else:
        state.out.print(f"Nothing new since edition {draft.number - 1} ({draft.verdict}); no edition closed.")
