"""`digest rejected`: what was set aside."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.state import state_of


def rejected(
    context: typer.Context,
    source: Annotated[str | None, typer.Option(metavar="SOURCE", help="Of one source.", show_default="all")] = None,
) -> None:
    """Show what was set aside: when, from which source, and why.

    What comes after all, corrected, leaves the list by itself; `digest ingest --retry-rejected` takes everything again.

    \b
    digest rejected --source hf
    digest --json rejected | jq -r '.[].raw'
    """
    state = state_of(context)
    site = state.site()
    with state.store(site) as store:
        records = store.rejections(source)
    if state.json:
        from digest.render.record import rejected_record

        state.emit([rejected_record(record) for record in records])
        return
    if not records:
        state.err.print("Nothing is set aside.")
    zone = site.settings.zone
    for one in records:
        at = f"{one.rejected_at.astimezone(zone):%Y-%m-%d %H:%M}"
        typer.echo(f"{at}\t{one.source}\t{one.record}\t{one.reason}")
