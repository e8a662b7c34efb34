"""`digest feeds`: write what a plain web server needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.progress import progress
from digest.cli.state import state_of


def feeds(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to.", show_default="public/ in the site")
    ] = None,
) -> None:
    """Write all feeds and pages of the closed editions into a folder; only what changed is written.

    all.*, one file per topic, editions.*, weekly.* and monthly.* as .rss, .atom and .json; feeds.opml; index.html.

    \b
    digest feeds
    digest feeds --output /srv/www/papers
    """
    from digest.website import write_website

    state = state_of(context)
    site = state.site()
    folder = output or site.root / "public"
    with state.store(site) as store, progress(state, "Writing feeds") as report:
        done = write_website(store, site, folder, progress=report)
    if state.json:
        state.emit(
            {
                "folder": str(folder),
                "written": sorted(done.written),
                "unchanged": done.unchanged,
                "removed": sorted(done.removed),
            }
        )
        return
    state.out.print(
        f"{folder}: {len(done.written)} written, {done.unchanged} unchanged, {len(done.removed)} removed", markup=False
    )
