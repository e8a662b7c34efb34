"""`digest topics evaluate`: how well the classifier agrees with labels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from digest.cli.given import Papers, given_papers
from digest.cli.progress import counted, progress
from digest.cli.state import State, state_of
from digest.errors import NotFoundError, SettingsError

_COMMONEST, _PLACING = 10, "Placing papers"
_SHORTEST_NAME = 4
"""Letters of a topic that still tell it from the others."""


def evaluate(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Lines of id<TAB>primary<TAB>secondary,secondary.", show_default=False),
    ],
    labels: Annotated[
        Literal["topics", "categories"],
        typer.Option(help="Whether FILE holds labels, or papers that their arXiv category judges."),
    ] = "topics",
    papers: Papers = None,
) -> None:
    """Say how well the classifier agrees with labels.

    accuracy: the primary topic is the label's. acceptable: it is the label's primary or a secondary one. macro-F1: the
    mean over the topics with five labelled papers at least. Labels that a model learned from flatter it.

    With --labels categories FILE holds papers of any form, and each is rightly placed in any topic that its primary
    arXiv category stands for; the classifier does not see the categories.

    \b
    digest topics evaluate labels.tsv
    digest topics evaluate labels.tsv --papers 2026-05/ more.jsonl --json
    digest topics evaluate arxiv.jsonl --labels categories
    """
    state = state_of(context)
    if labels == "categories":
        if papers:
            raise typer.BadParameter("with --labels categories the papers are FILE's; leave out --papers")
        report = _by_category(state, file)
    else:
        report = _by_label(state, file, papers)
    if state.json:
        state.emit(report)
    else:
        _show(state, report)


def _by_label(state: State, file: Path, papers: list[str] | None) -> dict[str, Any]:
    from digest.curation.accuracy import evaluate_topics
    from digest.curation.labels import check_topics, parse_labels
    from digest.curation.topics import Classifier
    from digest.papers import classifier_of

    text = read_text(file)
    if text.lstrip().startswith(("{", "[")):
        raise SettingsError(
            f"{file}: holds papers, not labels; --labels categories judges them by their arXiv category"
        )
    labels = parse_labels(text, file.name)
    site = state.site()
    check_topics(labels, (topic.slug for topic in site.topics()), file.name)
    if papers:
        known = given_papers(state, site, papers)
        examples = {alias: paper for paper in known for alias in paper.aliases}
        labelled = [paper for paper in known if not labels.keys().isdisjoint((paper.id, *paper.aliases))]
        classifier = Classifier(site.topics(), examples)
    else:
        with state.store(site) as store:
            labelled = list(store.papers_by_alias(labels).values())
            classifier = classifier_of(store, site)
    with progress(state, _PLACING) as done:
        report = evaluate_topics(classifier, counted(labelled, done, _PLACING), labels)
    if not report["papers"]:
        named = "its one paper is not" if len(labels) == 1 else f"none of its {len(labels):,} papers is"
        raise NotFoundError(f"{file}: {named} known; read them, or name them with --papers")
    return report


def _by_category(state: State, file: Path) -> dict[str, Any]:
    from digest.curation.accuracy import evaluate_by_category
    from digest.curation.topics import Classifier

    site = state.site()
    papers = given_papers(state, site, [str(file)])
    with progress(state, _PLACING) as done:
        report = evaluate_by_category(Classifier(site.topics()), counted(papers, done, _PLACING))
    if not report["papers"]:
        raise NotFoundError(f"{file}: no paper has an arXiv category that stands for topics; see docs/topics.md")
    return report


def read_text(path: Path) -> str:
    """The text of a file that a person named.

    Raises:
        SettingsError: it cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise SettingsError(f"{path}: {reason}") from error


def _show(state: State, report: Mapping[str, Any]) -> None:
    from digest.curation.accuracy import LEAST_PAPERS

    out = state.out
    topics = report["per_topic"]
    has_macro = any(quality["papers"] >= LEAST_PAPERS for quality in topics.values())
    out.print(
        f"accuracy {report['accuracy']:.3f}   acceptable {report['acceptable']:.3f}   "
        f"macro-F1 {format(report['macro_f1'], '.3f') if has_macro else '-'}   {report['papers']:,} papers"
    )
    if unknown := report["without_paper"]:
        state.err.print(f"labels of papers that are not known: {unknown:,}", style="yellow")
    if left_out := report.get("without_label"):
        state.err.print(f"papers left out, whose category stands for no topic: {left_out:,}", style="yellow")
    width = max(len(topic) for topic in topics)
    out.print(f"\n{'':{width}}  papers  precision  recall     F1", style="bold")
    for topic, quality in sorted(topics.items(), key=lambda entry: (-entry[1]["papers"], entry[0])):
        numbers = f"{quality['precision']:9.3f}  {quality['recall']:6.3f}  {quality['f1']:5.3f}"
        out.print(f"{topic:{width}}  {quality['papers']:6}  {numbers}", markup=False)
    out.print("\nRight topic (row) and topic assigned (column)", style="bold")
    for line in confusion_picture(report["matrix"], out.width if out.is_terminal else None):
        out.print(line, markup=False)
    if report["confusions"]:
        out.print("\nCommonest mistakes", style="bold")
    for mistake in report["confusions"][:_COMMONEST]:
        out.print(f"{mistake['papers']:4}  {mistake['label']} → {mistake['assigned']}", markup=False)


def confusion_picture(matrix: Mapping[str, Mapping[str, int]], columns: int | None = None) -> list[str]:
    """A line for each right topic: how many of its papers went where; a column has the number of its row.

    Names are cut where the picture would be wider than `columns`.
    """
    topics = sorted({*matrix, *(topic for row in matrix.values() for topic in row)})
    cell = max(len(str(count)) for row in matrix.values() for count in (*row.values(), len(topics))) + 1
    width = max(len(topic) for topic in topics)
    if columns is not None:
        width = max(_SHORTEST_NAME, min(width, columns - 3 - cell * len(topics)))
    lines = [" " * (width + 3) + "".join(f"{number:{cell}}" for number in range(1, len(topics) + 1))]
    for number, topic in enumerate(topics, start=1):
        counts = (str(matrix.get(topic, {}).get(other, "·")) for other in topics)
        lines.append(f"{topic:{width}.{width}} {number:2}" + "".join(f"{count:>{cell}}" for count in counts))
    return lines
