"""The store: the only SQL of the project. Values in, values out, one transaction per public method.

It decides nothing: what is one paper, what an edition holds and how far a source can be trusted comes in as values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, select

from digest.models import (
    Assignment,
    Content,
    Edition,
    KnownPaper,
    Merged,
    Paper,
    Query,
    RejectedRecord,
    Rejection,
    SourceRun,
    Variant,
)
from digest.search_text import clean
from digest.store import backfills, contents, editions, observations, papers, schema, variants
from digest.store import rejections as set_aside
from digest.store import runs as source_runs
from digest.store.deliveries import Deliveries
from digest.store.jobs import Jobs
from digest.store.marks import Marks
from digest.store.opening import connect, reading, writing
from digest.store.queue import Queue
from digest.store.search import select_papers
from digest.store.subscribers import Subscribers
from digest.store.upsert import insert_into

Decide = Callable[[Sequence[Paper], Sequence[KnownPaper]], Sequence[Merged]]
"""What is to be stored of incoming papers, given the stored ones they may be."""
Assign = Callable[[Sequence[Paper]], Sequence[tuple[Assignment, ...]]]
"""The topics of each paper."""

_FINGERPRINT, _TIDIED = "topics", "tidied"


class Store:
    """One database, opened by `Store.open`. Safe to use from several threads and beside other processes.

    Every method may raise StoreError: the database is busy for too long, full, damaged or not to be written.
    """

    def __init__(self, engine: Engine, batch: int | None = None) -> None:
        self._engine, self._batch = engine, batch

    @classmethod
    def open(cls, url: str, *, busy_seconds: float = 30.0) -> Store:
        """The store behind a SQLAlchemy URL (SQLite or PostgreSQL); made when it is new, migrated when it is older.

        A writer waits `busy_seconds` for another one and then gives up.

        Raises:
            StoreError: it cannot be opened, is no digest database or is of a newer version; says what to do.
        """
        return cls(connect(url, busy_seconds))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # Papers

    def save_papers(
        self,
        incoming: Sequence[Paper],
        decide: Decide,
        assign: Assign,
        *,
        now: datetime,
        readings: Mapping[int, int] | None = None,
    ) -> Sequence[Merged]:
        """Let `decide` merge `incoming` with the stored papers that share a name with them, and store its decisions.

        Nobody else can write between the look and the deed. `assign` is asked for their topics when all else is
        written, so that they may be found meanwhile. `readings` are remembered with them (see `readings`); `now` is
        when papers that are new were first seen. Returns the decisions.
        """
        with writing(self._engine) as connection:
            known = papers.select_by_alias(connection, (alias for paper in incoming for alias in _names(paper)))
            decisions = decide(incoming, known)
            keys = papers.write(connection, decisions, known, now)
            papers.upsert_readings(connection, readings or {})
            set_aside.delete_named(connection, (name for one in decisions for name in _names(one.paper)))
            topics = assign([one.paper for one in decisions]) if decisions else ()
            changed = any(one.parts for one in decisions)
            papers.write_assignments(connection, list(zip(keys, topics, strict=True)), replacing=changed)
        return decisions

    def readings(self, records: Iterable[int]) -> dict[int, int]:
        """Which records were read before, and what their signals said last; all are hashes made by `digest.ingest`."""
        with reading(self._engine) as connection:
            return papers.select_readings(connection, records)

    def papers_by_alias(self, aliases: Iterable[str]) -> dict[str, Paper]:
        """The paper behind each of these names that is known; of several with one title, the first by id."""
        wanted = set(aliases)
        with reading(self._engine) as connection:
            known = papers.select_by_alias(connection, wanted)
        return {alias: stored.paper for stored in reversed(known) for alias in _names(stored.paper) if alias in wanted}

    def paper(self, id_or_alias: str) -> KnownPaper | None:
        """The paper of this name."""
        with reading(self._engine) as connection:
            return next(iter(papers.select_by_alias(connection, [clean(id_or_alias)])), None)

    def find_papers(self, query: Query) -> tuple[KnownPaper, ...]:
        """The papers of `query` in its order; `trend` needs a clock and comes by date."""
        with reading(self._engine) as connection:
            return papers.select_known(connection, select_papers(query, self._engine.dialect.name))

    def unpublished(self) -> tuple[KnownPaper, ...]:
        """The papers that wait for an edition, by id."""
        table = schema.papers
        with reading(self._engine) as connection:
            return papers.select_known(connection, select(table).where(table.c.edition.is_(None)).order_by(table.c.id))

    def published(self, since: date) -> tuple[KnownPaper, ...]:
        """The papers whose edition is dated `since` or later, by id."""
        table, edition = schema.papers, schema.editions
        statement = select(table).join(edition, edition.c.number == table.c.edition).where(edition.c.dated_on >= since)
        with reading(self._engine) as connection:
            return papers.select_known(connection, statement.order_by(table.c.id))

    def reassign(self, assign: Assign) -> int:
        """Assign topics to every paper anew; the number of papers looked at. Closed editions stay as they are.

        It takes a transaction for every few hundred papers, so that others can write meanwhile: call
        `set_topics_fingerprint` when it is done, and a run that was broken off is done again.
        """
        last = looked_at = 0
        while True:
            with writing(self._engine) as connection:
                last, more = papers.reassign_after(connection, last, assign)
            if not more:
                return looked_at
            looked_at += more

    def topics_fingerprint(self) -> str:
        """What `set_topics_fingerprint` said last; empty before."""
        with reading(self._engine) as connection:
            value = select(schema.meta.c.value).where(schema.meta.c.name == _FINGERPRINT)
            return connection.execute(value).scalar() or ""

    def set_topics_fingerprint(self, fingerprint: str) -> None:
        """Remember which topics the stored assignments are of."""
        with writing(self._engine) as connection:
            self._set_meta(connection, _FINGERPRINT, fingerprint)

    def thin_signals(self, before: datetime) -> int:
        """Thin observations older than `before`: the first and each day's last stay; how many were removed."""
        with writing(self._engine) as connection:
            return observations.thin(connection, before)

    def tidied_on(self) -> date | None:
        """The day `tidy` was last called with."""
        with reading(self._engine) as connection:
            value = select(schema.meta.c.value).where(schema.meta.c.name == _TIDIED)
            return date.fromisoformat(day) if (day := connection.execute(value).scalar()) else None

    def tidy(self, today: date, *, old: datetime, rejections: datetime, runs: datetime) -> None:
        """Thin what is `old`, and forget rejections and runs older than their moments (see `thin` and `thin_runs`).

        What places held is forgotten with the rejections: a file that is gone leaves nothing.
        """
        with writing(self._engine) as connection:
            observations.thin(connection, old)
            source_runs.thin_runs(connection, old, runs)
            set_aside.delete_older(connection, rejections)
            contents.delete_older(connection, rejections)
            self._set_meta(connection, _TIDIED, today.isoformat())

    # Editions

    def save_edition(self, edition: Edition) -> None:
        """Close an edition: all of it or nothing is stored.

        Raises:
            StoreError: another process closed one meanwhile.
        """
        with writing(self._engine) as connection:
            editions.insert_edition(connection, edition)

    def edition(self, number: int) -> Edition | None:
        """Edition `number` as it was closed."""
        with reading(self._engine) as connection:
            return editions.select_edition(connection, number)

    def editions(self, first: int = 1, last: int | None = None) -> Iterator[Edition]:
        """The editions from `first` to `last`, both included, one after the other."""
        with reading(self._engine) as connection:
            newest = editions.last_number(connection)
        for number in range(max(first, 1), min(last if last is not None else newest, newest) + 1):
            edition = self.edition(number)
            if edition is not None:
                yield edition

    def last_edition(self) -> Edition | None:
        """The newest edition."""
        with reading(self._engine) as connection:
            return editions.select_edition(connection, editions.last_number(connection))

    # Runs

    def save_run(self, run: SourceRun, rejected: Sequence[Rejection] | None = None) -> None:
        """Remember what became of reading a source, and what was set aside (None: what the run tells of)."""
        with writing(self._engine) as connection:
            source_runs.insert_run(connection, run)
            aside = run.rejected if rejected is None else rejected
            set_aside.insert_rejections(connection, run.source, aside, run.finished_at)

    def last_runs(self) -> tuple[SourceRun, ...]:
        """The newest run of every source, by source."""
        with reading(self._engine) as connection:
            return source_runs.select_last_runs(connection)

    def runs(self, source: str, since: datetime) -> tuple[SourceRun, ...]:
        """The runs of a source that ended at or after `since`, oldest first."""
        with reading(self._engine) as connection:
            return source_runs.select_runs(connection, source, since)

    def save_backfilled(self, source: str, day: date, at: datetime, rejected: Sequence[Rejection] = ()) -> None:
        """Remember that a day of the past was read to its end, and what was set aside."""
        with writing(self._engine) as connection:
            backfills.insert_day(connection, source, day, at)
            set_aside.insert_rejections(connection, source, rejected, at)

    def backfilled(self, source: str) -> frozenset[date]:
        """The days of the past that were read to their end."""
        with reading(self._engine) as connection:
            return backfills.select_days(connection, source)

    def rejections(self, source: str | None = None) -> tuple[RejectedRecord, ...]:
        """The records set aside (of one source), newest first."""
        with reading(self._engine) as connection:
            return set_aside.select_rejections(connection, source)

    def forget_rejections(self, keys: Iterable[int]) -> None:
        """Forget records that were set aside and have been accepted since."""
        with writing(self._engine) as connection:
            set_aside.delete_rejections(connection, keys)

    # Readers

    @property
    def subscribers(self) -> Subscribers:
        """The readers."""
        return Subscribers(self._engine)

    @property
    def marks(self) -> Marks:
        """What they said of papers."""
        return Marks(self._engine)

    @property
    def deliveries(self) -> Deliveries:
        """What is to be sent to them, and was."""
        return Deliveries(self._engine, self._batch)

    @property
    def queue(self) -> Queue:
        """The sending, in batches for workers on several machines."""
        return Queue(self._engine)

    def of_batch(self, batch: int) -> Store:
        """The same store as the worker of a batch is to see it: `deliveries` are those of the batch."""
        return Store(self._engine, batch)

    # Jobs

    @property
    def jobs(self) -> Jobs:
        """What the scheduler did, and who may do it now."""
        return Jobs(self._engine)

    # What is remembered for others

    def contents(self, source: str) -> dict[int, Content]:
        """What the places of a source held when they were last read to their end, by place."""
        with reading(self._engine) as connection:
            return contents.select_contents(connection, source)

    def save_contents(self, source: str, held: Sequence[Content], at: datetime) -> None:
        """Remember what places of a source hold now."""
        if held:
            with writing(self._engine) as connection:
                contents.upsert_contents(connection, source, held, at)

    def validators(self, url: str) -> tuple[str | None, str | None]:
        """The ETag and Last-Modified that came with the last answer from `url`, for a conditional request."""
        table = schema.validators
        with reading(self._engine) as connection:
            row = connection.execute(select(table).where(table.c.url == url)).one_or_none()
        return (row.etag, row.last_modified) if row else (None, None)

    def save_validators(self, url: str, *, etag: str | None, last_modified: str | None) -> None:
        """Remember what the last answer from `url` said of its version."""
        with writing(self._engine) as connection:
            statement = insert_into(connection, schema.validators)
            new = {"etag": statement.excluded.etag, "last_modified": statement.excluded.last_modified}
            connection.execute(
                statement.on_conflict_do_update(index_elements=["url"], set_=new),
                {"url": url, "etag": etag, "last_modified": last_modified},
            )

    def save_variant(self, variant: Variant) -> None:
        """Keep a rendered digest; one that is there under the same key stays; of a reader who is gone none is kept."""
        with writing(self._engine) as connection:
            variants.insert_variant(connection, variant)

    def replace_variant(self, variant: Variant) -> None:
        """Keep a rendered digest in place of the one under its key, which went to nobody."""
        with writing(self._engine) as connection:
            variants.update_variant(connection, variant)

    def variant(self, key: str) -> Variant | None:
        """The rendered digest of this key."""
        with reading(self._engine) as connection:
            return variants.select_variant(connection, key)

    def forget_variants(self, before: datetime) -> int:
        """Forget the digests of single readers that nobody has needed since `before`; how many."""
        with writing(self._engine) as connection:
            return variants.delete_old(connection, before)

    def _set_meta(self, connection: Connection, name: str, value: str) -> None:
        statement = insert_into(connection, schema.meta)
        statement = statement.on_conflict_do_update(index_elements=["name"], set_={"value": statement.excluded.value})
        connection.execute(statement, {"name": name, "value": value})


def _names(paper: Paper) -> tuple[str, ...]:
    return paper.aliases or (paper.id,)
