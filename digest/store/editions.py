"""Editions: closed once, kept as they were. A snapshot is the JSON of an `EditionPaper`.

What goes into an edition is decided elsewhere; here it is only made sure that there is one of each number.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from digest.errors import StoreError
from digest.models import Edition, EditionPaper, Emerging, Verdict
from digest.store import schema


def insert_edition(connection: Connection, edition: Edition) -> None:
    """Store `edition` and give its new papers its number.

    Raises:
        StoreError: its number is not the next one, or one of its papers was published meanwhile.
    """
    last = last_number(connection)
    if edition.number != last + 1:
        raise StoreError(f"edition {edition.number} was not closed: another process closed edition {last} meanwhile")
    row = {
        "number": edition.number,
        "closed_at": edition.closed_at,
        "dated_on": edition.dated_on,
        "verdict": edition.verdict.value,
        "verdicts": tuple((source, verdict.value) for source, verdict in edition.verdicts),
        "note": edition.note,
        "withdrawn": edition.withdrawn,
        "emerging": _risen().dump_json(edition.emerging).decode(),
    }
    try:
        connection.execute(insert(schema.editions), [row])
    except IntegrityError as error:
        raise StoreError(f"edition {edition.number} was not closed: another process closed it") from error
    if edition.papers:
        rows = [
            {"edition": edition.number, "position": position, "snapshot": _snapshot().dump_json(entry).decode()}
            for position, entry in enumerate(edition.papers)
        ]
        connection.execute(insert(schema.edition_papers), rows)
        _publish(connection, edition)


def _publish(connection: Connection, edition: Edition) -> None:
    """Mark the papers that are in an edition for the first time; those that came back keep their first one."""
    papers, identifiers = schema.papers, schema.identifiers
    # By alias: the paper may have become known by a stronger id since the edition was composed.
    waiting = select(identifiers.c.paper).where(identifiers.c.alias == bindparam("printed")).scalar_subquery()
    statement = (
        update(papers).where(papers.c.key.in_(waiting), papers.c.edition.is_(None)).values(edition=edition.number)
    )
    printed = [{"printed": entry.paper.id} for entry in edition.papers if entry.previous is None]
    if printed:
        connection.execute(statement, printed)


def last_number(connection: Connection) -> int:
    """The number of the last edition; 0 when there is none."""
    number = schema.editions.c.number
    return connection.execute(select(number).order_by(number.desc()).limit(1)).scalar() or 0


def select_edition(connection: Connection, number: int) -> Edition | None:
    """Edition `number` as it was closed."""
    editions, entries = schema.editions, schema.edition_papers
    row = connection.execute(select(editions).where(editions.c.number == number)).one_or_none()
    if row is None:
        return None
    snapshots = connection.execute(
        select(entries.c.snapshot).where(entries.c.edition == number).order_by(entries.c.position)
    ).scalars()
    return _edition(row, tuple(_snapshot().validate_json(snapshot) for snapshot in snapshots))


def _edition(row: Any, papers: tuple[EditionPaper, ...]) -> Edition:
    return Edition(
        number=row.number,
        closed_at=row.closed_at,
        dated_on=row.dated_on,
        verdict=Verdict(row.verdict),
        verdicts=tuple((source, Verdict(verdict)) for source, verdict in row.verdicts),
        note=row.note,
        withdrawn=row.withdrawn,
        emerging=_risen().validate_json(row.emerging),
        papers=papers,
    )


@cache
def _snapshot() -> TypeAdapter[EditionPaper]:
    """Built at first use: it takes longer than to open the database."""
    return TypeAdapter(EditionPaper)


@cache
def _risen() -> TypeAdapter[tuple[Emerging, ...]]:
    return TypeAdapter(tuple[Emerging, ...])
