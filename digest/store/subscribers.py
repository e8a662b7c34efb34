"""Readers, suppressed addresses, and what is counted to limit sign-ups.

It decides nothing: who may come in and when a digest is due comes in as values and functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select, update

from digest.models import Preferences, Status, Subscriber, Suppression
from digest.store.batches import LARGEST, batches
from digest.store.bulk import insert_rows
from digest.store.opening import reading, writing
from digest.store.reader_tables import attempts, subscribers, suppressions

Change = Callable[[Subscriber], Subscriber]
"""A reader as they are to be, given as they are."""

_PREFERENCES = TypeAdapter(Preferences)
_PLAIN = tuple(field.name for field in fields(Subscriber) if field.name != "preferences")


class Subscribers:
    """The readers of one database (`Store.subscribers`). Every method is one transaction and may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, id_: str) -> Subscriber | None:
        """The reader of this id."""
        with reading(self._engine) as connection:
            return _first(connection, select(subscribers).where(subscribers.c.id == id_))

    def find(self, address: str) -> Subscriber | None:
        """The reader of this address; upper and lower case are the same."""
        with reading(self._engine) as connection:
            return _first(connection, select(subscribers).where(subscribers.c.key == address_key(address)))

    def all(self, status: Status | None = None) -> Iterator[Subscriber]:
        """The readers (of one status) by id, read in batches: those who come or go meanwhile may be missing."""
        statement = select(subscribers).where(subscribers.c.status == status) if status else select(subscribers)
        return self._in_batches(statement)

    def due(self, now: datetime) -> Iterator[Subscriber]:
        """The readers whose `next_at` has come, by id."""
        return self._in_batches(select(subscribers).where(subscribers.c.next_at <= now))

    def counts(self) -> dict[str, int]:
        """How many readers there are of each status that has any."""
        statement = select(subscribers.c.status, func.count()).group_by(subscribers.c.status)
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def add(self, readers: Sequence[Subscriber]) -> dict[str, Status]:
        """Store the readers whose address is neither known nor suppressed.

        Returns what the others are, by their `address_key`; of two in `readers` with one address the first is stored.
        """
        with writing(self._engine) as connection:
            refused = _taken(connection, [address_key(reader.address) for reader in readers])
            new: dict[str, Subscriber] = {}
            for reader in readers:
                key = address_key(reader.address)
                if key in new:
                    refused.setdefault(key, new[key].status)
                elif key not in refused:
                    new[key] = reader
            insert_rows(connection, subscribers, [_row(reader) for reader in new.values()])
        return refused

    def change(self, id_: str, change: Change) -> Subscriber | None:
        """Let `change` say what a reader becomes and store that; nobody else can write meanwhile. None: no such reader.

        A reader who becomes active is no longer suppressed. The id cannot change.
        """
        with writing(self._engine) as connection:
            known = _first(connection, select(subscribers).where(subscribers.c.id == id_))
            if known is None:
                return None
            changed = change(known)
            if changed != known:
                connection.execute(update(subscribers).where(subscribers.c.id == id_).values(_row(changed)))
            if changed.status == "active":
                connection.execute(delete(suppressions).where(suppressions.c.key == address_key(changed.address)))
        return changed

    def remove(self, reader: Subscriber, subjects: Iterable[str] = ()) -> None:
        """Forget a reader: the row, the suppression of the address, and what was counted of `subjects`."""
        with writing(self._engine) as connection:
            connection.execute(delete(subscribers).where(subscribers.c.id == reader.id))
            connection.execute(delete(suppressions).where(suppressions.c.key == address_key(reader.address)))
            connection.execute(delete(attempts).where(attempts.c.subject.in_(list(subjects))))

    def remove_pending(self, before: datetime) -> int:
        """Forget those who signed up before and never confirmed; how many."""
        stale = (subscribers.c.status == "pending") & (subscribers.c.created_at < before)
        with writing(self._engine) as connection:
            return connection.execute(delete(subscribers).where(stale)).rowcount

    def suppress(self, suppression: Suppression) -> None:
        """Never write to this address again; the first reason stays. A reader of that address is suppressed."""
        key = address_key(suppression.address)
        with writing(self._engine) as connection:
            if connection.execute(select(suppressions.c.key).where(suppressions.c.key == key)).one_or_none() is None:
                row = {"key": key, "address": suppression.address, "reason": suppression.reason, "at": suppression.at}
                connection.execute(insert(suppressions), [row])
            reader = (subscribers.c.key == key) & (subscribers.c.status != "unsubscribed")
            connection.execute(update(subscribers).where(reader).values(status="suppressed", next_at=None))

    def lift(self, address: str) -> bool:
        """Allow this address again; whether it was suppressed. The status of its reader stays."""
        with writing(self._engine) as connection:
            found = delete(suppressions).where(suppressions.c.key == address_key(address))
            return bool(connection.execute(found).rowcount)

    def suppression(self, address: str) -> Suppression | None:
        """Why this address may not be written to; None when it may."""
        statement = select(suppressions).where(suppressions.c.key == address_key(address))
        with reading(self._engine) as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else Suppression(address=row.address, reason=row.reason, at=row.at)

    def suppressions(self) -> tuple[Suppression, ...]:
        """All suppressed addresses, newest first."""
        statement = select(suppressions).order_by(suppressions.c.at.desc(), suppressions.c.key)
        with reading(self._engine) as connection:
            return tuple(
                Suppression(address=row.address, reason=row.reason, at=row.at) for row in connection.execute(statement)
            )

    def admit(
        self, subject: str, now: datetime, *, most: int, within: timedelta, apart: timedelta = timedelta()
    ) -> bool:
        """Count an attempt of `subject`, unless there were `most` within the time or one less than `apart` ago.

        Returns whether it was counted. What is older than a day is forgotten, so `within` and `apart` end there.
        """
        with writing(self._engine) as connection:
            connection.execute(delete(attempts).where(attempts.c.at <= now - timedelta(days=1)))
            recent = select(func.count(), func.max(attempts.c.at)).where(
                attempts.c.subject == subject, attempts.c.at > now - within
            )
            count, last = connection.execute(recent).one()
            if count >= most or (last is not None and now - last < apart):
                return False
            connection.execute(insert(attempts), [{"subject": subject, "at": now}])
        return True

    def _in_batches(self, statement: Select[Any]) -> Iterator[Subscriber]:
        after = ""
        while True:
            some = statement.where(subscribers.c.id > after).order_by(subscribers.c.id).limit(LARGEST)
            with reading(self._engine) as connection:
                found = [reader_of(row) for row in connection.execute(some)]
            yield from found
            if len(found) < LARGEST:
                return
            after = found[-1].id


