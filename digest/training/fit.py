"""The recipe: how labelled papers, and many without labels, become a linear topic model.

1. A *teacher*, a linear support vector machine, is fitted to the labelled papers.
2. The teacher names a topic for every unlabelled paper, only among those its arXiv category allows
   (`digest.curation.categories`); of each topic the surest `SURE_PER_TOPIC` are kept, and all whose category leaves no
   choice: what the labelled papers hardly have, the teacher is sure of nowhere.
3. The *student*, of the same kind, is fitted to the labelled papers twice, with and without their categories, and to
   those it was told about, at `TOLD_WEIGHT` of a labelled paper's weight.
4. The `TERMS_KEPT` terms with the largest weights stay, and the student is fitted again to these alone.
5. Each topic's bias is moved by its offset (`digest.training.offsets`).

What the result is worth is measured in `digest.training.evaluate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.svm import LinearSVC

from digest.curation.categories import topics_of_category
from digest.errors import SettingsError
from digest.models import Paper
from digest.training.matrix import Vocabulary, build_vocabulary, unit_rows, without_categories

TEACHER_C, STUDENT_C = 0.5, 0.3
SURE_PER_TOPIC, TOLD_WEIGHT = 2000, 0.3
TERMS_KEPT = 16_000
LEAST_TOPICS = 3


@dataclass(frozen=True)
class LinearModel:
    """A fitted model; `weights` has a row a topic and a column a term."""

    topics: tuple[str, ...]
    vocabulary: Vocabulary
    weights: np.ndarray
    bias: np.ndarray

    def margins(self, papers: Sequence[Paper]) -> np.ndarray:
        """A row a paper, a column a topic."""
        return np.asarray(self.vocabulary.matrix(papers) @ self.weights.T + self.bias)

    def raised(self, offsets: np.ndarray) -> LinearModel:
        """The same with an offset added to each topic's bias."""
        return replace(self, bias=self.bias + offsets)


@dataclass(frozen=True)
class Corpus:
    """Papers to learn from, as matrices over one vocabulary; made once and used for every fold."""

    vocabulary: Vocabulary
    full: csr_matrix
    bare: csr_matrix
    """`full` without categories."""
    other: csr_matrix
    """The unlabelled papers, without categories."""
    allowed: np.ndarray
    """Which of `topics` the category of each unlabelled paper allows."""
    topics: tuple[str, ...]
    labels: np.ndarray

    def over(self, places: np.ndarray) -> Corpus:
        """The same over some terms only, every row of length 1 again."""
        parts = (self.full, self.bare, self.other)
        full, bare, other = (unit_rows(part[:, places]) for part in parts)
        narrowed = self.vocabulary.narrowed(places)
        return Corpus(narrowed, full, bare, other, self.allowed, self.topics, self.labels)


def build_corpus(labelled: Sequence[Paper], labels: Sequence[str], unlabelled: Sequence[Paper]) -> Corpus:
    """The matrices of all papers; `labels` are the primary topics of `labelled`.

    Raises:
        SettingsError: the labels name fewer than three topics.
    """
    if len(set(labels)) < LEAST_TOPICS:
        raise SettingsError("the labels of known papers name fewer than three topics; nothing can be learned from them")
    vocabulary = build_vocabulary(labelled, unlabelled)
    topics = tuple(sorted(set(labels)))
    allowed = np.array([_allowed(paper, topics) for paper in unlabelled], dtype=bool)
    return Corpus(
        vocabulary=vocabulary,
        full=vocabulary.matrix(labelled),
        bare=vocabulary.matrix(without_categories(labelled)),
        other=vocabulary.matrix(without_categories(unlabelled)),
        allowed=allowed.reshape(len(unlabelled), len(topics)),
        topics=topics,
        labels=np.array(labels),
    )


def fit(corpus: Corpus, rows: np.ndarray, terms_kept: int | None = TERMS_KEPT) -> LinearModel:
    """The model learned from the labelled papers at `rows` and all unlabelled ones; None keeps all terms."""
    first = _student(corpus, rows)
    if terms_kept is None:
        return LinearModel(tuple(first.classes_), corpus.vocabulary, first.coef_, first.intercept_)
    largest = np.abs(first.coef_).max(axis=0) * corpus.vocabulary.idf
    places = np.sort(np.argsort(-largest, kind="stable")[:terms_kept])
    narrowed = corpus.over(places)
    second = _student(narrowed, rows)
    return LinearModel(tuple(second.classes_), narrowed.vocabulary, second.coef_, second.intercept_)


def _student(corpus: Corpus, rows: np.ndarray) -> LinearSVC:
    labels = corpus.labels[rows]
    teacher = _machine(TEACHER_C).fit(corpus.full[rows], labels)
    told, named = _teach(teacher, corpus)
    seen = vstack([corpus.full[rows], corpus.bare[rows], corpus.other[told]])
    importance = np.concatenate([np.ones(2 * len(rows)), np.full(len(told), TOLD_WEIGHT)])
    return _machine(STUDENT_C).fit(seen, np.concatenate([labels, labels, named]), sample_weight=importance)


def _teach(teacher: LinearSVC, corpus: Corpus) -> tuple[np.ndarray, np.ndarray]:
    """The unlabelled papers that are learned from, and the topics the teacher gives them."""
    if not corpus.other.shape[0]:
        return np.array([], dtype=int), np.array([], dtype=corpus.labels.dtype)
    columns = [corpus.topics.index(topic) for topic in teacher.classes_]
    allowed = corpus.allowed[:, columns]
    margins = np.where(allowed, teacher.decision_function(corpus.other), -np.inf)
    named, margin = margins.argmax(axis=1), margins.max(axis=1)
    told = set(np.flatnonzero(allowed.sum(axis=1) == 1))
    for place in range(len(teacher.classes_)):
        mine = np.flatnonzero(named == place)
        told.update(mine[np.argsort(-margin[mine], kind="stable")[:SURE_PER_TOPIC]])
    chosen = np.array(sorted(told), dtype=int)
    return chosen, teacher.classes_[named[chosen]]


def _machine(strictness: float) -> LinearSVC:
    return LinearSVC(C=strictness, class_weight="balanced", random_state=0)


def _allowed(paper: Paper, topics: tuple[str, ...]) -> list[bool]:
    right = topics_of_category(paper.categories[0]) if paper.categories else frozenset()
    return [not right or topic in right for topic in topics]
