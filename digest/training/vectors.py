"""The text of `word_vectors.json`: latent semantic analysis of all papers' terms.

A term's place is its direction in the space of the analysis. Its length is the square of its inverse document
frequency, times the root of its length in that space: unshortened, a few words that are in everything would decide
where a text lies.
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
from digest.training.matrix import unit_rows

DIMENSIONS, TERMS = 96, 12_000
_LARGEST = 127
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
    step = np.percentile(np.abs(places), _WITHIN) / _LARGEST
    whole = np.clip(np.rint(places / step), -_LARGEST, _LARGEST).astype(int) + ZERO
    rows = (
        f'{json.dumps(corpus.vocabulary.terms[term], ensure_ascii=False)}:"{b64encode(bytes(row)).decode("ascii")}"'
        for term, row in zip(kept, whole.tolist(), strict=True)
    )
    head = f'{{"provenance": {json.dumps(dict(provenance))},\n"dimensions": {dimensions},\n"places": {{\n'
    return head + ",\n".join(rows) + "\n}}\n"
