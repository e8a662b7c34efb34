"""Papers in the database: found by any of their names, written only where something changed.

It carries out decisions (`Merged`) and makes none: which records are one paper, which field wins and which observation
is news is decided in `digest.curation.merge`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, select, update

from digest.models import Assignment, KnownPaper, Merged, Paper
from digest.store import schema
from digest.store.batches import batches
from digest.store.bulk import insert_rows
from digest.store.observations import select_signals, upsert_signals
from digest.store.rows import paper_of, paper_row
from digest.store.search import index_new

_papers, _identifiers, _assignments = schema.papers, schema.identifiers, schema.assignments
_update = (
    update(_papers)
    .where(_papers.c.key == bindparam("known_key"))
    .values({name: bindparam(name) for name in _papers.c.keys() if name != "key"})  # noqa: SIM118 - a collection
)


def select_known(connection: Connection, statement: Select[Any]) -> tuple[KnownPaper, ...]:
    """The papers of a SELECT over `papers`, in its order, with all that belongs to them."""
    rows = connection.execute(statement).all()
    keys = [row.key for row in rows]
    signals = select_signals(connection, keys)
    assignments = _select_assignments(connection, keys)
    return tuple(
        KnownPaper(
            paper=paper_of(row, signals.get(row.key, ())),
            assignments=tuple(assignments.get(row.key, ())),
            first_seen_at=row.first_seen_at,
            edition=row.edition,
        )
        for row in rows
    )


def select_by_alias(connection: Connection, aliases: Iterable[str]) -> tuple[KnownPaper, ...]:
    """Every paper that goes by one of these names, in the order of their ids."""
    keys: set[int] = set()
    for some in batches(dict.fromkeys(aliases)):
        statement = select(_identifiers.c.paper).where(_identifiers.c.alias.in_(some))
        keys.update(connection.execute(statement).scalars())
    found: list[KnownPaper] = []
    for batch in batches(sorted(keys)):
        found += select_known(connection, select(_papers).where(_papers.c.key.in_(batch)))
    return tuple(sorted(found, key=lambda known: known.paper.id))


def write(connection: Connection, decisions: Sequence[Merged], known: Sequence[KnownPaper], now: datetime) -> list[int]:
    """Carry out `decisions` but for topics; `known` are the stored papers they were made from. Returns their keys."""
    if not decisions:
        return []
    by_id = {stored.paper.id: stored for stored in known}
    keys = _keys(connection, by_id)
    fresh = [decision for decision in decisions if not decision.parts]
    changed = [decision for decision in decisions if decision.parts]
    for decision in changed:
        _absorb(connection, decision, keys)
    _update_papers(connection, changed, by_id, keys)
    _insert_papers(connection, fresh, keys, now)
    targets = [(keys[(*decision.parts, decision.paper.id)[0]], decision) for decision in decisions]
    _write_identifiers(connection, targets, by_id)
    upsert_signals(connection, [(key, signal) for key, decision in targets for signal in decision.news])
    return [key for key, _ in targets]


def _keys(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    keys: dict[str, int] = {}
    for some in batches(ids):
        keys.update(connection.execute(select(_papers.c.id, _papers.c.key).where(_papers.c.id.in_(some))).all())
    return keys


def _insert_papers(connection: Connection, fresh: Sequence[Merged], keys: dict[str, int], now: datetime) -> None:
    """New rows; their keys are counted on from the last, which the only writer may do without asking again."""
    if not fresh:
        return
    last = connection.execute(select(func.max(_papers.c.key))).scalar() or 0
    rows = []
    for key, decision in enumerate(fresh, last + 1):
        keys[decision.paper.id] = key
        rows.append(paper_row(decision.paper, first_seen_at=now) | {"key": key, "edition": None})
    insert_rows(connection, _papers, rows)
    index_new(connection, last)


def _update_papers(
    connection: Connection, changed: Sequence[Merged], by_id: Mapping[str, KnownPaper], keys: Mapping[str, int]
) -> None:
    rows = []
    for decision in changed:
        parts = [by_id[part] for part in decision.parts]
        published = [part.edition for part in parts if part.edition is not None]
        row = paper_row(decision.paper, first_seen_at=min(part.first_seen_at for part in parts))
        # A paper that was published under one of its names is not published again under another.
        row |= {"edition": min(published, default=None), "known_key": keys[decision.parts[0]]}
        rows.append(row)
    if rows:
        connection.execute(_update, rows)


def _absorb(connection: Connection, decision: Merged, keys: Mapping[str, int]) -> None:
    """Stored papers that turned out to be one with the first part: their observations move, their rows go."""
    for part in decision.parts[1:]:
        moved = [(keys[decision.parts[0]], signal) for signal in select_signals(connection, [keys[part]])[keys[part]]]
        upsert_signals(connection, moved)
        connection.execute(delete(_papers).where(_papers.c.key == keys[part]))


def _write_identifiers(
    connection: Connection, targets: Sequence[tuple[int, Merged]], by_id: Mapping[str, KnownPaper]
) -> None:
    rows = []
    for key, decision in targets:
        had = set(by_id[decision.parts[0]].paper.aliases) if decision.parts else set()
        rows += [{"alias": alias, "paper": key} for alias in decision.paper.aliases if alias not in had]
    insert_rows(connection, _identifiers, rows)


def write_assignments(
    connection: Connection, targets: Sequence[tuple[int, Sequence[Assignment]]], *, replacing: bool
) -> None:
    """Store each paper's assignments, primary first; with `replacing`, in place of those it had."""
    if replacing:
        for some in batches([key for key, _ in targets]):
            connection.execute(delete(_assignments).where(_assignments.c.paper.in_(some)))
    rows = [
        {
            "paper": key,
            "position": position,
            "topic": assignment.topic,
            "confidence": assignment.confidence,
            "why": assignment.why,
        }
        for key, assignments in targets
        for position, assignment in enumerate(assignments)
    ]
    insert_rows(connection, _assignments, rows)


