"""Many rows of one table at once, without SQLAlchemy's work for every row, which costs more than the database's own.

The statements are the plain `INSERT … VALUES` and `UPDATE … SET` of both databases; values are converted by the column
types as always.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Date, Table
from sqlalchemy.engine import Dialect

from digest.store.columns import Moment

_Convert = Callable[[Any], Any]


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, on_conflict: str = ""
) -> None:
    """Insert `rows`, all with the same columns in the same order; `on_conflict` is what follows `ON CONFLICT`."""
    if not rows:
        return
    names = tuple(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join([_mark(connection)] * len(names))
    statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})'  # noqa: S608 - names of our own
    if on_conflict:
        statement += f" ON CONFLICT {on_conflict}"
    connection.exec_driver_sql(statement, _converted(connection.dialect, table, names, rows))


def update_rows(
    connection: Connection, table: Table, changes: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], *, only: str
) -> None:
    """Give the rows of `table` that have the second values of a change its first values, if `only` is true of them.

    All changes name the same columns in the same order.
    """
    if not changes:
        return
    given, having = map(tuple, changes[0])
    equal = [f'"{name}" = {_mark(connection)}' for name in (*given, *having)]
    where = " AND ".join((*equal[len(given) :], only))
    statement = f'UPDATE "{table.name}" SET {", ".join(equal[: len(given)])} WHERE {where}'  # noqa: S608 - names of our own
    new = _converted(connection.dialect, table, given, [change[0] for change in changes])
    old = _converted(connection.dialect, table, having, [change[1] for change in changes])
    connection.exec_driver_sql(statement, [(*values, *keys) for values, keys in zip(new, old, strict=True)])


def _mark(connection: Connection) -> str:
    return "?" if connection.dialect.name == "sqlite" else "%s"


def _converted(
    dialect: Dialect, table: Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> list[tuple[Any, ...]]:
    values = [list(row.values()) for row in rows]
    for place, convert in _conversions(dialect, table, names):
        for row in values:
            row[place] = convert(row[place])
    return [tuple(row) for row in values]


def _conversions(dialect: Dialect, table: Table, names: Sequence[str]) -> list[tuple[int, _Convert]]:
    """For each column that needs it, its place and how the database wants its values."""
    found = []
    for place, name in enumerate(names):
        kind = table.c[name].type
        convert: _Convert | None = kind.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None and isinstance(kind, (Moment, Date)):
            convert = lru_cache(maxsize=256)(convert)  # the rows of one reading share a few moments and days
        if convert is not None:
            found.append((place, convert))
    return found
