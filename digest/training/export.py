"""A fitted model as the file that `digest.curation.model` reads: whole numbers, one line a term, sorted."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np

from digest.training.fit import LinearModel

_LARGEST = 255
"""The largest whole number of a row; finer steps change no assignment in a hundred."""


def export(model: LinearModel, provenance: Mapping[str, object]) -> str:
    """The text of `topic_model.json`."""
    idf = model.vocabulary.idf
    weights = model.weights * idf
    weight_unit = float(np.abs(weights).max() / _LARGEST)
    square_unit = float((idf**2).max() / _LARGEST)
    whole = np.rint(weights / weight_unit).astype(int).T
    squares = np.rint(idf**2 / square_unit).astype(int)
    head = {
        "provenance": dict(provenance),
        "topics": list(model.topics),
        "bias": [round(float(value), 5) for value in model.bias],
        "weight_unit": weight_unit,
        "square_unit": square_unit,
    }
    numbers = (" ".join(map(str, (*row, square))) for row, square in zip(whole.tolist(), squares.tolist(), strict=True))
    rows = (
        f'{json.dumps(term, ensure_ascii=False)}:"{row}"'
        for term, row in zip(model.vocabulary.terms, numbers, strict=True)
    )
    body = ",\n".join(rows)
    return f'{json.dumps(head, indent=1)[:-2]},\n "rows": {{\n{body}\n}}}}\n'
