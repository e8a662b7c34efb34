"""Papers as sparse TF-IDF rows, with exactly the terms and values that `digest.curation.model` sees at run time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.preprocessing import normalize

from digest.curation.terms import PaperText
from digest.models import Paper

LABELLED_AT_LEAST, UNLABELLED_AT_LEAST = 2, 25
"""A term is learned from when this many labelled, or this many other papers have it."""


def unit_rows(matrix: csr_matrix) -> csr_matrix:
    """Every row of length 1."""
    return normalize(matrix).tocsr() if matrix.shape[0] else matrix.tocsr()


@dataclass(frozen=True)
class Vocabulary:
    """The terms learned from, and how telling each is."""

    terms: tuple[str, ...]
    idf: np.ndarray

    def matrix(self, papers: Sequence[Paper]) -> csr_matrix:
        """One row of length 1 a paper; a title term has twice the value of another before scaling."""
        column = {term: place for place, term in enumerate(self.terms)}
        values: list[float] = []
        columns: list[int] = []
        ends = [0]
        for paper in papers:
            text = PaperText(paper)
            for term in text.all_terms:
                if (place := column.get(term)) is not None:
                    columns.append(place)
                    values.append(2.0 if term in text.title_terms else 1.0)
            ends.append(len(columns))
        counts = csr_matrix((values, columns, ends), shape=(len(papers), len(self.terms)))
        return unit_rows(counts @ diags(self.idf))

    def narrowed(self, places: np.ndarray) -> Vocabulary:
        """The same with only the terms at `places`."""
        return Vocabulary(tuple(self.terms[place] for place in places), self.idf[places])


def build_vocabulary(labelled: Sequence[Paper], unlabelled: Iterable[Paper]) -> Vocabulary:
    """The terms frequent enough in either; the inverse document frequency is that of the labelled papers."""
    frequency = Counter(term for paper in labelled for term in PaperText(paper).all_terms)
    elsewhere = Counter(term for paper in unlabelled for term in PaperText(paper).all_terms)
    known = {term for term, count in frequency.items() if count >= LABELLED_AT_LEAST}
    known |= {term for term, count in elsewhere.items() if count >= UNLABELLED_AT_LEAST}
    terms = tuple(sorted(known))
    counts = np.array([frequency[term] for term in terms])
    return Vocabulary(terms, np.log((1 + len(labelled)) / (1 + counts)) + 1)


def without_categories(papers: Iterable[Paper]) -> list[Paper]:
    """The same papers as a source without categories would give them."""
    return [replace(paper, categories=()) for paper in papers]
