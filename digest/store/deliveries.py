"""The ledger: which digest is due to whom, who has it in hand, and what became of it.

It decides nothing: what is due, when to try again and when to give up comes in as values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    select,
    true,
    tuple_,
    update,
)

from digest.models import Delivery
from digest.store import schema
from digest.store.batches import batches
from digest.store.bulk import update_rows
from digest.store.delivery_tables import deliveries, returns
from digest.store.opening import reading, writing
from digest.store.planning import DueGroup, Plan, insert_plans, select_due
from digest.store.reader_tables import subscribers

_PAUSED = "delivery.paused"
_GROUPS = 200
"""Plans carried out in one transaction."""
_MAX_MESSAGE = 500
_READER = (subscribers.c.address, subscribers.c.epoch, subscribers.c.status.label("reader_status"))
_KEPT = tuple(deliveries.c[name] for name in ("subscriber", "last", "first", "variant", "due_at", "try_at", "message"))
_WITH_READER: Select[Any] = select(
    *_KEPT, deliveries.c.status, deliveries.c.attempts, deliveries.c.doubts, *_READER
).join(subscribers)
_AS_CLAIMED = {
    "status": literal_column("'claimed'"),
    "attempts": deliveries.c.attempts + 1,
    "doubts": deliveries.c.doubts + case((deliveries.c.status == "claimed", 1), else_=0),
}
"""What a claim makes of a delivery; one whose claim lapsed may have been sent."""
_CLAIMABLE: Select[Any] = select(*_KEPT, *(value.label(name) for name, value in _AS_CLAIMED.items()), *_READER).join(
    subscribers
)
_PAUSE_REASON = select(schema.meta.c.value).where(schema.meta.c.name == _PAUSED)

_OPEN = deliveries.c.try_at.is_not(None)
_TURN = (deliveries.c.try_at, deliveries.c.subscriber)
"""Whose turn is first: who has waited longest."""
_UP_TO = tuple_(bindparam("try_at_of_last", type_=_TURN[0].type), bindparam("last_subscriber"))
_CLAIM = (
    update(deliveries)
    .where(_OPEN, tuple_(*_TURN) <= _UP_TO)
    .values(_AS_CLAIMED | {"claim": bindparam("of_claim"), "try_at": bindparam("until")})
)
"""All whose turn is not after that of the last one found: in one transaction, those that were found."""
_MOVE_WATERMARK = (
    update(subscribers)
    .where(subscribers.c.id == deliveries.c.subscriber, subscribers.c.watermark < deliveries.c.last)
    .where(
        deliveries.c.status == "sent", deliveries.c.settled_at == bindparam("at", type_=deliveries.c.settled_at.type)
    )
    .values(watermark=deliveries.c.last)
)
"""Of all who were sent something at that moment: it is that of one batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What becomes of a delivery that was in hand: `sent`, `failed` or `skipped` for good, or `planned` for later."""

    subscriber: str
    last: int
    status: Literal["planned", "sent", "failed", "skipped"]
    try_at: datetime | None = None
    """For `planned`: when to try again."""
    attempts: int
    doubts: int = 0
    message: str = ""


class Deliveries:
    """The deliveries of one database (`Store.deliveries`). Every method may raise StoreError.

    Those of a batch of the queue (`Store.of_batch`) claim and count what is in it, and nothing else.
    """

    def __init__(self, engine: Engine, batch: int | None = None) -> None:
        self._engine = engine
        self._ours = true() if batch is None else deliveries.c.batch == batch

    # Planning

    def due(self, now: datetime) -> tuple[DueGroup, ...]:
        """The active readers whose moment has come, grouped by all that decides what they get.

        Left out are those whose last digest is in hand, or may have arrived: they are due when that is settled.
        """
        with reading(self._engine) as connection:
            return select_due(connection, now)

    def plan(self, plans: Sequence[Plan], now: datetime) -> tuple[int, int]:
        """Carry out `plans` for those of each group who are still due; how many were planned, for how many nothing."""
        planned = nothing = 0
        for some in batches(plans, _GROUPS):
            with writing(self._engine) as connection:
                added, empty = insert_plans(connection, some, now)
            planned, nothing = planned + added, nothing + empty
        return planned, nothing

    # Sending

    def claim(self, claim: str, now: datetime, until: datetime, most: int) -> tuple[tuple[Delivery, ...], int]:
        """Take up to `most` deliveries that may be tried at `now`, longest due first, in hand until `until`.

        One whose claim lapsed may have been sent: that is a doubt. Those whose reader is no longer active are closed;
        how many is returned too.
        """
        due = _CLAIMABLE.where(deliveries.c.try_at <= now, self._ours)
        with writing(self._engine) as connection:
            found = connection.execute(due.order_by(*_TURN).limit(most)).all()
            gone = [_gone(row) for row in found if row.reader_status != "active"]
            _settle(connection, gone, now)
            if len(gone) < len(found):
                last = {"try_at_of_last": found[-1].try_at, "last_subscriber": found[-1].subscriber}
                connection.execute(_CLAIM.where(self._ours), last | {"of_claim": claim, "until": until})
        return tuple(_delivery(row) for row in found if row.reader_status == "active"), len(gone)

    def renew(self, claim: str, until: datetime) -> None:
        """Keep in hand what this process has."""
        mine = (deliveries.c.claim == claim) & (deliveries.c.try_at.is_not(None))
        with writing(self._engine) as connection:
            connection.execute(update(deliveries).where(mine).values(try_at=until))

    def settle(self, settlements: Sequence[Settlement], claim: str, now: datetime) -> None:
        """Record what became of deliveries in hand; those that were sent move their reader's watermark with it."""
        with writing(self._engine) as connection:
            sent = [one for one in settlements if one.status == "sent"]
            if sent:
                _settle(connection, sent, now)  # whoever has it in hand by now: it was sent
                connection.execute(_MOVE_WATERMARK, {"at": now})
            _settle(connection, [one for one in settlements if one.status != "sent"], now, claim=claim)

    # Looking

    def waiting(self) -> tuple[int, datetime | None]:
        """How many are not settled, and when the first of them may be tried."""
        statement = select(func.count(), func.min(deliveries.c.try_at)).where(_OPEN, self._ours)
        with reading(self._engine) as connection:
            count, first = connection.execute(statement).one()
        return count, first

    def ready(self, now: datetime) -> int:
        """How many may be tried at `now`."""
        with reading(self._engine) as connection:
            statement = select(func.count()).where(deliveries.c.try_at <= now, self._ours)
            return connection.execute(statement).scalar_one()

    def of(self, subscriber: str) -> tuple[Delivery, ...]:
        """The deliveries of a reader, newest first."""
        statement = _WITH_READER.where(deliveries.c.subscriber == subscriber).order_by(deliveries.c.last.desc())
        with reading(self._engine) as connection:
            return tuple(_delivery(row) for row in connection.execute(statement))

    def counts(self, since: datetime) -> Mapping[str, int]:
        """How many were settled since, by status."""
        statement = select(deliveries.c.status, func.count()).where(deliveries.c.settled_at >= since)
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(statement.group_by(deliveries.c.status))}

    def sent(self, since: datetime, most: int) -> Iterator[tuple[datetime, str]]:
        """When and to which address the last `most` were sent since, oldest first."""
        columns = (deliveries.c.settled_at, subscribers.c.address)
        newest = select(*columns).join(subscribers).where(deliveries.c.settled_at >= since)
        newest = newest.where(deliveries.c.status == "sent").order_by(deliveries.c.settled_at.desc()).limit(most)
        with reading(self._engine) as connection:
            rows = connection.execute(newest).all()
        return ((row.settled_at, row.address) for row in reversed(rows))

    def forget(self, before: datetime) -> int:
        """Forget what was settled before, except each reader's last; how many."""
        newer = deliveries.alias()
        has_newer = select(newer.c.last).where(
            newer.c.subscriber == deliveries.c.subscriber, newer.c.last > deliveries.c.last
        )
        old = (deliveries.c.settled_at < before) & has_newer.exists()
        with writing(self._engine) as connection:
            connection.execute(delete(returns).where(returns.c.at < before))
            return connection.execute(delete(deliveries).where(old)).rowcount

    # What came back

    def save_return(self, subscriber: str, last: int, *, at: datetime, kind: str, diagnostic: str) -> bool:
        """Remember that this delivery came back; False when that was known, or there is no such reader."""
        row = {"subscriber": subscriber, "last": last, "at": at, "kind": kind, "diagnostic": diagnostic[:_MAX_MESSAGE]}
        same = (returns.c.subscriber == subscriber) & (returns.c.last == last)
        with writing(self._engine) as connection:
            known = connection.execute(select(returns.c.kind).where(same)).scalar()
            reader = connection.execute(select(subscribers.c.id).where(subscribers.c.id == subscriber)).scalar()
            if reader is None or known in {kind, "permanent", "complaint"}:
                return False
            connection.execute(delete(returns).where(same))
            connection.execute(insert(returns), [row])
        return True

    def returned(self, subscriber: str, since: datetime) -> int:
        """How many deliveries to this reader came back since."""
        mine = (returns.c.subscriber == subscriber) & (returns.c.at >= since)
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).where(mine)).scalar_one()

    # Pause

    def paused(self) -> str:
        """Why nothing is sent; empty when it is."""
        with reading(self._engine) as connection:
            return connection.execute(_PAUSE_REASON).scalar() or ""

    def pause(self, reason: str) -> None:
        """Send nothing until `resume`."""
        with writing(self._engine) as connection:
            connection.execute(delete(schema.meta).where(schema.meta.c.name == _PAUSED))
            connection.execute(insert(schema.meta), [{"name": _PAUSED, "value": reason}])

    def resume(self) -> bool:
        """Send again; whether it was paused."""
        with writing(self._engine) as connection:
            return bool(connection.execute(delete(schema.meta).where(schema.meta.c.name == _PAUSED)).rowcount)


