"""Bytes that come in pieces, as a file that is read forward only."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE = 64 * 1024


class Readable(Protocol):
    """What can be read from: a file, standard input, a decompressor."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""


class _Pieces(io.RawIOBase):
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        with memoryview(buffer) as view:
            size = min(len(view), len(self._rest))
            view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def of_pieces(pieces: Iterable[bytes]) -> io.BufferedReader:
    """A file of what `pieces` gives, taken from it only as it is read."""
    return io.BufferedReader(_Pieces(pieces), PIECE)


def looked_into(stream: Readable, size: int) -> tuple[bytes, io.BufferedReader]:
    """The first `size` bytes of `stream` (fewer only when it ends before), and a file of all of it."""
    parts: list[bytes] = []
    missing = size
    while missing > 0 and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts), of_pieces(chain(parts, iter(partial(stream.read, PIECE), b"")))
