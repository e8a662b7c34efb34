"""`digest trend`: how well the order of the morning foresees the evening's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from digest.cli.given import Papers, TakesPapers, given_papers
from digest.cli.state import State, state_of
from digest.cli.topic_evaluation import read_text
from digest.errors import NotFoundError, SettingsError
from digest.models import Paper

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
    with the order of the source's page until the next morning. docs/trend.md has the formula and the measures.

    \b
    digest trend evaluate traffic/
    digest trend evaluate traffic/ --papers 2026-05/ --json
    """
    from digest.curation.foresight import evaluate_trend, mornings, parse_readings, parse_signals

    if not folder.is_dir():
        raise SettingsError(f"{folder}: no such folder")
    readings = parse_readings(read_text(folder / "page_order.jsonl"))
    signals = parse_signals(read_text(folder / "signals.jsonl"))
    state = state_of(context)
    known = _papers(state, {paper for paper, _ in signals}, papers)
    report: dict[str, Any] = evaluate_trend(mornings(known, signals), readings)
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


def _show(state: State, report: dict[str, Any]) -> None:
    state.out.print(f"{'':14}  Spearman  nDCG at 10", style="bold")
    for name, numbers in (("trend", report), ("raw upvotes", report["baseline"])):
        state.out.print(f"{name:14}  {numbers['spearman']:8.4f}  {numbers['ndcg_at_10']:10.4f}", highlight=False)
    state.out.print(f"{report['days']} list days")
