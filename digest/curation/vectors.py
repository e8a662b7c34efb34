"""Terms as points, so that texts can be alike that share no word.

Each term of `word_vectors.json` (a word or a pair of neighbours, as in `digest.curation.terms`) has a place in a space
of `dimensions`, learned offline from which terms stand together in abstracts and which abstracts titles stand over
(`digest.training.vectors`), the farther out the more telling the term is. A text is the sum of its terms, those of the
title twice. The file has a place as base64 of one byte a dimension, `ZERO` standing for 0. Read only when a site has
topics that the trained model does not know, and to order similar papers.
"""

from __future__ import annotations

import json
import struct
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import repeat
from operator import mul
from pathlib import Path

from digest.curation.sums import joined, parted
from digest.curation.terms import KnownTerms, PaperText

VECTORS_PATH = Path(__file__).with_name("word_vectors.json")
ZERO = 128
_FINE = 2**15 - 1
"""So many steps between 0 and 1: the product of two vectors of length 1 stays within what a column of a sum holds."""

Vector = tuple[float, ...]


class WordVectors:
    """The content of `word_vectors.json`."""

    def __init__(self, dimensions: int, places: Mapping[str, str], provenance: Mapping[str, object]) -> None:
        """`places` are the terms' as the file has them."""
        self.provenance = provenance
        self._places = places
        self._terms = KnownTerms(places)
        self._lanes = struct.Struct(f"<{dimensions}I")
        self._known: dict[str, int] = {}

    def of(self, text: PaperText) -> Vector:
        """Where a text lies, at distance 1 from the middle; empty when no term of it is known."""
        title, elsewhere = self._terms.of(text)
        terms = [*elsewhere, *title, *title]
        total = sum(map(self._number, terms))
        sums = self._lanes.unpack(total.to_bytes(self._lanes.size, "little"))
        return unit(tuple(value - ZERO * len(terms) for value in sums))

    def share_known(self, text: PaperText) -> float:
        """How many of a title's words have a place, of all that say something; 1 without any."""
        words = {term for term in text.title_terms if " " not in term}
        return len(words & self._places.keys()) / len(words) if words else 1.0

    def _number(self, term: str) -> int:
        """The place of a term as one number with 32 bits a dimension: adding such numbers adds all dimensions."""
        if (number := self._known.get(term)) is None:
            number = int.from_bytes(self._lanes.pack(*b64decode(self._places[term])), "little")
            self._known[term] = number
        return number


def unit(vector: Vector) -> Vector:
    """The same direction at length 1; empty when there is none."""
    length = sum(value * value for value in vector) ** 0.5
    return tuple(value / length for value in vector) if length else ()


class Directions:
    """Vectors of length 1 that others are held against, all at once: their columns are added as long numbers."""

    def __init__(self, vectors: Sequence[Vector]) -> None:
        """At least one; an empty one is like nothing."""
        self._count = len(vectors)
        dimensions = max(map(len, vectors))
        rows = [vector or (0.0,) * dimensions for vector in vectors]
        self._columns = [joined([*_whole(column)]) for column in zip(*rows, strict=True)]

    def likeness(self, vector: Vector) -> list[float]:
        """The cosine of each with a vector of length 1; 0 where that is empty."""
        total = sum(map(mul, _whole(vector), self._columns))
        return [value / (_FINE * _FINE) for value in parted(total, self._count)]


def _whole(values: Iterable[float]) -> Iterator[int]:
    return map(int, map(mul, values, repeat(_FINE)))


@cache
def load_vectors(path: Path = VECTORS_PATH) -> WordVectors:
    """The shipped vectors, read once."""
    return parse_vectors(path.read_text(encoding="utf-8"))


def parse_vectors(text: str) -> WordVectors:
    """The vectors from the text of their file."""
    content = json.loads(text)
    return WordVectors(content["dimensions"], content["places"], content["provenance"])