def reassign_after(
    connection: Connection, key: int, assign: Callable[[Sequence[Paper]], Sequence[tuple[Assignment, ...]]]
) -> tuple[int, int]:
    """Assign the next papers after `key` anew; those whose assignments stay are not written.

    The last key and how many were looked at; none when there are no more.
    """
    rows = connection.execute(_page_after(key)).all()
    keys = [row.key for row in rows]
    signals = select_signals(connection, keys)
    before = _select_assignments(connection, keys)
    after = assign([paper_of(row, signals.get(row.key, ())) for row in rows])
    changed = [(key, now) for key, now in zip(keys, after, strict=True) if tuple(before.get(key, ())) != now]
    write_assignments(connection, changed, replacing=True)
    return (keys[-1] if keys else key), len(keys)


def _page_after(key: int) -> Select[Any]:
    return select(_papers).where(_papers.c.key > key).order_by(_papers.c.key).limit(500)


def _select_assignments(connection: Connection, keys: Sequence[int]) -> dict[int, list[Assignment]]:
    found: dict[int, list[Assignment]] = defaultdict(list)
    for some in batches(keys):
        statement = select(_assignments).where(_assignments.c.paper.in_(some))
        for row in connection.execute(statement.order_by(_assignments.c.paper, _assignments.c.position)):
            found[row.paper].append(Assignment(topic=row.topic, confidence=row.confidence, why=row.why))
    return found


def select_readings(connection: Connection, records: Iterable[int]) -> dict[int, int]:
    """What the records among `records` that were read before said last (hash of record to hash of values)."""
    table = schema.readings
    found: dict[int, int] = {}
    for some in batches(records):
        found.update(connection.execute(select(table).where(table.c.record.in_(some))).all())
    return found


def upsert_readings(connection: Connection, readings: Mapping[int, int]) -> None:
    """Remember what records said."""
    rows = [{"record": record, "signals": said} for record, said in readings.items()]
    insert_rows(connection, schema.readings, rows, on_conflict="(record) DO UPDATE SET signals = excluded.signals")