def address_key(address: str) -> str:
    """What tells readers apart: nobody has two mailboxes that differ in upper and lower case only."""
    return address.casefold()


def _taken(connection: Connection, keys: Iterable[str]) -> dict[str, Status]:
    """What those of `keys` are that cannot be added."""
    taken: dict[str, Status] = {}
    for some in batches(keys):
        suppressed = select(suppressions.c.key).where(suppressions.c.key.in_(some))
        taken |= {row.key: "suppressed" for row in connection.execute(suppressed)}
        known = select(subscribers.c.key, subscribers.c.status).where(subscribers.c.key.in_(some))
        taken |= {row.key: row.status for row in connection.execute(known)}
    return taken


def _first(connection: Connection, statement: Select[Any]) -> Subscriber | None:
    row = connection.execute(statement).one_or_none()
    return None if row is None else reader_of(row)


def _row(reader: Subscriber) -> dict[str, Any]:
    row = {name: getattr(reader, name) for name in _PLAIN}
    row["preferences"] = _PREFERENCES.dump_json(reader.preferences).decode()
    row["key"] = address_key(reader.address)
    return row


def reader_of(row: Row[Any]) -> Subscriber:
    """The reader of a row that has the columns of `subscribers`."""
    mapping = row._mapping  # noqa: SLF001 - SQLAlchemy's documented way to read a row by name
    return Subscriber(**{name: mapping[name] for name in _PLAIN}, preferences=preferences_of(mapping["preferences"]))


@lru_cache(maxsize=5000)
def preferences_of(text: str) -> Preferences:
    """Of many readers most have the same."""
    return _PREFERENCES.validate_json(text)
