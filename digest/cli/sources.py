"""`digest sources`: how the sources do."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from digest.cli.state import State, state_of
from digest.models import SourceState, Verdict

_TROUBLE = {Verdict.PARTIAL, Verdict.STALE, Verdict.DOWN}


def sources(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also what was read by hand.")] = False,
) -> None:
    """Show how the sources of digest.toml do.

    For each: the last verdict, when it last answered whole, how many papers it usually has on this weekday, and when
    its next list is due. Exit code 3 when one is partial, stale or down. What the verdicts mean is in docs/sources.md.

    \b
    digest sources
    digest --json sources --all
    """
    from digest.ingest import source_states

    state = state_of(context)
    site = state.site()
    with state.store(site) as store:
        others = [run.source for run in store.last_runs()] if everything else []
        states = source_states(store, [*site.sources, *others], now=state.now(site))
    if state.json:
        from digest.render.record import source_record

        state.emit([source_record(one) for one in states])
    else:
        _show(state, states, site.settings.zone)
    if any(one.last and one.last.verdict in _TROUBLE for one in states[: None if everything else len(site.sources)]):
        raise typer.Exit(3)


def _show(state: State, states: tuple[SourceState, ...], zone: ZoneInfo) -> None:
    if not states:
        state.err.print("There is no source; set `sources` in digest.toml.")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("Source", "Verdict", "Last success", "Papers", "Usual", "Next due"):
        table.add_column(heading, justify="right" if heading in {"Papers", "Usual"} else "left")
    for one in states:
        verdict = one.last.verdict if one.last else None
        table.add_row(
            Text(one.source),
            Text(verdict or "never read", style="red" if verdict in _TROUBLE else ""),
            _moment(one.last_success_at, zone),
            str(one.last.read) if one.last else "",
            "" if one.usual is None else f"{one.usual:g}",
            _moment(one.due_at, zone),
        )
    state.out.print(table)
    for one in states:
        if one.last and one.last.message:
            state.err.print(f"{one.source}: {one.last.message}", markup=False, style="red")


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else ""
