"""`digest ingest`: read papers from sources."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.progress import progress
from digest.cli.state import State, parse_day, state_of
from digest.models import SourceRun, Verdict

_TROUBLE = {Verdict.PARTIAL, Verdict.STALE, Verdict.DOWN}


def ingest(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE", help="What to read; none: the sources of digest.toml.", show_default=False),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on", metavar="DATE", help="The list day, where the source does not say it.", show_default=False
        ),
    ] = None,
    retry_rejected: Annotated[
        bool, typer.Option("--retry-rejected", help="Instead, take again what was set aside (of these sources).")
    ] = False,
) -> None:
    """Read papers from sources.

    What something is is decided by its content. A record that cannot be read is set aside and counted; a source that
    fails does not stop the others (exit code 3).

    \b
    digest ingest                          the sources of digest.toml
    digest ingest hf                       today's Daily Papers; also hf:2026-11-20, hf:2026-W47, hf:2026-11
    digest ingest arxiv:cs.CL+cs.LG        arXiv's announcements of today
    digest ingest arxiv:id:2401.01234      papers by id; also arxiv:search:QUERY
    digest ingest https://example.org/feed any feed
    digest ingest papers/ list.json        files, and folders with all below them
    digest ingest - < saved-page.txt       standard input
    digest ingest --retry-rejected         what was set aside, once more; `digest rejected` lists it
    """
    from digest.ingest import ingest as read

    state = state_of(context)
    if retry_rejected:
        if on:
            raise typer.BadParameter("--on is for a first reading; what was set aside keeps its day")
        _retry(state, sources)
        return
    site = state.site()
    day = parse_day(on) if on else None
    with state.store(site) as store, progress(state, "Reading") as report:
        runs = read(
            store,
            sources or site.sources,
            site=site,
            now=state.now(site),
            on=day,
            progress=report,
        )
    _show(state, runs)
    if any(run.rejected or run.verdict in _TROUBLE for run in runs):
        raise typer.Exit(3)


def _retry(state: State, sources: list[str] | None) -> None:
    from digest.ingest import retry_rejected

    site = state.site()
    runs: tuple[SourceRun, ...] = ()
    with state.store(site) as store, progress(state, "Retrying") as report:
        for source in sources or (None,):
            runs += retry_rejected(store, site=site, now=state.now(site), source=source, progress=report)
    if not runs and not state.json:
        state.err.print("Nothing is set aside.")
    _show(state, runs)
    if any(run.rejected or run.message for run in runs):
        raise typer.Exit(3)


def _show(state: State, runs: tuple[SourceRun, ...]) -> None:
    if state.json:
        from digest.render.record import run_record

        state.emit({"sources": [run_record(run) for run in runs]})
        return
    for run in runs:
        counts = f"{run.read} read, {run.new} new, {run.updated} updated, {run.unchanged} unchanged"
        aside = f", {len(run.rejected)} set aside" if run.rejected else ""
        typer.echo(f"{run.source}: {counts}{aside} ({run.verdict})")  # plain: without trouble, Rich need not be loaded
        if run.message:
            state.err.print(f"  {run.message}", markup=False, style="red")
        shown = run.rejected if state.verbosity > 0 else run.rejected[:5]
        for rejection in shown:
            state.err.print(f"  set aside: {rejection.record}: {rejection.reason}", markup=False, style="yellow")
        if len(run.rejected) > len(shown):
            state.err.print(f"  … and {len(run.rejected) - len(shown)} more (-v shows all)")
