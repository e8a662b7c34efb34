"""`digest emerging`: what is new this week."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from digest.cli.state import parse_day, state_of
from digest.models import Query

_SHOWN = 5


def emerging(
    context: typer.Context,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last day of the week.", show_default="today")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many phrases.")] = 10,
) -> None:
    """Name what is new this week: phrases that rose against the four weeks before, with their papers.

    Nothing is said of a week in which nothing rose, and of the first weeks of a site.

    \b
    digest emerging
    digest emerging --until 2026-05-22 --limit 3
    """
    from digest.curation.emerging import REACH, line
    from digest.curation.emerging import emerging as rising

    state = state_of(context)
    site = state.site()
    day = parse_day(until) if until else state.now(site).astimezone(site.settings.zone).date()
    after = day + timedelta(days=1)
    with state.store(site) as store:
        known = {one.paper.id: one.paper for one in store.find_papers(Query(since=after - REACH, until=after))}
    found = rising(known.values(), after, limit)
    if state.json:
        state.emit(
            {
                "until": day.isoformat(),
                "emerging": [
                    {
                        "phrase": entry.phrase,
                        "also": list(entry.also),
                        "before": entry.before,
                        "surprise": entry.surprise,
                        "why": line(entry),
                        "papers": [{"id": paper, "title": known[paper].title} for paper in entry.papers],
                    }
                    for entry in found
                ],
            }
        )
        return
    if not found:
        state.err.print(f"Nothing rose in the week up to {day}.")
    for entry in found:
        state.out.print(f"{entry.name}: {line(entry)}", markup=False, style="bold")
        for paper in entry.papers[:_SHOWN]:
            state.out.print(f"  {paper}  {known[paper].title}", markup=False)
        if len(entry.papers) > _SHOWN:
            state.out.print(f"  … and {len(entry.papers) - _SHOWN} more", style="dim")
