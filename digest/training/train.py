"""`digest topics train`: from labelled papers to the two files of the topic model, with the numbers that judge them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from digest.curation.accuracy import judge
from digest.curation.labels import Label
from digest.curation.vectors import parse_vectors
from digest.models import Paper, Topic
from digest.training.evaluate import (
    FOLDS,
    Judged,
    by_plain_tfidf,
    by_rules,
    calibration_error,
    columns_of,
    cross_validated_margins,
    probabilities,
    rule_strengths,
    with_offsets,
)
from digest.training.export import export
from digest.training.fit import Corpus, build_corpus, fit
from digest.training.leave_out import average_precisions, leave_each_out
from digest.training.offsets import fit_offsets
from digest.training.vectors import export_vectors

CURVE = (0.1, 0.25, 0.5, 0.75)
"""The shares of the labels of which the learning curve is made, besides all of them."""


@dataclass(frozen=True)
class Material:
    """What there is to learn from."""

    papers: Mapping[str, Paper]
    """By id."""
    judged: Mapping[str, Label]
    """The labels that results are measured on."""
    further: Mapping[str, Label]
    """Labels that are only learned from; of a paper with both, the judged one holds."""
    unlabelled: Sequence[Paper]
    """Papers with categories and no label."""

    @property
    def labels(self) -> dict[str, Label]:
        """All labels whose paper is known, the judged ones first."""
        both = {**self.judged, **{name: label for name, label in self.further.items() if name not in self.judged}}
        return {name: label for name, label in both.items() if name in self.papers}


@dataclass(frozen=True)
class Trained:
    """The texts of `topic_model.json` and `word_vectors.json`, and the report on what they are worth."""

    model: str
    vectors: str
    report: dict[str, dict[str, object]]
    left_out: dict[str, dict[str, float]]
    """By topic, the average precision of its keywords and of its file for a model that was never taught it."""


def train(
    material: Material, topics: Sequence[Topic], *, trained_on: date, progress: Callable[[str], None] = lambda _: None
) -> Trained:
    """What is learned, and the same numbers for the recipe, for rules and for plain TF-IDF.

    Takes minutes. The same material gives the same file.
    """
    labels = material.labels
    progress(f"reading {len(labels)} labelled and {len(material.unlabelled)} other papers")
    corpus = build_corpus(
        [material.papers[name] for name in labels],
        [label.primary for label in labels.values()],
        material.unlabelled,
    )
    names = [name for name in labels if name in material.judged]
    judged = Judged([material.papers[name] for name in names], topics)
    strengths = rule_strengths(judged, corpus.topics)
    margins = _margins(corpus, judged, progress)
    report = _report(corpus, judged, {name: labels[name] for name in names}, strengths, margins)
    progress("fitting to all labels")
    offsets = fit_offsets(margins[1.0], strengths, columns_of(corpus, len(names)))
    model = fit(corpus, np.arange(len(labels))).raised(offsets)
    measured = report["model and rules"]
    provenance = {
        "made_by": "digest topics train",
        "trained_on": trained_on.isoformat(),
        "labelled_papers": len(labels),
        "other_papers": len(material.unlabelled),
        "terms": len(model.vocabulary.terms),
        "cross_validated": {key: measured[key] for key in ("papers", "accuracy", "acceptable", "macro_f1")},
    }
    vectors = export_vectors(corpus, provenance)
    progress("leaving each topic out")
    left_out = average_precisions(leave_each_out(corpus, judged, parse_vectors(vectors)))
    return Trained(export(model, provenance), vectors, report, left_out)


def _margins(corpus: Corpus, judged: Judged, progress: Callable[[str], None]) -> dict[float, np.ndarray]:
    """Cross-validated margins by the share of the labels that was learned from."""
    margins = {}
    for share in (*CURVE, 1.0):
        progress(f"cross-validating in {FOLDS} folds with {share:.0%} of the labels")
        margins[share] = cross_validated_margins(corpus, judged, share)
    return margins


def _report(
    corpus: Corpus,
    judged: Judged,
    labels: Mapping[str, Label],
    strengths: np.ndarray,
    margins: Mapping[float, np.ndarray],
) -> dict[str, dict[str, object]]:
    def judge_all(predicted: Sequence[str]) -> dict[str, object]:
        return judge(dict(zip(labels, predicted, strict=True)), labels)

    report = {
        "rules": judge_all(by_rules(judged, corpus.topics)),
        "plain TF-IDF": judge_all(by_plain_tfidf(corpus, judged)),
    }
    for share, plain in margins.items():
        raised = with_offsets(corpus, judged, plain, strengths)
        sure = probabilities(raised, strengths)
        suffix = "" if share == 1.0 else f", {share:.0%} of the labels"
        report[f"model{suffix}"] = judge_all([corpus.topics[place] for place in raised.argmax(axis=1)])
        combined = judge_all([corpus.topics[place] for place in sure.argmax(axis=1)])
        hit = sure.argmax(axis=1) == columns_of(corpus, len(labels))
        report[f"model and rules{suffix}"] = combined | {
            "calibration_error": round(calibration_error(sure.max(axis=1), hit), 4)
        }
    return report
