"""Rows of small whole numbers added up all at once: a row is one long number, with room between its columns.

Adding two long numbers is a few operations of the processor; adding two lists is a step of Python's for every column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from struct import Struct

_ZERO = 2**15
"""What a column holds for 0, so that none is negative; values lie between -`_ZERO` and `_ZERO`."""
MOST = 2**16
"""So many rows can be added before one column reaches the next."""


class Rows(dict[str, int]):
    """Rows by name, each as one long number, made when it is first asked for."""

    def __init__(self, rows: Mapping[str, Sequence[int]], columns: int) -> None:
        """`rows` have `columns` numbers each."""
        super().__init__()
        self._rows = rows
        self._packed = Struct("<" + "Hxx" * columns)
        self._summed = Struct(f"<{columns}I")

    def __missing__(self, name: str) -> int:
        self[name] = row = int.from_bytes(self._packed.pack(*map(_ZERO.__add__, self._rows[name])), "little")
        return row

    def sums(self, *names: Iterable[str]) -> list[int]:
        """The sum of every column over the named rows, fewer than `MOST`; a name counts as often as it is given."""
        rows = list(map(self.__getitem__, chain(*names)))
        nothing = _ZERO * len(rows)
        total = sum(rows).to_bytes(self._summed.size, "little")
        return [value - nothing for value in self._summed.unpack(total)]
