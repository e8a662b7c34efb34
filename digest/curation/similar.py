"""Papers like a paper: those that share its telling words, and of these those about the same.

Cosine of TF-IDF rows (title terms twice), cut to the `TELLING` most telling terms of each paper, found through an
inverted index. The inverse document frequency is that of the papers given, so what everybody writes about this week
tells little. A term that says much about any subject, by the topic model's weights, counts up to ten times one that
says nothing (`usually`); of those the model does not know, pairs of words count only in a title. The `LOOKED_AT`
nearest are then ordered with a quarter of their likeness as points in the space of `digest.curation.vectors`. Nothing
here knows votes or topics. docs/quality.md has what it is worth.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from heapq import nsmallest
from math import log
from operator import itemgetter, mul
from typing import NamedTuple

from digest.curation.model import load_model
from digest.curation.terms import PaperText
from digest.curation.vectors import load_vectors
from digest.curation.wording import joined, worded
from digest.models import Paper

TELLING = 100
"""Terms of a paper that take part; with fewer the nearest are less alike, more only cost time."""
LOOKED_AT = 50
"""Papers that the words find, among which the order is decided."""
MEANING = 0.25
"""Weight of two papers' places beside that of their words."""
LEAST_LIKENESS = 0.2
"""Of the papers less alike than this every other one is about something else."""
_NAMED, _PAIR_SAYS_MORE = 3, 1.5
_SAYS_LITTLE, _SAYS_MUCH, _UNKNOWN_SAYS = 0.2, 2.0, 0.5
_USUAL = 1.72
"""What the topic model says of a term that counts once (`digest.curation.model.TopicModel.says`)."""


class Similar(NamedTuple):
    """A paper that is like another."""

    paper: str
    """Its id."""
    likeness: float
    """0 to 1; above 0.3 nearly all are of one subject."""
    why: str


class SimilarPapers:
    """An index of papers to find similar ones in."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        """Reads each paper once; of several with one id the last counts."""
        self._papers = {paper.id: paper for paper in papers}
        weighted = {name: _weighted(PaperText(paper)) for name, paper in self._papers.items()}
        frequency = Counter(term for weights in weighted.values() for term in weights)
        usual = 1 + len(weighted)
        self._rarity = {term: log(usual / (1 + count)) + 1 for term, count in frequency.items() if count > 1}
        self._holders: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for name, weights in weighted.items():
            for term, weight in self._row(weights).items():
                self._holders[term].append((name, weight))

    def like(self, paper: Paper, count: int = 5) -> tuple[Similar, ...]:
        """The `count` papers of the index most like `paper` (which need not be in it), most alike first."""
        row = self._row(_weighted(PaperText(paper)))
        words: defaultdict[str, float] = defaultdict(float)
        for term, weight in row.items():
            for name, other in self._holders.get(term, ()):
                words[name] += weight * other
        words.pop(paper.id, None)
        vectors = load_vectors()
        place, near = vectors.of(PaperText(paper)), []
        for name in nsmallest(max(count, LOOKED_AT), words, key=lambda name: (-words[name], name)):
            beside = sum(map(mul, place, vectors.of(PaperText(self._papers[name]))))  # their cosine; 0 if one is empty
            alike = (words[name] + MEANING * beside) / (1 + MEANING)
            if alike >= LEAST_LIKENESS:
                near.append((-alike, name))
        return tuple(
            Similar(name, round(-alike, 4), self._why(paper, row, name)) for alike, name in sorted(near)[:count]
        )

    def _row(self, weighted: dict[str, float]) -> dict[str, float]:
        """The most telling of the terms that more than one paper has, as a vector of length 1."""
        values = {term: weight * self._rarity[term] for term, weight in weighted.items() if term in self._rarity}
        kept = sorted(values.items(), key=lambda entry: (-entry[1], entry[0]))[:TELLING]
        length = sum(value * value for _, value in kept) ** 0.5
        return {term: value / length for term, value in kept}

    def _why(self, paper: Paper, row: dict[str, float], name: str) -> str:
        """The strongest shared terms as the two write them, pairs that overlap as one.

        A word within a pair that is named already is not named again, nor a number, nor words around a bracket.
        """
        other = self._papers[name]
        theirs = self._row(_weighted(PaperText(other)))
        strength = {
            term: row[term] * theirs[term] * (_PAIR_SAYS_MORE if " " in term else 1.0) for term in row.keys() & theirs
        }
        ordered = sorted(strength, key=lambda term: (-strength[term], term))
        named: dict[str, str] = {}
        for term in [term for term in ordered if not _has_number(term)] or ordered:
            if any(term in known or known in term for known in named):
                continue
            phrases = ((known, joined(known, term)) for known in named)
            longer = ((known, worded(phrase, [paper, other])) for known, phrase in phrases if phrase)
            known, wording = next(filter(itemgetter(1), longer), (term, ""))
            if wording or (len(named) < _NAMED and (wording := worded(term, [paper, other]))):
                named[known] = wording
        return "both about " + ", ".join(f'"{wording}"' for wording in named.values())


def _weighted(text: PaperText) -> dict[str, float]:
    """The terms that take part; not the categories, which too many papers share."""
    weighted = {}
    for term in text.all_terms:
        in_title, says = term in text.title_terms, _says(term)
        if ":" not in term and (in_title or says is not None or " " not in term):
            usual = 1.0 if in_title else _UNKNOWN_SAYS
            weighted[term] = (2.0 if in_title else 1.0) * (usual if says is None else says)
    return weighted


@lru_cache(maxsize=65_536)
def _says(term: str) -> float | None:
    """How much a term says about a subject, within bounds; None when the topic model does not know it."""
    said = load_model().says(term)
    return None if said is None else min(_SAYS_MUCH, max(_SAYS_LITTLE, said / _USUAL))


def _has_number(term: str) -> bool:
    return any(word.isdigit() for word in term.split())
