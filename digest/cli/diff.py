"""`digest editions diff`: what changed between two editions or runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.state import State, state_of
from digest.models import Edition, EditionPaper

if TYPE_CHECKING:
    from digest.curation.difference import Change, Difference
    from digest.store import Store

_RUN = re.compile(r"(?P<first>\d{1,9})(?:-(?P<last>\d{1,9}))?")


def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(metavar="N", help="An edition such as 5, or a run such as 1-5.")],
    after: Annotated[str, typer.Argument(metavar="M", help="The edition or run to compare it with.")],
) -> None:
    """Show what changed from one edition to another: papers that came, went, moved, rose or fell.

    \b
    digest editions diff 5 6
    digest editions diff 1-5 6-10 --json
    """
    from digest.curation.difference import difference

    state = state_of(context)
    site = state.site()
    with state.store(site) as store:
        found = difference(_run(store, before), _run(store, after))
    if state.json:
        state.emit(_record(found))
    else:
        _show(state, found)


def _run(store: Store, text: str) -> list[Edition]:
    from digest.publish import closed_edition

    match = _RUN.fullmatch(text)
    if match is None or int(match["last"] or match["first"]) < int(match["first"]):
        raise typer.BadParameter(f"`{text}` is no edition; write 5, or 1-5 for a run")
    last = closed_edition(store, int(match["last"] or match["first"]))
    return [closed_edition(store, number) for number in range(int(match["first"]), last.number)] + [last]


def _show(state: State, found: Difference) -> None:
    for title, entries in (("New", found.new), ("Gone", found.gone)):
        if entries:
            state.out.print(f"[bold]{title}[/bold] [dim]{len(entries)}[/dim]")
            for entry in entries:
                votes = entry.paper.latest("upvotes")
                state.out.print(f"{'' if votes is None else votes:>5}  {entry.paper.title}", markup=False)
    if found.changed:
        state.out.print(f"[bold]Changed[/bold] [dim]{len(found.changed)}[/dim]")
        for change in found.changed:
            state.out.print(f"       {change.paper.paper.title}", markup=False)
            state.out.print(f"       {_words(change)}", style="dim", markup=False)
    state.out.print(f"{found.same} in both and as they were", style="dim", markup=False)


def _words(change: Change) -> str:
    pairs = {"topic": change.topic, "rank": change.rank, "upvotes": change.upvotes}
    words = [f"{name} {pair[0]} → {pair[1]}" for name, pair in pairs.items() if pair]
    if change.title:
        words.append(f"was called {change.title[0]}")
    return ", ".join(words)


def _record(found: Difference) -> dict[str, Any]:
    return {
        "new": [_entry(entry) for entry in found.new],
        "gone": [_entry(entry) for entry in found.gone],
        "changed": [
            _entry(change.paper)
            | {
                f"{name}_change": {"before": pair[0], "after": pair[1]}
                for name in ("topic", "rank", "upvotes", "title")
                if (pair := getattr(change, name))
            }
            for change in found.changed
        ],
        "same": found.same,
    }


def _entry(entry: EditionPaper) -> dict[str, Any]:
    return {"id": entry.paper.id, "title": entry.paper.title}
