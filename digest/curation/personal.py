"""A reader's own order: within each section, papers like those they asked for more of come first.

Marked papers make a *taste*: the mean of those wanted minus half the mean of those not wanted, over the terms of
`digest.curation.terms` weighted by how telling the topic model found them (Rocchio 1971). A paper's place follows from
its score and `PULL` times its likeness to the taste. Sections keep all their papers and their place, so no topic
starves however one-sided the marks are. Which papers are in a digest is `digest.curation.digest`'s.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from digest.curation.model import load_model
from digest.curation.terms import PaperText
from digest.curation.wording import joined, worded
from digest.models import Digest, EditionPaper, Mark, Paper, Score, Section

PULL = 6.0
"""A likeness of 0.1, about that of two papers of one subject, outweighs 0.6 of score: nearly twice the upvotes."""
LESS = 0.5
NEWEST = 100
"""Marks that count; tastes change."""
LEAST_LIKENESS = 0.08
"""From here on a paper's place is explained by the marks."""
_TELLING, _TASTE = 60, 400
"""Terms of a paper, and of a taste, that take part."""
_PAIR_SAYS_MORE, _SINGLE_WORD_KEPT = 1.5, 2
_RAREST = 8.0
"""How telling a term is that the model does not know."""

_MODEL = " model"
"""No term has it, and hardly a subject is named without it where it follows."""

_REMEMBERED = 4_000
"""Papers whose terms are remembered; then they are forgotten, for every reader may bring their own."""


class _Row(NamedTuple):
    """A paper as a vector of length 1."""

    terms: tuple[str, ...]
    values: array[float]


class Taste(NamedTuple):
    """What a reader likes: a vector of length 1 over terms."""

    weights: dict[str, float]
    kept: frozenset[str]
    """The ids of the papers they want more of."""
    having: Counter[str]
    """How many of these have each term."""

    def likeness(self, row: _Row) -> float:
        """The cosine with a paper, -1 to 1."""
        weights = self.weights
        return sum(value * weights[term] for term, value in zip(*row, strict=True) if term in weights)

    def shared(self, paper: Paper, row: _Row) -> list[tuple[str, int]]:
        """The terms for which a paper is raised, and how many other papers kept have each; what says most is first."""
        mine = 1 if paper.id in self.kept else 0
        gains = []
        for term, value in zip(*row, strict=True):
            count, weight = self.having[term] - mine, self.weights.get(term, 0.0)
            if weight > 0 and count >= (1 if " " in term else _SINGLE_WORD_KEPT):
                gains.append((-value * weight * count * (_PAIR_SAYS_MORE if " " in term else 1.0), term, count))
        return [(term, count) for _, term, count in sorted(gains)]


