"""Many values in small lists, since a statement takes only so many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

LARGEST = 500
"""Values in one IN list; old SQLite takes 999 (https://www.sqlite.org/limits.html, 9)."""


def batches(values: Iterable[T], size: int = LARGEST) -> Iterator[list[T]]:
    """`values` in lists of at most `size`, in order."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
