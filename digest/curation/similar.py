"""Papers like a paper: those that share its most telling words.

Cosine of TF-IDF rows over the terms of `digest.curation.terms` (title terms twice), cut to the `TELLING` most telling
terms of each paper, found through an inverted index. The inverse document frequency is that of the papers given, so
what everybody writes about this week tells little. Nothing here knows votes or topics.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from math import log
from typing import NamedTuple

from digest.curation.terms import PaperText, terms
from digest.curation.words import Passage
from digest.models import Paper

TELLING = 60
"""Terms of a paper that take part; more cost time and find the same papers."""
LEAST_LIKENESS = 0.1
"""Less alike than this is chance."""
_NAMED, _PAIR_SAYS_MORE = 3, 1.5


class Similar(NamedTuple):
    """A paper that is like another."""

    paper: str
    """Its id."""
    likeness: float
    """0 to 1."""
    why: str


class SimilarPapers:
    """An index of papers to find similar ones in."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        """Reads each paper once; of several with one id the last counts."""
        weighted = {paper.id: _weighted(PaperText(paper)) for paper in papers}
        frequency = Counter(term for weights in weighted.values() for term in weights)
        usual = 1 + len(weighted)
        self._rarity = {term: log(usual / (1 + count)) + 1 for term, count in frequency.items() if count > 1}
        self._holders: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for name, weights in weighted.items():
            for term, weight in self._row(weights).items():
                self._holders[term].append((name, weight))

    def like(self, paper: Paper, count: int = 5) -> tuple[Similar, ...]:
        """The `count` papers of the index most like `paper` (which need not be in it), most alike first."""
        return self._nearest(self._row(_weighted(PaperText(paper))), paper.id, count)

    def like_text(self, text: str, count: int = 5) -> tuple[Similar, ...]:
        """The papers most like some words, such as a topic's description."""
        return self._nearest(self._row(dict.fromkeys(terms(Passage(text)), 1.0)), "", count)

    def _nearest(self, row: dict[str, float], without: str, count: int) -> tuple[Similar, ...]:
        likeness: defaultdict[str, float] = defaultdict(float)
        shared: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
        for term, weight in row.items():
            for name, other in self._holders.get(term, ()):
                likeness[name] += weight * other
                shared[name].append((-weight * other * (_PAIR_SAYS_MORE if " " in term else 1.0), term))
        likeness.pop(without, None)
        near = [(value, name) for name, value in likeness.items() if value >= LEAST_LIKENESS]
        near.sort(key=lambda entry: (-entry[0], entry[1]))
        return tuple(Similar(name, round(value, 4), _why(shared[name])) for value, name in near[:count])

    def _row(self, weighted: dict[str, float]) -> dict[str, float]:
        """The most telling of the terms that more than one paper has, as a vector of length 1."""
        values = {term: weight * self._rarity[term] for term, weight in weighted.items() if term in self._rarity}
        kept = sorted(values.items(), key=lambda entry: (-entry[1], entry[0]))[:TELLING]
        length = sum(value * value for _, value in kept) ** 0.5
        return {term: value / length for term, value in kept}


def _weighted(text: PaperText) -> dict[str, float]:
    """The terms without the categories, which too many papers share."""
    return {term: 2.0 if term in text.title_terms else 1.0 for term in text.all_terms if ":" not in term}


def _why(shared: list[tuple[float, str]]) -> str:
    """The strongest shared terms; a word within a pair that is named already is not named again."""
    named: list[str] = []
    for _, term in sorted(shared):
        if not any(term in other or other in term for other in named):
            named.append(term)
        if len(named) == _NAMED:
            break
    return "both about " + ", ".join(f'"{term}"' for term in named)
