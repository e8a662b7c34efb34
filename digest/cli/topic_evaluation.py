"""`digest topics evaluate`: how well the classifier agrees with labels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from digest.cli.given import Papers, given_papers
from digest.cli.state import State, state_of
from digest.errors import NotFoundError, SettingsError

_COMMONEST = 10


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
    mean over the topics with five labelled papers at least. An id without a scheme is an arXiv id.

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

    labels = parse_labels(read_text(file), file.name)
    site = state.site()
    check_topics(labels, (topic.slug for topic in site.topics()), file.name)
    if papers:
        known = given_papers(state, site, papers)
        examples = {alias: paper for paper in known for alias in paper.aliases}
        report = evaluate_topics(Classifier(site.topics(), examples), known, labels)
    else:
        with state.store(site) as store:
            found = store.papers_by_alias(labels)
            report = evaluate_topics(classifier_of(store, site), found.values(), labels)
    if not report["papers"]:
        raise NotFoundError(f"{file}: none of its {len(labels)} papers is known; read them, or name them with --papers")
    return report


def _by_category(state: State, file: Path) -> dict[str, Any]:
    from digest.curation.accuracy import evaluate_by_category
    from digest.curation.topics import Classifier

    site = state.site()
    report = evaluate_by_category(Classifier(site.topics()), given_papers(state, site, [str(file)]))
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
    out = state.out
    topics = report["per_topic"]
    out.print(
        f"accuracy {report['accuracy']:.3f}   acceptable {report['acceptable']:.3f}   "
        f"macro-F1 {report['macro_f1']:.3f}   {report['papers']} papers"
    )
    if report["without_paper"]:
        state.err.print(f"{report['without_paper']} labels name papers that are not known", style="yellow")
    width = max(len(topic) for topic in topics)
    out.print(f"\n{'':{width}}  papers  precision  recall     F1", style="bold")
    for topic, quality in sorted(topics.items(), key=lambda entry: (-entry[1]["papers"], entry[0])):
        numbers = f"{quality['precision']:9.3f}  {quality['recall']:6.3f}  {quality['f1']:5.3f}"
        out.print(f"{topic:{width}}  {quality['papers']:6}  {numbers}", markup=False)
    out.print("\nRight topic (row) and topic assigned (column)", style="bold")
    for line in confusion_picture(report["matrix"]):
        out.print(line, markup=False)
    if report["confusions"]:
        out.print("\nCommonest mistakes", style="bold")
    for mistake in report["confusions"][:_COMMONEST]:
        out.print(f"{mistake['papers']:4}  {mistake['label']} → {mistake['assigned']}", markup=False)


def confusion_picture(matrix: Mapping[str, Mapping[str, int]]) -> list[str]:
    """A line for each right topic: how many of its papers went where; a column has the number of its row."""
    topics = sorted({*matrix, *(topic for row in matrix.values() for topic in row)})
    width = max(len(topic) for topic in topics)
    cell = max(len(str(count)) for row in matrix.values() for count in (*row.values(), len(topics))) + 1
    lines = [" " * (width + 3) + "".join(f"{number:{cell}}" for number in range(1, len(topics) + 1))]
    for number, topic in enumerate(topics, start=1):
        counts = (str(matrix.get(topic, {}).get(other, "·")) for other in topics)
        lines.append(f"{topic:{width}} {number:2}" + "".join(f"{count:>{cell}}" for count in counts))
    return lines
