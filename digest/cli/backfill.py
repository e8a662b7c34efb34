"""`digest backfill`: read the past."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.progress import progress
from digest.cli.state import State, parse_day, state_of

if TYPE_CHECKING:
    from digest.backfill import Backfill


def backfill(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="What to read.", show_default=False)],
    since: Annotated[str, typer.Option(metavar="DATE", help="The first day.", show_default=False)],
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last day, included.", show_default="today")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Also the days that were read before.")] = False,
) -> None:
    """Read the past from a source, day by day.

    Days that were read are remembered: after a break, or when days failed (exit code 3), the same command goes on with
    those that are missing. Sources with a past are `hf` and `arxiv:…`, at the pace these services ask for.

    \b
    digest backfill hf --since 2026-01-01
    digest backfill arxiv:cs.CL+cs.LG --since 2026-11-01 --until 2026-11-20
    """
    from digest.backfill import backfill as read

    state = state_of(context)
    site = state.site()
    now = state.now(site)
    first, last = parse_day(since), parse_day(until) if until else now.date()
    if until and last < first:
        raise typer.BadParameter("--until is before --since")
    after = last + timedelta(days=1) if last < date.max else last
    with state.store(site) as store, progress(state, "Backfilling") as report:
        done = read(store, source, since=first, until=after, site=site, now=now, again=again, progress=report)
    _show(state, source, done)
    if not done.is_whole:
        raise typer.Exit(3)


def _show(state: State, source: str, done: Backfill) -> None:
    failed = [day for day in done.days if day.message]
    if state.json:
        from digest.render.record import rejection_record

        days = [
            {
                "day": day.day.isoformat(),
                "read": day.read,
                "new": day.new,
                "updated": day.updated,
                "rejected": [rejection_record(one) for one in day.rejected],
                "message": day.message,
            }
            for day in done.days
        ]
        state.emit({"source": source, "days": days, "done_before": done.done_before, "left": done.left})
        return
    read, new = sum(day.read for day in done.days), sum(day.new for day in done.days)
    before = f", {done.done_before} done before" if done.done_before else ""
    aside = sum(len(day.rejected) for day in done.days)
    state.out.print(
        f"{source}: {len(done.days) - len(failed)} days read{before}: {read} papers, {new} new"
        + (f", {aside} set aside (`digest rejected` lists them)" if aside else ""),
        markup=False,
    )
    for day in failed:
        state.err.print(f"  {day.day}: {day.message}", markup=False, style="red")
    if done.left:
        state.err.print(f"  {done.left} days were not asked for, as so many before them failed", style="red")
    if failed:
        state.err.print("  The same command reads what is missing.")
