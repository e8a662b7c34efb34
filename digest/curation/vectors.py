"""Words as points, so that texts can be alike that share no word.

Each word of `word_vectors.json` has a place in a space of few dimensions, learned offline from which words stand
together in abstracts (latent semantic analysis), already weighted by how telling the word is. A text is the sum of its
words. Read only when a site has topics that the trained model does not know.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from digest.curation.terms import PaperText

VECTORS_PATH = Path(__file__).with_name("word_vectors.json")

Vector = tuple[float, ...]


class WordVectors(NamedTuple):
    """The content of `word_vectors.json`."""

    places: dict[str, list[int]]
    provenance: dict[str, object]

    def of(self, text: PaperText) -> Vector:
        """Where a paper lies, at distance 1 from the middle; empty when no word of it is known."""
        title, words = set(text.title), {*text.title, *text.abstract, *text.keywords}
        places = [self.places[word] for word in self.places.keys() & words]
        places += [self.places[word] for word in self.places.keys() & title]
        return unit(tuple(map(sum, zip(*places, strict=True))))


def unit(vector: Vector) -> Vector:
    """The same direction at length 1; empty when there is none."""
    length = sum(value * value for value in vector) ** 0.5
    return tuple(value / length for value in vector) if length else ()


def likeness(first: Vector, second: Vector) -> float:
    """The cosine of two vectors of length 1; 0 when one is empty."""
    return sum(a * b for a, b in zip(first, second, strict=True)) if first and second else 0.0


@cache
def load_vectors(path: Path = VECTORS_PATH) -> WordVectors:
    """The shipped vectors, read once."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return WordVectors(places=content["places"], provenance=content["provenance"])
