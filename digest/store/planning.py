"""Plans: what is due becomes deliveries, for all readers for whom the same was decided in a few statements.

Which readers these are is asked again when it is written, so that of two planners the second finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    update,
)

from digest.models import Preferences
from digest.store.delivery_tables import deliveries, due_groups
from digest.store.reader_tables import subscribers
from digest.store.subscribers import preferences_of
from digest.store.upsert import insert_into


@dataclass(frozen=True, slots=True, kw_only=True)
class DueGroup:
    """Active readers whose moment has come, and for whom the same will be decided."""

    preferences: Preferences
    stored: str
    """The same as the database has it: what they are recognised by."""
    watermark: int
    last_delivered_at: datetime | None
    readers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was decided for a group."""

    group: DueGroup
    due_at: datetime | None
    """The moment that is dealt with; None: their moment was not one after all."""
    next_at: datetime | None
    """The moment after it."""
    run: tuple[int, int] | None = None
    """First and last edition; None: there is no edition they have not had."""
    variant: str | None = None
    """None: there is nothing for them in the run."""


def select_due(connection: Connection, now: datetime) -> tuple[DueGroup, ...]:
    """Those who are due, grouped by all that decides what they get."""
    columns = (subscribers.c.preferences, subscribers.c.watermark, subscribers.c.last_delivered_at)
    statement = select(*columns, func.count().label("readers")).where(_is_due(now)).group_by(*columns)
    return tuple(
        DueGroup(
            preferences=preferences_of(row.preferences),
            stored=row.preferences,
            watermark=row.watermark,
            last_delivered_at=row.last_delivered_at,
            readers=row.readers,
        )
        for row in connection.execute(statement.order_by(*columns))
    )


def insert_plans(connection: Connection, plans: Sequence[Plan], now: datetime) -> tuple[int, int]:
    """Carry out `plans`; how many digests were planned, and for how many readers there was nothing."""
    connection.execute(insert(due_groups), [_row(number, plan) for number, plan in enumerate(plans)])
    _supersede(connection, now)
    planned = _insert_deliveries(connection, now, something=True)
    nothing = _insert_deliveries(connection, now, something=False)
    _move_on(connection, now)
    connection.execute(delete(due_groups))
    return planned, nothing


def _row(number: int, plan: Plan) -> dict[str, Any]:
    first, last = plan.run or (0, 0)
    return {
        "number": number,
        "preferences": plan.group.stored,
        "watermark": plan.group.watermark,
        "last_delivered_at": plan.group.last_delivered_at,
        "due_at": plan.due_at,
        "next_at": plan.next_at,
        "first": first,
        "last": last,
        "variant": plan.variant,
    }


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Whose moment has come, and who has no digest on its way that may have arrived."""
    in_hand = (
        exists()
        .where(deliveries.c.subscriber == subscribers.c.id, deliveries.c.try_at.is_not(None))
        .where((deliveries.c.status == "claimed") | (deliveries.c.doubts > 0))
    )
    return and_(subscribers.c.status == "active", subscribers.c.next_at <= now, ~in_hand)


def _is_of_group() -> ColumnElement[bool]:
    return and_(
        due_groups.c.preferences == subscribers.c.preferences,
        due_groups.c.watermark == subscribers.c.watermark,
        due_groups.c.last_delivered_at.is_not_distinct_from(subscribers.c.last_delivered_at),
    )


def _supersede(connection: Connection, now: datetime) -> None:
    """A digest that could not be sent before the next one is due is part of that one."""
    larger = (
        select(subscribers.c.id)
        .join(due_groups, _is_of_group())
        .where(_is_due(now), subscribers.c.id == deliveries.c.subscriber, due_groups.c.last > deliveries.c.last)
        .correlate(deliveries)
    )
    waits = (deliveries.c.try_at.is_not(None)) & (deliveries.c.status == "planned") & (deliveries.c.doubts == 0)
    closed = {"status": "skipped", "try_at": None, "settled_at": now, "message": "is part of a later digest"}
    connection.execute(update(deliveries).where(waits, larger.exists()).values(closed))


def _insert_deliveries(connection: Connection, now: datetime, *, something: bool) -> int:
    """One row per reader; a digest that was planned before, given up or skipped is planned again."""
    states: dict[str, ColumnElement[Any]] = {
        "status": literal("planned" if something else "skipped"),
        "attempts": literal(0),
        "doubts": literal(0),
        "try_at": due_groups.c.due_at if something else null(),
        "claim": null(),
        "batch": null(),
        "message": literal("" if something else "there is nothing in it for this reader"),
        "settled_at": null() if something else literal(now, deliveries.c.settled_at.type),
    }
    plan = (due_groups.c.last, due_groups.c.first, due_groups.c.variant, due_groups.c.due_at)
    chosen = due_groups.c.variant.is_not(None) if something else due_groups.c.variant.is_(None)
    rows = (
        select(subscribers.c.id, *plan, *(value.label(name) for name, value in states.items()))
        .join(due_groups, _is_of_group())
        .where(_is_due(now), due_groups.c.last > 0, chosen)
    )
    names = ["subscriber", "last", "first", "variant", "due_at", *states]
    statement = insert_into(connection, deliveries).from_select(names, rows)
    again = {name: statement.excluded[name] for name in names if name not in {"subscriber", "last"}}
    statement = statement.on_conflict_do_update(
        index_elements=["subscriber", "last"], set_=again, where=deliveries.c.status != "sent"
    )
    return connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount


def _move_on(connection: Connection, now: datetime) -> None:
    """Their moment is dealt with; what held nothing for them counts as had."""
    had = due_groups.c.variant.is_(None) & (due_groups.c.last > 0)
    moved = {
        "last_delivered_at": func.coalesce(due_groups.c.due_at, subscribers.c.last_delivered_at),
        "next_at": due_groups.c.next_at,
        "watermark": case((had, due_groups.c.last), else_=subscribers.c.watermark),
    }
    connection.execute(update(subscribers).where(_is_of_group(), _is_due(now)).values(moved))
