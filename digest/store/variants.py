"""Rendered digests, as rows. Those of a single reader go with them, and when nobody needs them any more."""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, exists, func, select, update

from digest.models import Mail, Variant
from digest.store.delivery_tables import deliveries
from digest.store.reader_tables import subscribers
from digest.store.schema import editions, variants
from digest.store.upsert import insert_into

_MAIL = TypeAdapter(Mail)


def insert_variant(connection: Connection, variant: Variant) -> None:
    """Keep it unless there is one under its key; one of a reader who was erased meanwhile is not kept."""
    reader = select(subscribers.c.id).where(subscribers.c.id == variant.reader)
    if variant.reader and connection.execute(reader).scalar() is None:
        return
    row = {"key": variant.key, "first": variant.first, "last": variant.last, "reader": variant.reader or None}
    mail = _MAIL.dump_json(variant.mail).decode()
    connection.execute(insert_into(connection, variants).on_conflict_do_nothing(), row | {"mail": mail})


def update_variant(connection: Connection, variant: Variant) -> None:
    """Put it in place of the one under its key."""
    mail = _MAIL.dump_json(variant.mail).decode()
    connection.execute(update(variants).where(variants.c.key == variant.key).values(mail=mail))


def select_variant(connection: Connection, key: str) -> Variant | None:
    """The one of this key."""
    row = connection.execute(select(variants).where(variants.c.key == key)).one_or_none()
    if row is None:
        return None
    mail = _MAIL.validate_json(row.mail)
    return Variant(key=row.key, first=row.first, last=row.last, reader=row.reader or "", mail=mail)


def delete_old(connection: Connection, before: datetime) -> int:
    """Forget those of single readers that were followed by a newer edition before, and of which nothing waits.

    One that was planned, or settled, since then stays: what is planned is always of the newest edition there is.
    """
    followed_by = select(func.max(editions.c.number)).where(editions.c.closed_at < before).scalar_subquery()
    needed = exists().where(
        deliveries.c.subscriber == variants.c.reader,
        deliveries.c.last == variants.c.last,
        deliveries.c.try_at.is_not(None) | (deliveries.c.settled_at >= before),
    )
    old = variants.c.reader.is_not(None) & (variants.c.last < followed_by) & ~needed
    return connection.execute(delete(variants).where(old)).rowcount
