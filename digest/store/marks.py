"""What readers said of papers, kept for their own order. What follows from it is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Engine, Row, delete, select

from digest.models import Mark, Paper
from digest.store.batches import batches
from digest.store.bulk import insert_rows
from digest.store.opening import reading, writing
from digest.store.reader_tables import marks


class Marks:
    """The marks of one database (`Store.marks`). Every method is one transaction and may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, subscriber: str, *, newest: int | None = None, skip: int = 0) -> tuple[Mark, ...]:
        """The marks of a reader, oldest first; none of a reader there is not.

        `newest`: only so many, without the `skip` that are newer still.
        """
        statement = select(marks).where(marks.c.subscriber == subscriber)
        statement = statement.order_by(marks.c.at.desc(), marks.c.paper.desc()).offset(skip).limit(newest)
        with reading(self._engine) as connection:
            return tuple(_mark(row) for row in reversed(connection.execute(statement).all()))

    def wishes(self, subscriber: str) -> tuple[tuple[str, str], ...]:
        """The ids of the papers a reader marked, each with the wish, oldest first."""
        statement = select(marks.c.paper, marks.c.wish).where(marks.c.subscriber == subscriber)
        with reading(self._engine) as connection:
            return tuple(
                (row.paper, row.wish) for row in connection.execute(statement.order_by(marks.c.at, marks.c.paper))
            )

    def holders(self) -> frozenset[str]:
        """The ids of the readers who marked anything."""
        with reading(self._engine) as connection:
            return frozenset(connection.execute(select(marks.c.subscriber).distinct()).scalars())

    def ids(self, subscriber: str) -> frozenset[str]:
        """The ids of the papers a reader marked."""
        statement = select(marks.c.paper).where(marks.c.subscriber == subscriber)
        with reading(self._engine) as connection:
            return frozenset(connection.execute(statement).scalars())

    def find(self, subscriber: str, names: Iterable[str]) -> Mark | None:
        """The newest mark of a reader on a paper with one of these (few) ids."""
        mine = (marks.c.subscriber == subscriber) & marks.c.paper.in_(list(names))
        with reading(self._engine) as connection:
            row = connection.execute(select(marks).where(mine).order_by(marks.c.at.desc()).limit(1)).one_or_none()
        return None if row is None else _mark(row)

    def save(self, subscriber: str, given: Iterable[Mark]) -> None:
        """Keep marks of a reader who exists; a paper that was marked before is marked anew."""
        self.save_all({subscriber: given})

    def save_all(self, given: Mapping[str, Iterable[Mark]]) -> None:
        """`save` for several readers, by their ids."""
        with writing(self._engine) as connection:
            for subscriber, of_reader in given.items():
                rows = {mark.paper.id: _row(subscriber, mark) for mark in of_reader}
                for batch in batches(rows.values()):
                    known = marks.c.paper.in_([row["paper"] for row in batch])
                    connection.execute(delete(marks).where(marks.c.subscriber == subscriber, known))
                    insert_rows(connection, marks, batch)

    def remove(self, subscriber: str, papers: Iterable[str] | None = None) -> int:
        """Forget the marks of some papers, by id, or all of them; how many there were."""
        mine = marks.c.subscriber == subscriber
        with writing(self._engine) as connection:
            if papers is None:
                return connection.execute(delete(marks).where(mine)).rowcount
            return sum(
                connection.execute(delete(marks).where(mine, marks.c.paper.in_(list(batch)))).rowcount
                for batch in batches(papers)
            )


def _row(subscriber: str, mark: Mark) -> dict[str, Any]:
    return {
        "subscriber": subscriber,
        "paper": mark.paper.id,
        "wish": mark.wish,
        "at": mark.at,
        "title": mark.paper.title,
        "abstract": mark.paper.abstract,
    }


def _mark(row: Row[Any]) -> Mark:
    paper = Paper(id=row.paper, title=row.title, abstract=row.abstract, aliases=(row.paper,))
    return Mark(paper=paper, wish=row.wish, at=row.at)
