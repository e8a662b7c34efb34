"""The text of `word_vectors.json`: latent semantic analysis of all papers' terms, then learning from their titles.

At first a term's place is its direction in the space of the analysis. Its length is the square of its inverse document
frequency, times the root of its length in that space: unshortened, a few words that are in everything would decide
where a text lies. From there on it moves to where titles find their papers (`digest.training.titles`).
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping

import numpy as np
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.decomposition import TruncatedSVD

from digest.curation.vectors import ZERO
from digest.training.fit import Corpus
from digest.training.matrix import Vocabulary, unit_rows
from digest.training.titles import taught_by_titles

DIMENSIONS, TERMS = 128, 12_000
_LARGEST = 127
_TITLE_SHARE = 0.75
"""Between the value of a term elsewhere and twice that, of which it is a share."""
_WITHIN = 99.9
"""Per cent of the values that are written as they are; the few beyond are cut to `_LARGEST`."""


def export_vectors(corpus: Corpus, provenance: Mapping[str, object]) -> str:
    """The most used terms, each at its place in `DIMENSIONS` dimensions."""
    papers = vstack([corpus.bare, corpus.other]).tocsr()
    use = np.asarray((papers > 0).sum(axis=0)).ravel()
    telling = np.log((1 + papers.shape[0]) / (1 + use)) + 1
    papers = unit_rows(csr_matrix(papers @ diags(telling / corpus.vocabulary.idf)))
    dimensions = min(DIMENSIONS, papers.shape[1])
    space = TruncatedSVD(dimensions, random_state=0).fit(papers).components_.T
    kept = np.sort(np.argsort(-use, kind="stable")[: min(TERMS, (use > 0).sum())])
    lengths = np.maximum(np.linalg.norm(space[kept], axis=1, keepdims=True), np.finfo(float).tiny)
    places = space[kept] / np.sqrt(lengths) * telling[kept, None] ** 2
    titles, rests = parted(vstack([corpus.bare, corpus.other]).tocsr(), corpus.vocabulary)
    places = taught_by_titles(places, titles[:, kept], rests[:, kept])
    step = np.percentile(np.abs(places), _WITHIN) / _LARGEST
    whole = np.clip(np.rint(places / step), -_LARGEST, _LARGEST).astype(int) + ZERO
    rows = (
        f'{json.dumps(corpus.vocabulary.terms[term], ensure_ascii=False)}:"{b64encode(bytes(row)).decode("ascii")}"'
        for term, row in zip(kept, whole.tolist(), strict=True)
    )
    head = f'{{"provenance": {json.dumps(dict(provenance))},\n"dimensions": {dimensions},\n"places": {{\n'
    return head + ",\n".join(rows) + "\n}}\n"


def parted(papers: csr_matrix, vocabulary: Vocabulary) -> tuple[csr_matrix, csr_matrix]:
    """Which terms the titles of papers have, and which are elsewhere in them only.

    `Vocabulary.matrix` gives a term of the title twice the value of another.
    """
    counts = csr_matrix(papers @ diags(1 / vocabulary.idf))
    most = np.repeat(counts.max(axis=1).toarray().ravel(), np.diff(counts.indptr))
    in_title = csr_matrix((counts.data > _TITLE_SHARE * most, counts.indices, counts.indptr), shape=counts.shape)
    everywhere = (counts > 0).astype(float)
    titles = csr_matrix(everywhere.multiply(in_title))
    rests = csr_matrix(everywhere - titles)
    rests.eliminate_zeros()
    return titles, rests
