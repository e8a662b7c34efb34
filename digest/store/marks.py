"""What readers said of papers, kept for their own order. What follows from it is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Engine, delete, insert, select

from digest.models import Mark, Paper
from digest.store.batches import batches
from digest.store.opening import reading, writing
from digest.store.reader_tables import marks


class Marks:
    """The marks of one database (`Store.marks`). Every method is one transaction and may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, subscriber: str) -> tuple[Mark, ...]:
        """The marks of a reader, oldest first; none of a reader there is not."""
        statement = select(marks).where(marks.c.subscriber == subscriber).order_by(marks.c.at, marks.c.paper)
        with reading(self._engine) as connection:
            return tuple(
                Mark(
                    paper=Paper(id=row.paper, title=row.title, abstract=row.abstract, aliases=(row.paper,)),
                    wish=row.wish,
                    at=row.at,
                )
                for row in connection.execute(statement)
            )

    def save(self, subscriber: str, given: Iterable[Mark]) -> None:
        """Keep marks of a reader who exists; a paper that was marked before is marked anew."""
        rows = {
            mark.paper.id: {
                "subscriber": subscriber,
                "paper": mark.paper.id,
                "wish": mark.wish,
                "at": mark.at,
                "title": mark.paper.title,
                "abstract": mark.paper.abstract,
            }
            for mark in given
        }
        with writing(self._engine) as connection:
            for batch in batches(rows.values()):
                known = marks.c.paper.in_([row["paper"] for row in batch])
                connection.execute(delete(marks).where(marks.c.subscriber == subscriber, known))
                connection.execute(insert(marks), list(batch))

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
