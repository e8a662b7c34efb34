"""Terms as points, so that texts can be alike that share no word.

Each term of `word_vectors.json` (a word or a pair of neighbours, as in `digest.curation.terms`) has a place in a space
of `dimensions`, learned offline from which terms stand together in abstracts (latent semantic analysis), the farther
out the more telling the term is. A text is the sum of its terms, those of the title twice. The file has a place as
base64 of one byte a dimension, `ZERO` standing for 0. Read only when a site has topics that the trained model does not
know.
"""

from __future__ import annotations

import json
import struct
from base64 import b64decode
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from digest.curation.terms import PaperText

VECTORS_PATH = Path(__file__).with_name("word_vectors.json")
ZERO = 128

Vector = tuple[float, ...]


class WordVectors:
    """The content of `word_vectors.json`."""

    def __init__(self, dimensions: int, places: Mapping[str, str], provenance: Mapping[str, object]) -> None:
        """`places` are the terms' as the file has them."""
        self.provenance = provenance
        self._places = places
        self._lanes = struct.Struct(f"<{dimensions}I")
        self._known: dict[str, int] = {}

    def of(self, text: PaperText) -> Vector:
        """Where a text lies, at distance 1 from the middle; empty when no term of it is known."""
        terms = [*self._places.keys() & text.all_terms, *self._places.keys() & text.title_terms]
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


def likeness(first: Vector, second: Vector) -> float:
    """The cosine of two vectors of length 1; 0 when one is empty."""
    return sum(a * b for a, b in zip(first, second, strict=True)) if first and second else 0.0


@cache
def load_vectors(path: Path = VECTORS_PATH) -> WordVectors:
    """The shipped vectors, read once."""
    return parse_vectors(path.read_text(encoding="utf-8"))


def parse_vectors(text: str) -> WordVectors:
    """The vectors from the text of their file."""
    content = json.loads(text)
    return WordVectors(content["dimensions"], content["places"], content["provenance"])
