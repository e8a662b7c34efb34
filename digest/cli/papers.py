"""`digest papers`: look at what has been read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from digest.cli.state import parse_day, state_of
from digest.models import KnownPaper, Query, Score

if TYPE_CHECKING:
    from rich.console import Console


def papers(
    context: typer.Context,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="Of one list day.", show_default=False)] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="From this list day on.", show_default=False)
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Up to and with this list day.", show_default=False)
    ] = None,
    topic: Annotated[str | None, typer.Option(metavar="SLUG", help="In one topic.", show_default=False)] = None,
    author: Annotated[str | None, typer.Option(metavar="NAME", help="By one author.", show_default=False)] = None,
    query: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help='Words, "phrases", AND, OR, NOT.', show_default=False),
    ] = None,
    sort: Annotated[Literal["date", "votes", "trend"], typer.Option(help="The order.")] = "date",
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.", show_default="all")] = None,
) -> None:
    """Show papers that have been read.

    \b
    digest papers --on 2026-11-20 --sort trend --limit 10
    digest papers --topic agents --query '"tool use" OR browser'
    digest --json papers --author "Ada Lovelace" > papers.json
    """
    from digest.papers import find_papers

    if on and (since or until):
        raise typer.BadParameter("--on is one day; leave out --since and --until")
    first = parse_day(since) if (since := on or since) else None
    last = parse_day(until) if (until := on or until) else None
    state = state_of(context)
    site = state.site()
    if topic is not None and topic not in {known.slug for known in site.topics()} | {"other"}:
        raise typer.BadParameter(f"there is no topic `{topic}`; `digest topics` lists them")
    wanted = Query(
        text=query,
        topic=topic,
        author=author,
        since=first,
        until=last + timedelta(days=1) if last else None,
        sort=sort,
        limit=limit,
    )
    with state.store(site) as store:
        found = find_papers(store, site, wanted, now=state.now(site))
    if state.json:
        from digest.render.record import known_record

        state.emit([known_record(known, score) for known, score in found])
    elif not found:
        state.err.print("No paper matches. `digest ingest` reads papers.")
    elif state.out.is_terminal:
        _table(state.out, found)
    else:
        for known, _ in found:
            _line(known)


def _line(known: KnownPaper) -> None:
    """One tab-separated line for other programs."""
    paper = known.paper
    votes = paper.latest("upvotes")
    fields = (paper.id, paper.listed_on or "", "" if votes is None else votes, _topic(known), paper.title)
    typer.echo("\t".join(str(field) for field in fields))


def _table(out: Console, found: list[tuple[KnownPaper, Score]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading, style in (("Day", "dim"), ("Votes", ""), ("Title", ""), ("Topic", "cyan"), ("Id", "dim")):
        table.add_column(
            heading, style=style, justify="right" if heading == "Votes" else "left", no_wrap=heading == "Id"
        )
    for known, _ in found:
        paper = known.paper
        votes = paper.latest("upvotes")
        table.add_row(
            str(paper.listed_on or ""),
            "" if votes is None else str(votes),
            Text(paper.title),
            _topic(known),
            Text(paper.id, style=f"link {paper.url}" if paper.url else ""),
        )
    out.print(table)


def _topic(known: KnownPaper) -> str:
    return known.assignments[0].topic if known.assignments else "other"