def _delivery(row: Row[Any]) -> Delivery:
    subscriber, last, first, variant, due_at, try_at, message, status, attempts, doubts, address, epoch, _ = tuple(row)
    return Delivery(
        id=f"{subscriber}-{last}",
        subscriber=subscriber,
        address=address,
        epoch=epoch,
        first=first,
        last=last,
        variant=variant,
        due_at=due_at,
        status=status,
        attempts=attempts,
        doubts=doubts,
        try_at=try_at,
        message=message,
    )


def _gone(row: Row[Any]) -> Settlement:
    """Of a delivery whose reader is no longer active; its claim is not made, so it counts as no try."""
    return Settlement(
        subscriber=row.subscriber,
        last=row.last,
        status="skipped",
        attempts=row.attempts - 1,
        doubts=row.doubts,
        message=f"the reader is {row.reader_status}",
    )


def _settle(connection: Connection, settlements: Sequence[Settlement], now: datetime, **having: str) -> None:
    """Write what became of open deliveries, if they also have the values of `having`."""
    changes = [(_settled(one, now), {"subscriber": one.subscriber, "last": one.last, **having}) for one in settlements]
    update_rows(connection, deliveries, changes, only="try_at IS NOT NULL")


def _settled(one: Settlement, now: datetime) -> dict[str, Any]:
    return {
        "status": one.status,
        "try_at": one.try_at,
        "attempts": one.attempts,
        "doubts": one.doubts,
        "claim": None,
        "settled_at": None if one.status == "planned" else now,
        "message": one.message[:_MAX_MESSAGE],
    }
