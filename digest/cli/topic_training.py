"""`digest topics train`: learn the topic model offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.given import Papers, given_papers
from digest.cli.state import State, state_of
from digest.cli.topic_evaluation import read_text
from digest.errors import NotFoundError, SettingsError

if TYPE_CHECKING:
    from digest.curation.labels import Label
    from digest.models import Paper
    from digest.training.train import Material


_FILES = ("topic_model.json", "word_vectors.json")


def train(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="LABELS", help="Lines of id<TAB>primary<TAB>secondary; results are measured on these."),
    ],
    papers: Papers = None,
    further: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="More labels, only learned from; may be repeated.", show_default=False),
    ] = None,
    output: Annotated[
        Path, typer.Option(metavar="DIR", help="Where topic_model.json and word_vectors.json go.")
    ] = Path(),
) -> None:
    """Learn the topic model from labelled papers and measure it. Needs the extra `train`; takes minutes.

    Papers without a label and with arXiv categories help too. The report, cross-validated and beside simpler ways, and
    what a file finds of a topic that was left out, are printed; what is shipped is made by copying both files over
    those in digest/curation.

    \b
    pip install 'daily-papers-digest[train]'
    digest topics train judged.tsv --papers 2026/ arxiv.jsonl.gz --output new/ \\
      --further digest/training/labels.tsv --further digest/training/arxiv_labels.tsv
    """
    state = state_of(context)
    try:
        from digest.training.train import train as learn
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"training needs {error.name}, which is not installed: pip install 'daily-papers-digest[train]'"
        ) from error
    site = state.site()
    material = _material(state, file, further or [], papers)
    output.mkdir(parents=True, exist_ok=True)
    done = learn(
        material,
        site.topics(),
        trained_on=state.now(site).date(),
        progress=lambda what: state.err.print(what, markup=False, style="dim"),
    )
    for name, text in zip(_FILES, (done.model, done.vectors), strict=True):
        (output / name).write_text(text, encoding="utf-8")
    if state.json:
        state.emit({**done.report, "left_out": done.left_out})
        return
    _show(state, done.report)
    _show_left_out(state, done.left_out)
    state.err.print(f"wrote {' and '.join(str(output / name) for name in _FILES)}", markup=False)


def _material(state: State, file: Path, further: list[Path], sources: list[str] | None) -> Material:
    """What there is to learn from: labels, their papers, and papers with categories and no label."""
    from digest.curation.labels import parse_labels
    from digest.training.train import Material

    judged = parse_labels(read_text(file), file.name)
    more: dict[str, Label] = {}
    for path in further:
        more |= parse_labels(read_text(path), path.name)
    known = _papers(state, sources)
    named = {alias: paper for paper in known for alias in (paper.id, *paper.aliases)}
    labelled = {named[name].id for name in (*judged, *more) if name in named}
    if not any(name in named for name in judged):
        raise NotFoundError(f"{file}: none of its {len(judged)} papers is known; read them, or name them with --papers")
    return Material(
        papers=named,
        judged=judged,
        further=more,
        unlabelled=[paper for paper in known if paper.categories and paper.id not in labelled],
    )


def _papers(state: State, sources: list[str] | None) -> list[Paper]:
    from digest.models import Query

    site = state.site()
    if sources:
        return given_papers(state, site, sources)
    with state.store(site) as store:
        return [known.paper for known in store.find_papers(Query())]


def _show(state: State, report: dict[str, dict[str, Any]]) -> None:
    width = max(len(name) for name in report)
    state.out.print(f"{'':{width}}  accuracy  acceptable  macro-F1", style="bold")
    for name, numbers in report.items():
        values = f"{numbers['accuracy']:8.3f}  {numbers['acceptable']:10.3f}  {numbers['macro_f1']:8.3f}"
        state.out.print(f"{name:{width}}  {values}", markup=False)


def _show_left_out(state: State, left_out: dict[str, dict[str, float]]) -> None:
    """The mean over the topics, each left out in turn, of how well its file and its keywords alone find its papers."""
    state.out.print("\nTopics nobody trained, each left out in turn: mean average precision", style="bold")
    ways = {"keywords": "keywords, found or not", "rules": "keywords, by place", "file": "the file"}
    for way, name in ways.items():
        mean = sum(numbers[way] for numbers in left_out.values()) / (len(left_out) or 1)
        state.out.print(f"{name:22}  {mean:.3f}", markup=False)
