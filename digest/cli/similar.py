"""`digest similar`: papers like a paper."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.state import parse_day, state_of
from digest.models import Query


def similar(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="An id such as arxiv:2401.01234, or its address.")],
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many.")] = 10,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only papers from this list day on.", show_default="all")
    ] = None,
) -> None:
    """Show the papers most like one, with the words they share.

    \b
    digest similar arxiv:2401.01234
    digest similar https://arxiv.org/abs/2401.01234v2 --limit 5 --since 2026-01-01
    """
    from digest.curation.similar import SimilarPapers
    from digest.papers import named_paper

    first = parse_day(since) if since else None
    state = state_of(context)
    with state.store(state.site()) as store:
        subject = named_paper(store, paper).paper
        known = {one.paper.id: one.paper for one in store.find_papers(Query(since=first))}
    found = SimilarPapers(known.values()).like(subject, limit)
    if state.json:
        state.emit(
            [
                {
                    "id": entry.paper,
                    "title": known[entry.paper].title,
                    "url": known[entry.paper].url,
                    "likeness": entry.likeness,
                    "why": entry.why,
                }
                for entry in found
            ]
        )
        return
    if not found:
        state.err.print("No paper is like it.")
    for entry in found:
        state.out.print(f"{entry.likeness:.2f}  {known[entry.paper].title}", markup=False)
        state.out.print(f"      {entry.paper}: {entry.why}", markup=False, style="dim")