class PersonalOrder:
    """Arranges digests for readers; what it read of a paper it remembers, since readers have papers in common."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], _Row] = {}
        self._wordings: dict[tuple[str, str, str], str] = {}

    def arrange(self, digest: Digest, marks: Sequence[Mark]) -> Digest:
        """The digest with the papers of each section in the reader's order, and the reason where that raises one.

        Without a paper they want more of, nor one they want less of, it is the same digest.
        """
        taste = self.taste(marks)
        if not taste.weights:
            return digest
        return replace(digest, sections=tuple(self._arranged(section, taste) for section in digest.sections))

    def taste(self, marks: Sequence[Mark]) -> Taste:
        """The taste that marks speak of; the newest `NEWEST` count."""
        newest = sorted(marks, key=lambda mark: (mark.at, mark.paper.id))[-NEWEST:]
        more, less = ([self._row(mark.paper) for mark in newest if mark.wish == wish] for wish in ("more", "less"))
        totals: dict[str, float] = {}
        _add(totals, more, 1.0)
        _add(totals, less, -LESS * (len(more) or 1) / (len(less) or 1))  # of two means the length does not matter
        having: Counter[str] = Counter()
        for row in more:
            having.update(row.terms)
        kept = frozenset(mark.paper.id for mark in newest if mark.wish == "more")
        strongest = _strongest(totals, _TASTE)
        length = sum(value * value for _, value in strongest) ** 0.5
        return Taste({term: value / length for term, value in strongest} if length else {}, kept, having)

    def _arranged(self, section: Section, taste: Taste) -> Section:
        placed = []
        for entry in section.papers:
            row = self._row(entry.paper)
            likeness = taste.likeness(row)
            why = self._why(entry.paper, row, taste) if likeness >= LEAST_LIKENESS else ""
            placed.append((-(entry.score.value + PULL * likeness), entry.paper.id, _explained(entry, why)))
        placed.sort(key=lambda place: place[:2])
        return replace(section, papers=tuple(entry for *_, entry in placed))

    def _why(self, paper: Paper, row: _Row, taste: Taste) -> str:
        """The reason a paper is raised, in one line; empty when nothing kept shares a term that says something."""
        shared = dict(taste.shared(paper, row))
        for term, count in shared.items():
            longer = (joined(term, other) for other, also in shared.items() if also == count)
            names = (f"{name}{last}" for name in (*filter(None, longer), term) for last in (_MODEL, ""))
            written = (self._wording(name, paper) for name in names)
            if wording := next(filter(None, written), ""):
                return f"because you kept {'a paper' if count == 1 else f'{count} papers'} on {wording}"
        return ""

    def _wording(self, term: str, paper: Paper) -> str:
        """A term as the paper writes it; empty where its words only follow each other, as around a colon."""
        key = (term, paper.id, paper.title)
        if key not in self._wordings:
            if len(self._wordings) >= _REMEMBERED:
                self._wordings.clear()
            self._wordings[key] = worded(term, [paper])
        return self._wordings[key]

    def _row(self, paper: Paper) -> _Row:
        known = self._rows.get((paper.id, paper.title))
        if known is None:
            if len(self._rows) >= _REMEMBERED:
                self._rows.clear()
            known = self._rows[paper.id, paper.title] = _row_of(paper)
        return known


def _add(totals: dict[str, float], rows: Sequence[_Row], weight: float) -> None:
    """Add `weight` times each of `rows`, term by term."""
    known = totals.get
    for row in rows:
        for term, value in zip(*row, strict=True):
            totals[term] = known(term, 0.0) + weight * value


def _strongest(totals: Mapping[str, float], most: int) -> list[tuple[str, float]]:
    """The terms that weigh most, for or against, alike ones by name; only those near the limit are compared in full."""
    least = sorted(map(abs, totals.values()), reverse=True)[:most][-1:] or [0.0]
    strong = [entry for entry in totals.items() if abs(entry[1]) >= least[0]]
    return sorted(strong, key=lambda entry: (-abs(entry[1]), entry[0]))[:most]


def _explained(entry: EditionPaper, why: str) -> EditionPaper:
    if not why:
        return entry
    return replace(entry, score=Score(value=entry.score.value, why=f"{entry.score.why}; {why}".removeprefix("; ")))


def _row_of(paper: Paper) -> _Row:
    """The most telling terms of a paper as a vector of length 1; title terms count twice."""
    text = PaperText(paper)
    known = load_model().rows
    values = {
        term: _rarity(term) * (2.0 if term in text.title_terms else 1.0)
        for term in text.all_terms
        if ":" not in term and (term in known or term in text.title_terms)
    }
    kept = sorted(values.items(), key=lambda entry: (-entry[1], entry[0]))[:_TELLING]
    length = sum(value * value for _, value in kept) ** 0.5
    terms = tuple([intern(term) for term, _ in kept])  # papers of one subject have most of them in common
    return _Row(terms, array("d", [value / length for _, value in kept]))


@lru_cache(maxsize=20_000)
def _rarity(term: str) -> float:
    """How telling a term is: its inverse document frequency as the topic model found it."""
    model = load_model()
    return (model.row(term)[-1] * model.square_unit) ** 0.5 if term in model.rows else _RAREST
