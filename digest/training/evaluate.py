"""What the recipe is worth on papers it has not seen, beside two simpler ways, and how much more labels would help.

Only the papers of `judged` are ever predicted, each by a model that has not seen it; further labelled papers are
learned from in every fold and never judged.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from digest.curation.rules import RuleBook, strength
from digest.curation.terms import PaperText
from digest.curation.topics import RULE_WEIGHT, SHARPNESS
from digest.models import OTHER, Paper, Topic
from digest.training.fit import TERMS_KEPT, Corpus, fit
from digest.training.offsets import fit_offsets

FOLDS = 5


@dataclass(frozen=True)
class Judged:
    """The labelled papers that are predicted: those at the first places of the corpus."""

    papers: Sequence[Paper]
    topics: Sequence[Topic]
    seed: int = 0

    def folds(self, labels: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Learn from, and judge, with every topic in the same share; places within the judged papers."""
        count = len(self.papers)
        cut = StratifiedKFold(FOLDS, shuffle=True, random_state=self.seed)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The least populated class")
            yield from cut.split(np.zeros(count), labels[:count])


def cross_validated_margins(corpus: Corpus, judged: Judged, share: float = 1.0) -> np.ndarray:
    """Margins of the judged papers, by models fitted to `share` of all the other labelled papers.

    With a share below 1 all terms are kept, which takes half as long and changes the third digit.
    """
    count = len(judged.papers)
    rows = np.arange(len(corpus.labels))
    margins = np.full((count, len(corpus.topics)), -np.inf)
    chance = np.random.default_rng(judged.seed).random(len(rows))
    for _, held_out in judged.folds(corpus.labels):
        seen = np.setdiff1d(rows[chance < share], held_out)
        model = fit(corpus, seen, TERMS_KEPT if share == 1.0 else None)
        columns = [corpus.topics.index(topic) for topic in model.topics]
        margins[np.ix_(held_out, np.array(columns))] = model.margins([judged.papers[place] for place in held_out])
    return margins


def rule_strengths(judged: Judged, names: tuple[str, ...]) -> np.ndarray:
    """What the topic files' rules say, in the order of `names`."""
    book = RuleBook(judged.topics)
    found = [book.judge(PaperText(paper)).evidence for paper in judged.papers]
    return np.array([[strength(evidence.get(name, ())) for name in names] for evidence in found])


def with_offsets(corpus: Corpus, judged: Judged, margins: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    """Cross-validated margins with the topics' offsets, those of each fold from the labels of the others."""
    right = columns_of(corpus, len(judged.papers))
    raised = margins.copy()
    for seen, held_out in judged.folds(corpus.labels):
        raised[held_out] += fit_offsets(margins[seen], strengths[seen], right[seen])
    return raised


def columns_of(corpus: Corpus, count: int) -> np.ndarray:
    """The column of its topic for each of the first `count` papers."""
    return np.array([corpus.topics.index(label) for label in corpus.labels[:count]])


def by_rules(judged: Judged, names: tuple[str, ...]) -> list[str]:
    """Keyword rules alone."""
    strengths = rule_strengths(judged, names)
    return [names[row.argmax()] if row.max() > 0 else OTHER for row in strengths]


def by_plain_tfidf(corpus: Corpus, judged: Judged) -> list[str]:
    """The usual first attempt: TF-IDF of title and abstract, linear support vector machine, judged papers only."""
    texts = [f"{paper.title}\n{paper.abstract}" for paper in judged.papers]
    labels = corpus.labels[: len(texts)]
    predicted = labels.copy()
    for seen, held_out in judged.folds(corpus.labels):
        words = TfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=(1, 2), stop_words="english")
        matrix = words.fit_transform([texts[place] for place in seen])
        machine = LinearSVC(random_state=0).fit(matrix, labels[seen])
        predicted[held_out] = machine.predict(words.transform([texts[place] for place in held_out]))
    return [str(topic) for topic in predicted]


def probabilities(margins: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    """What `digest.curation.topics` makes of them."""
    raised = np.exp(SHARPNESS * (margins + RULE_WEIGHT * strengths))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def calibration_error(sure: np.ndarray, hit: np.ndarray) -> float:
    """Expected calibration error over ten bins: how far confidence is from the share that is right, on average."""
    bins = np.clip((sure * 10).astype(int), 0, 9)
    gaps = [abs(sure[bins == place].mean() - hit[bins == place].mean()) * (bins == place).mean() for place in set(bins)]
    return float(sum(gaps))
