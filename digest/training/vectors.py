"""The text of `word_vectors.json`: latent semantic analysis of all papers' words."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
from scipy.sparse import vstack
from sklearn.decomposition import TruncatedSVD

from digest.training.fit import Corpus
from digest.training.matrix import unit_rows

DIMENSIONS, WORDS, _LARGEST = 32, 8000, 999


def export_vectors(corpus: Corpus, provenance: Mapping[str, object]) -> str:
    """The most used single words, each at its place in `DIMENSIONS` dimensions times how telling it is."""
    words = np.array([place for place, term in enumerate(corpus.vocabulary.terms) if term.isalnum()])
    papers = unit_rows(vstack([corpus.bare, corpus.other]).tocsr()[:, words])
    use = np.asarray((papers > 0).sum(axis=0)).ravel()
    kept = np.sort(np.argsort(-use, kind="stable")[:WORDS])
    space = TruncatedSVD(min(DIMENSIONS, papers.shape[1]), random_state=0).fit(papers)
    places = space.components_.T[kept] * corpus.vocabulary.idf[words[kept], None]
    whole = np.rint(places / np.abs(places).max() * _LARGEST).astype(int)
    rows = (
        f"{json.dumps(corpus.vocabulary.terms[words[word]], ensure_ascii=False)}:"
        f"{json.dumps(row, separators=(',', ':'))}"
        for word, row in zip(kept, whole.tolist(), strict=True)
    )
    body = ",\n".join(rows)
    return f'{{"provenance": {json.dumps(dict(provenance))},\n"places": {{\n{body}\n}}}}\n'
