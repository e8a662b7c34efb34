"""`digest preview`: see a digest before anyone gets it."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated, Literal

import typer

from digest.cli.output import write_result
from digest.cli.state import state_of
from digest.models import Selection

Format = Literal["html", "text", "eml", "markdown", "json"]
_SUFFIXES: dict[str, Format] = {
    ".html": "html",
    ".htm": "html",
    ".txt": "text",
    ".eml": "eml",
    ".md": "markdown",
    ".json": "json",
}


def preview(
    context: typer.Context,
    number: Annotated[
        int | None,
        typer.Argument(
            metavar="[EDITION]", min=1, help="None: what waits to be published, else the last.", show_default=False
        ),
    ] = None,
    cadence: Annotated[
        Literal["daily", "weekly", "monthly"], typer.Option(help="How long a run of editions.")
    ] = "daily",
    topics: Annotated[str | None, typer.Option(metavar="A,B", help="Only these topics.", show_default=False)] = None,
    max_papers: Annotated[
        int | None, typer.Option("--max", metavar="N", min=1, help="At most so many papers.", show_default="all")
    ] = None,
    min_upvotes: Annotated[int, typer.Option(metavar="N", min=0, help="Only papers with so many upvotes.")] = 0,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="The form.", show_default="by the suffix of --output, else text"),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write to a file.", show_default="standard output")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Render anew with the templates of now.")] = False,
    open_: Annotated[bool, typer.Option("--open", help="Show the HTML in a browser.")] = False,
) -> None:
    """Show a digest as a reader would get it, without sending anything.

    A closed edition is shown as it was rendered then, byte for byte; --fresh shows what the templates make of it now.

    \b
    digest preview                                     what waits, as text
    digest preview --open                              the mail in a browser
    digest preview 5 --topics agents,code --max 10
    digest preview --cadence weekly --output week.eml
    """
    from digest.cli.terminal import print_digest
    from digest.preview import render_preview
    from digest.publish import digest_of

    state = state_of(context)
    site = state.site()
    form = form or ("json" if state.json else _SUFFIXES.get(output.suffix.lower()) if output else None)
    form = form or ("html" if open_ else None)
    selection = Selection(
        topics=_slugs(topics, {topic.slug for topic in site.topics()} | {"other"}),
        max_papers=max_papers,
        min_upvotes=min_upvotes,
    )
    with state.store(site) as store:
        digest = digest_of(store, site, number=number, cadence=cadence, selection=selection, now=state.now(site))
        if form is None and output is None and state.out.is_terminal:
            print_digest(state.out, digest, summaries=True)
            return
        form = form or "text"
        content = render_preview(store, site, digest, form, fresh=fresh)
    if open_ and output is None:
        output = site.root / f"preview.{'html' if form == 'html' else form}"
    write_result(state, output, content)
    if open_ and output is not None:
        webbrowser.open(output.resolve().as_uri())


def _slugs(text: str | None, known: set[str]) -> tuple[str, ...]:
    slugs = tuple(dict.fromkeys(slug.strip() for slug in (text or "").split(",") if slug.strip()))
    for slug in slugs:
        if slug not in known:
            raise typer.BadParameter(f"there is no topic `{slug}`; `digest topics` lists them")
    return slugs
