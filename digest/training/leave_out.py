"""What a topic file is worth for a topic nobody trained: each trained topic is left out in turn.

A model is fitted without any paper of the topic; what is left of the topic is a file with its title, its description
and its first `KEYWORDS` keywords. All judged papers are ranked by how sure `digest.curation.profile` is of them, none
by a model that has seen it, and by the keywords alone; the measure is average precision. The weights in
`digest.curation.profile` were fitted to what this gives for the other topics.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.metrics import average_precision_score
from sklearn.svm import LinearSVC

from digest.curation.model import TopicModel, parse_model
from digest.curation.profile import Profile
from digest.curation.rules import RuleBook, strength
from digest.curation.terms import PaperText
from digest.curation.vectors import WordVectors
from digest.models import Paper, Rules
from digest.training.evaluate import Judged
from digest.training.export import export
from digest.training.fit import TEACHER_C, Corpus, LinearModel

KEYWORDS = 5


def leave_each_out(corpus: Corpus, judged: Judged, vectors: WordVectors) -> dict[str, dict[str, float]]:
    """By topic, the average precision of `keywords` (found or not), `rules` (ranked by evidence) and `file`."""
    report = {}
    for topic in judged.topics:
        right = corpus.labels[: len(judged.papers)] == topic.slug
        if not right.any():
            continue
        file = replace(topic, rules=Rules(any=topic.rules.any[:KEYWORDS]))
        texts = [PaperText(paper) for paper in judged.papers]
        book = RuleBook([file])
        strengths = np.array([strength(book.judge(text).evidence.get(topic.slug, ())) for text in texts])
        sure = np.zeros(len(texts))
        for _, held_out in judged.folds(corpus.labels):
            model = _without(topic.slug, corpus, held_out)
            profile = Profile(file, model=model, vectors=vectors)
            sure[held_out] = _confidences(
                profile, model, vectors, [judged.papers[place] for place in held_out], strengths[held_out]
            )
        ranked = {"keywords": strengths > 0, "rules": strengths, "file": sure}
        report[topic.slug] = {
            name: round(float(average_precision_score(right, values)), 4) for name, values in ranked.items()
        }
    return report


def _without(slug: str, corpus: Corpus, held_out: np.ndarray) -> TopicModel:
    """A model that knows neither the topic nor the papers held out."""
    rows = np.setdiff1d(np.flatnonzero(corpus.labels != slug), held_out)
    machine = LinearSVC(C=TEACHER_C, class_weight="balanced", random_state=0).fit(
        corpus.full[rows], corpus.labels[rows]
    )
    fitted = LinearModel(tuple(machine.classes_), corpus.vocabulary, machine.coef_, machine.intercept_)
    return parse_model(json.loads(export(fitted, {})))


def _confidences(
    profile: Profile, model: TopicModel, vectors: WordVectors, papers: Sequence[Paper], strengths: np.ndarray
) -> list[float]:
    texts = [PaperText(paper) for paper in papers]
    return [
        profile.confidence(float(evidence), vectors.of(text), model.margins(text))
        for text, evidence in zip(texts, strengths, strict=True)
    ]
