"""Bytes with a few places left open, filled per reader without touching the rest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence


class Splice:
    """`template` cut at its places; `marks` names each place by the bytes that stand for it."""

    def __init__(self, template: bytes, marks: Mapping[bytes, str]) -> None:
        pieces = re.split(b"(" + b"|".join(map(re.escape, marks)) + b")", template) if marks else [template]
        self._pieces = tuple(pieces)
        self._slots = tuple((number, marks[piece]) for number, piece in enumerate(pieces) if number % 2)
        self._first = hashlib.sha256(pieces[0])

    def count(self, name: str) -> int:
        """How many places are called `name`."""
        return sum(slot == name for _, slot in self._slots)

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        """The whole with every place filled from `values`."""
        return b"".join(self._filled(values))

    def sha256(self, values: Mapping[str, bytes]) -> bytes:
        """The SHA-256 of `fill(values)`, with the part before the first place hashed only once."""
        state = self._first.copy()
        state.update(b"".join(self._filled(values)[1:]))
        return state.digest()

    def _filled(self, values: Mapping[str, bytes]) -> Sequence[bytes]:
        pieces = list(self._pieces)
        for number, name in self._slots:
            pieces[number] = values[name]
        return pieces
