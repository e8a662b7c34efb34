"""`digest export`: papers for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from digest.cli.output import write_result
from digest.cli.state import State, parse_day, state_of
from digest.errors import NotFoundError
from digest.models import Edition, Paper, Query
from digest.site import Site

if TYPE_CHECKING:
    from digest.store import Store

Format = Literal["bibtex", "ris", "csl-json", "jsonl", "markdown", "mbox"]
_SUFFIXES: dict[str, Format] = {
    ".bib": "bibtex",
    ".ris": "ris",
    ".json": "csl-json",
    ".jsonl": "jsonl",
    ".md": "markdown",
    ".mbox": "mbox",
}


def export(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(metavar="EDITION", min=1, help="None: papers of the database.", show_default=False)
    ] = None,
    topic: Annotated[str | None, typer.Option(metavar="SLUG", help="In one topic.", show_default=False)] = None,
    query: Annotated[
        str | None, typer.Option(metavar="TEXT", help='Words, "phrases", AND, OR, NOT.', show_default=False)
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="From this list day on.", show_default=False)
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Up to and with this list day.", show_default=False)
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="The format.", show_default="by the suffix of --output, else bibtex"),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write to a file.", show_default="standard output")
    ] = None,
) -> None:
    """Write papers in the format of another program.

    An edition is written as it was closed, papers of the database as they are known now. jsonl can be ingested again;
    mbox holds one message for each edition, and its days are those of the editions.

    \b
    digest export 5 --format bibtex > issue5.bib
    digest export --topic agents --since 2026-05-01 --output agents.ris
    digest export --query '"tool use" OR browser' --format csl-json
    digest export --output archive.mbox
    """
    from digest.export import export_editions, export_papers

    if number is not None and (query or since or until or topic):
        raise typer.BadParameter("an edition is exported whole; leave out --topic, --query, --since and --until")
    form = form or (_SUFFIXES.get(output.suffix.lower()) if output else None) or "bibtex"
    if form == "mbox" and (topic or query):
        raise typer.BadParameter("mbox holds whole editions; leave out --topic and --query")
    days = (parse_day(since) if since else None, parse_day(until) if until else None)
    state = state_of(context)
    site = state.site()
    with state.store(site) as store:
        if form == "mbox":
            content = export_editions(store, site, _editions(store, number, days))
        else:
            papers = _papers(state, store, site, number, _query(site, topic, query, days))
            content = export_papers(papers, form)
    write_result(state, output, content)


def _query(site: Site, topic: str | None, text: str | None, days: tuple[date | None, date | None]) -> Query:
    if topic is not None and topic not in {known.slug for known in site.topics()} | {"other"}:
        raise typer.BadParameter(f"there is no topic `{topic}`; `digest topics` lists them")
    since, until = days
    return Query(text=text, topic=topic, since=since, until=until + timedelta(days=1) if until else None)


def _papers(state: State, store: Store, site: Site, number: int | None, query: Query) -> Sequence[Paper]:
    from digest.export import edition_papers
    from digest.papers import find_papers
    from digest.publish import closed_edition

    if number is not None:
        return edition_papers(closed_edition(store, number))
    found = find_papers(store, site, query, now=state.now(site))
    if not found:
        raise NotFoundError("no paper matches; `digest papers` shows what has been read")
    return [known.paper for known, _ in found]


def _editions(store: Store, number: int | None, days: tuple[date | None, date | None]) -> list[Edition]:
    from digest.publish import closed_edition

    if number is not None:
        return [closed_edition(store, number)]
    since, until = days
    return [
        edition
        for edition in store.editions()
        if (since is None or edition.dated_on >= since) and (until is None or edition.dated_on <= until)
    ]
