"""`digest trend`: how well the order of the morning foresees the evening's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from digest.cli.given import Papers, TakesPapers, given_papers
from digest.cli.state import State, state_of
from digest.cli.topic_evaluation import read_text
from digest.errors import NotFoundError, SettingsError
from digest.models import Paper

_LINES = 3
_LEFT_OUT = {
    "lines": ("line that cannot be read", "lines that cannot be read"),
    "unknown_papers": ("paper that is not known", "papers that are not known"),
    "late_papers": ("paper first counted after the morning", "papers first counted after the morning"),
    "papers_off_the_page": ("paper that the later page does not show", "papers that the later page does not show"),
    "small_days": ("list day with fewer than five known papers", "list days with fewer than five known papers"),
    "days_without_later_order": ("list day without a later order", "list days without a later order"),
}

app = typer.Typer(help="Judge the order of papers: `digest trend evaluate DIR`.", no_args_is_help=True)


@app.callback()
def trend() -> None:
    """Judge the order of papers: `digest trend evaluate DIR`."""


@app.command("evaluate", cls=TakesPapers)
def evaluate(
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Has page_order.jsonl and signals.jsonl.", show_default=False),
    ],
    papers: Papers = None,
) -> None:
    """Hold the order of the morning against the one readers' votes gave later.

    For every list day the papers are ranked from their morning signals, by trend and by raw upvotes; both are compared
    with the order of the source's page until the next morning. Lines that cannot be read, papers that are not known and
    days without a later order are left out, and it is said how many. docs/trend.md has the formula and the measures.

    \b
    digest trend evaluate traffic/
    digest trend evaluate traffic/ --papers 2026-05/ --json
    """
    from digest.curation.foresight import evaluate_trend, mornings
    from digest.curation.traffic import parse_readings, parse_signals

    if not folder.is_dir():
        raise SettingsError(f"{folder}: no such folder")
    readings = parse_readings(read_text(folder / "page_order.jsonl"))
    sightings = parse_signals(read_text(folder / "signals.jsonl"))
    state = state_of(context)
    known = _papers(state, {sighting.paper for sighting in sightings.found}, papers)
    report: dict[str, Any] = evaluate_trend(mornings(known, sightings.found, readings.found), readings.found)
    wrong = readings.wrong + sightings.wrong
    report["left_out"] = {"lines": len(wrong)} | report["left_out"]
    _say_left_out(state, report["left_out"], wrong)
    if not sightings.found:
        raise NotFoundError(f"{folder / 'signals.jsonl'}: no paper has counts of a morning (`api`)")
    if not report["days"]:
        raise NotFoundError(
            f"{folder}: no list day has both known papers and a later reading; `digest ingest` the papers, or name "
            "them with --papers"
        )
    if state.json:
        state.emit(report)
    else:
        _show(state, report)


def _papers(state: State, wanted: set[str], sources: list[str] | None) -> dict[str, Paper]:
    """The papers that signals speak of, by the id they are named with there."""
    site = state.site()
    if sources:
        given = given_papers(state, site, sources)
        return {alias: paper for paper in given for alias in (paper.id, *paper.aliases) if alias in wanted}
    with state.store(site) as store:
        return store.papers_by_alias(wanted)


def _say_left_out(state: State, counts: Mapping[str, int], wrong: Sequence[str]) -> None:
    told = [f"{count:,} {_LEFT_OUT[what][count != 1]}" for what, count in counts.items() if count]
    if told:
        state.err.print(f"Left out: {', '.join(told)}", style="yellow", markup=False)
    for line in wrong[:_LINES]:
        state.err.print(line, style="yellow", markup=False)


def _show(state: State, report: Mapping[str, Any]) -> None:
    state.out.print(f"{'':14}  Spearman  nDCG at 10", style="bold")
    for name, numbers in (("trend", report), ("raw upvotes", report["baseline"])):
        state.out.print(f"{name:14}  {numbers['spearman']:8.4f}  {numbers['ndcg_at_10']:10.4f}", highlight=False)
    days = "1 list day" if report["days"] == 1 else f"{report['days']:,} list days"
    hours = f"the later order is {report['hours_later']} hours after the morning"
    state.out.print(f"{days}, {report['papers']:,} papers; {hours}")
