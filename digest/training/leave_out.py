"""What a topic file is worth for a topic nobody trained: each trained topic is left out in turn.

A model is fitted without any paper of the topic; what is left of the topic is a file with its title, its description
and five of its keywords. All judged papers are ranked by how well they fit that file, none by a model that has seen it,
and by the keywords alone; the measure is average precision. The weights in `digest.curation.profile` come from
`fitted_weights`; the report is made with weights fitted to the other topics only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.svm import LinearSVC

from digest.curation.model import TopicModel, parse_model
from digest.curation.profile import Fit, Profile
from digest.curation.rules import RuleBook, strength
from digest.curation.terms import PaperText
from digest.curation.vectors import WordVectors
from digest.models import Rules, Topic
from digest.training.evaluate import Judged
from digest.training.export import export
from digest.training.fit import TEACHER_C, Corpus, LinearModel

KEYWORDS = 5
_RIDGE = 100.0


@dataclass(frozen=True)
class LeftOut:
    """All judged papers as one topic's file sees them."""

    right: np.ndarray
    """Which of them are of the topic."""
    fits: np.ndarray
    """A row a paper, a column for each value of `Fit`."""

    @property
    def strengths(self) -> np.ndarray:
        """The evidence of the keywords."""
        return self.fits[:, Fit._fields.index("strength")]


def leave_each_out(corpus: Corpus, judged: Judged, vectors: WordVectors, first_keyword: int = 0) -> dict[str, LeftOut]:
    """By topic, what a file with `KEYWORDS` of its keywords, from the one at `first_keyword`, makes of the papers."""
    texts = [PaperText(paper) for paper in judged.papers]
    places = [vectors.of(text) for text in texts]
    left_out = {}
    for topic in judged.topics:
        right = corpus.labels[: len(texts)] == topic.slug
        if not right.any():
            continue
        file = replace(topic, rules=Rules(any=topic.rules.any[first_keyword : first_keyword + KEYWORDS]))
        strengths = _strengths(file, texts)
        fits = np.zeros((len(texts), len(Fit._fields)))
        for _, held_out in judged.folds(corpus.labels):
            model = _without(topic.slug, corpus, held_out)
            profile = Profile(file, model=model, vectors=vectors)
            for place in held_out:
                margins = model.margins(texts[place])
                fits[place] = profile.fit(float(strengths[place]), places[place], margins)
        left_out[topic.slug] = LeftOut(right, fits)
    return left_out


def average_precisions(left_out: Mapping[str, LeftOut]) -> dict[str, dict[str, float]]:
    """By topic, the average precision of `keywords` (found or not), `rules` (ranked by evidence) and `file`."""
    report = {}
    for slug, mine in left_out.items():
        machine = _weighing([other for name, other in left_out.items() if name != slug])
        sure = machine.predict_proba(mine.fits)[:, 1]
        ranked = {"keywords": mine.strengths > 0, "rules": mine.strengths, "file": sure}
        report[slug] = {
            name: round(float(average_precision_score(mine.right, values)), 4) for name, values in ranked.items()
        }
    return report


def fitted_weights(left_out: Mapping[str, LeftOut]) -> tuple[Fit, float]:
    """The weights and the intercept that tell the papers of all topics from the others best."""
    machine = _weighing(list(left_out.values()))
    return Fit(*(round(float(value), 1) for value in machine.coef_[0])), round(float(machine.intercept_[0]), 1)


def _weighing(left_out: Sequence[LeftOut]) -> LogisticRegression:
    """Every topic counts the same, and so do its papers and all others, but that these are so many times as many."""
    fits = np.concatenate([one.fits for one in left_out])
    right = np.concatenate([one.right for one in left_out])
    papers = np.concatenate([np.where(one.right, 1 / one.right.sum(), 1 / (~one.right).sum()) for one in left_out])
    usual = right.mean()
    return LogisticRegression(C=_RIDGE).fit(
        fits, right, sample_weight=papers * np.where(right, usual, 1 - usual) * len(right) / len(left_out)
    )


def _strengths(file: Topic, texts: Sequence[PaperText]) -> np.ndarray:
    book = RuleBook([file])
    return np.array([strength(book.judge(text).evidence.get(file.slug, ())) for text in texts])


def _without(slug: str, corpus: Corpus, held_out: np.ndarray) -> TopicModel:
    """A model that knows neither the topic nor the papers held out."""
    rows = np.setdiff1d(np.flatnonzero(corpus.labels != slug), held_out)
    machine = LinearSVC(C=TEACHER_C, class_weight="balanced", random_state=0).fit(
        corpus.full[rows], corpus.labels[rows]
    )
    weights, bias = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:  # noqa: PLR2004 - one boundary between two topics has two sides
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    fitted = LinearModel(tuple(machine.classes_), corpus.vocabulary, weights, bias)
    return parse_model(json.loads(export(fitted, {})))
