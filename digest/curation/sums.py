"""Rows of small whole numbers added up all at once: a row is one long number, with room between its columns.

Adding two long numbers is a few operations of the processor; adding two lists is a step of Python's for every column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from struct import Struct

MOST = 2**16
"""So many rows of numbers between -32768 and 32767 can be added before one column reaches the next."""
_BITS = 32
_HALF = 2 ** (_BITS - 1)


class Rows(dict[str, int]):
    """Rows by name, each as one long number, made when it is first asked for."""

    def __init__(self, row_of: Callable[[str], Sequence[int]]) -> None:
        super().__init__()
        self._row_of = row_of

    def __missing__(self, name: str) -> int:
        self[name] = number = joined(self._row_of(name))
        return number

    def total(self, names: Iterable[str]) -> int:
        """The sum of the named rows, to be parted again."""
        return sum(map(self.__getitem__, names))


def joined(row: Sequence[int]) -> int:
    """A row as one number."""
    layout, middle = _layout(len(row))
    return int.from_bytes(layout.pack(*map(_HALF.__add__, row)), "little") - middle


def parted(total: int, columns: int) -> list[int]:
    """The columns of a sum of joined rows."""
    layout, middle = _layout(columns)
    return [value - _HALF for value in layout.unpack((total + middle).to_bytes(layout.size, "little"))]


@cache
def _layout(columns: int) -> tuple[Struct, int]:
    """The columns as bytes, and the number that has the middle of its range in each: so none is negative there."""
    layout = Struct(f"<{columns}I")
    return layout, int.from_bytes(layout.pack(*[_HALF] * columns), "little")
