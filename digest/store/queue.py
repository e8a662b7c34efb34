"""The queue: what is to be sent, in batches for workers on any number of machines (Procrastinate, on PostgreSQL).

A batch is some hundred deliveries and one job of Procrastinate's, which says who has it; what is in it, the ledger says
(`deliveries.batch`). The ledger stays the only truth: a batch that is lost, sent twice, or beside a `digest send`,
changes nothing in what each reader gets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Engine,
    String,
    cast,
    func,
    literal,
    select,
    text,
    update,
)

from digest.errors import StoreError
from digest.store.batches import batches
from digest.store.delivery_tables import deliveries
from digest.store.opening import reading, writing
from digest.store.planning import Plan, insert_plans
from digest.store.queue_tables import has_tables, prepare_tables, queue_jobs, queue_workers

QUEUE, TASK = "digest", "send"
"""What the jobs are called, for Procrastinate."""
ALONE = "digest"
"""The lock of batches of which one may be sent at a time."""
_SIZE = 400
"""Deliveries of one batch: enough for a connection to be worth while, few enough to be shared by several machines."""
_GROUPS = 200
"""Plans carried out in one transaction."""
_EXTRA = "the queue needs Procrastinate; `pip install 'daily-papers-digest[queue]'`"
_LIVE = cast(queue_jobs.c.status, String).in_(("todo", "doing"))
_OWNED = deliveries.c.batch.in_(select(queue_jobs.c.id).where(_LIVE))


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """How it goes with the queue."""

    batches: int
    """Waiting or under way."""
    deliveries: int
    """In these, not settled."""
    workers: int
    """That showed a sign of life of late."""


class Queue:
    """The queue of one database (`Store.queue`). Every method may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def address(self) -> str:
        """The database, as libpq writes it, with its password."""
        return self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def prepare(self) -> None:
        """Make sure that there is a queue.

        Raises:
            StoreError: the database is not PostgreSQL, or Procrastinate is missing, older than the queue or not ours.
        """
        if self._engine.dialect.name != "postgresql":
            raise StoreError('the queue needs PostgreSQL; set database = "postgresql://…"')
        try:
            prepare_tables(self._engine)
        except ModuleNotFoundError as error:
            raise StoreError(_EXTRA) from error

    def plan(self, plans: Sequence[Plan], now: datetime, *, alone: bool = False) -> tuple[int, int]:
        """As `Deliveries.plan`; what is planned is in the queue when it is in the ledger, or in neither."""
        planned = nothing = 0
        for some in batches(plans, _GROUPS):
            with writing(self._engine) as connection:
                added, empty = insert_plans(connection, some, now)
                _put(connection, now, alone=alone)
            planned, nothing = planned + added, nothing + empty
        return planned, nothing

    def put(self, now: datetime, *, alone: bool = False) -> int:
        """Make batches of what may be tried at `now` and is in none: put off by a server, or left by one that ended.

        `alone`: of these, one may be sent at a time. Returns how many deliveries that are.
        """
        with writing(self._engine) as connection:
            return _put(connection, now, alone=alone)

    def in_hand_until(self, batch: int) -> datetime | None:
        """When the last claim on deliveries of this batch lapses; None when nobody has any of them in hand."""
        claimed = (
            (deliveries.c.batch == batch) & (deliveries.c.try_at.is_not(None)) & (deliveries.c.status == "claimed")
        )
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(deliveries.c.try_at)).where(claimed)).scalar()

    def state(self, alive_seconds: float) -> QueueState | None:
        """How it goes; a worker is alive that gave a sign in the last `alive_seconds`. None: there is no queue yet."""
        alive = queue_workers.c.last_heartbeat > func.now() - text("make_interval(secs => :alive)")
        with reading(self._engine) as connection:
            if not has_tables(connection):
                return None
            jobs = connection.execute(select(func.count()).select_from(queue_jobs).where(_LIVE)).scalar_one()
            waiting = select(func.count()).where(deliveries.c.try_at.is_not(None), _OWNED)
            workers = select(func.count()).select_from(queue_workers).where(alive)
            return QueueState(
                batches=jobs,
                deliveries=connection.execute(waiting).scalar_one(),
                workers=connection.execute(workers, {"alive": alive_seconds}).scalar_one(),
            )


def _put(connection: Connection, now: datetime, *, alone: bool) -> int:
    free = (deliveries.c.try_at <= now) & (deliveries.c.batch.is_(None) | ~_OWNED)
    count = connection.execute(select(func.count()).where(free)).scalar_one()
    if not count:
        return 0
    numbers = _defer(connection, -(-count // _SIZE), alone=alone)
    jobs = func.unnest(literal(numbers, ARRAY(BigInteger))).table_valued("number", with_ordinality="place")
    jobs = jobs.render_derived()
    # Longest due first; of these, those with the same digest together.
    order = (deliveries.c.try_at, deliveries.c.variant, deliveries.c.subscriber)
    place = func.ntile(len(numbers)).over(order_by=order).label("place")
    placed = select(deliveries.c.subscriber, deliveries.c.last, place).where(free).subquery()
    this = (deliveries.c.subscriber == placed.c.subscriber) & (deliveries.c.last == placed.c.last)
    its = jobs.c.place == placed.c.place
    connection.execute(update(deliveries).where(this, its).values(batch=jobs.c.number))
    return count


def _defer(connection: Connection, count: int, *, alone: bool) -> list[int]:
    """So many new jobs, in this transaction; their ids, which are the batches' numbers."""
    from procrastinate import App, SyncPsycopgConnector  # noqa: PLC0415 - an extra, loaded when it is asked for
    from procrastinate.exceptions import ConnectorException  # noqa: PLC0415

    app = App(connector=SyncPsycopgConnector())  # never opened: it writes on our connection
    own: Any = connection.connection.driver_connection
    task = app.configure_task(TASK, queue=QUEUE, lock=ALONE if alone else None, connection=own)
    try:
        return task.batch_defer(*[{} for _ in range(count)])
    except ConnectorException as error:
        raise StoreError(f"the queue cannot be written: {error.__cause__ or error}") from error
