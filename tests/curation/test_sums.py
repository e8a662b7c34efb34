"""Rows added up as long numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.curation.sums import Rows, joined, parted

numbers = st.integers(-(2**15), 2**15 - 1)
tables = st.integers(1, 20).flatmap(
    lambda columns: st.lists(st.lists(numbers, min_size=columns, max_size=columns), min_size=1, max_size=30)
)


@given(tables)
def test_the_sum_of_rows_is_that_of_their_columns(rows: list[list[int]]) -> None:
    """Whatever their signs, one column never reaches into the next; a row named twice counts twice."""
    total = Rows(lambda name: rows[int(name)]).total([*map(str, range(len(rows))), "0"])
    assert parted(total, len(rows[0])) == [sum(column) for column in zip(*rows, rows[0], strict=True)]


def test_a_row_comes_back() -> None:
    """Also one of the largest and smallest numbers, and the sum of no rows."""
    row = [2**15 - 1, -(2**15), 0, -1]
    assert parted(joined(row), 4) == row
    assert parted(0, 4) == [0, 0, 0, 0]
