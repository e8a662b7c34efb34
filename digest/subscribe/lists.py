"""Lists of readers as CSV: in from another system, out to one, and round without loss of consent or preferences.

The columns are `COLUMNS`; only `address` is needed. A list has few kinds of readers, so what follows from preferences
is worked out once for each kind.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import TextIO

from digest.curation.preferences import PREFERENCE_FIELDS, format_preferences, parse_preferences
from digest.errors import SubscriptionError
from digest.models import Rejection, Status, Subscriber
from digest.site import Site
from digest.store import Store
from digest.store.subscribers import address_key
from digest.subscribe.list_rows import COLUMNS, Row, guarded, rows_of
from digest.subscribe.listed_marks import MARK_COLUMNS, cells_of, require_few, save_cells
from digest.subscribe.newcomer import default_preferences, latest_edition, new_id, new_reader, reader_address, welcomed

Progress = Callable[[int, int | None, str], None]

_WANTED = ("", "active", "paused", "enabled", "confirmed", "subscribed")
"""What a status may be: an import takes in those who want mail."""
_BATCH = 1000
_MAX_SOURCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a list: how many readers came in, and the lines that did not, with the reason."""

    added: int
    refused: tuple[Rejection, ...]
    unmarked: tuple[Rejection, ...] = ()
    """Readers who came in, but not all of their marks."""
    unread: tuple[str, ...] = ()
    """Columns that are none of ours, as the list has them."""


def import_csv(
    store: Store,
    site: Site,
    lines: Iterable[str],
    *,
    now: datetime,
    source: str = "import",
    progress: Progress | None = None,
) -> Imported:
    """Take in readers who have consented elsewhere; `confirmed_at` and `source` of a line say when and where.

    Without a consent date it is `now`. They get what is published from now on. A line whose address is known or
    suppressed is refused: nobody who left is brought back. A first line that is an address means there are no headings.

    Raises:
        SubscriptionError: there is no column `address`.
    """
    reader_of = _Reader(store, site, now, source)
    refused: list[Rejection] = []
    unmarked: list[Rejection] = []
    added = 0
    total = len(lines) if isinstance(lines, Sized) else None
    unread: list[str] = []
    rows = rows_of(lines, unread)
    while batch := list(islice(rows, _BATCH)):
        readers, aside = _add(store, batch, reader_of)
        refused += aside
        added += len(readers)
        unmarked += _mark(store, batch, readers, now)
        if progress:
            progress(batch[-1][0], total, "Importing")
    return Imported(added=added, refused=tuple(refused), unmarked=tuple(unmarked), unread=tuple(unread))


def export_csv(store: Store, out: TextIO, status: Status | None = None) -> int:
    """Write the readers (of one status) as CSV; how many."""
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    count = 0
    for count, cells in enumerate(listed(store, status), 1):  # noqa: B007 - the last one is the answer
        writer.writerow({name: guarded(cell) for name, cell in cells.items()})
    return count


def listed(store: Store, status: Status | None = None) -> Iterator[dict[str, str]]:
    """The cells of the readers (of one status) by column."""
    marking = store.marks.holders()
    for reader in store.subscribers.all(status):
        yield {
            "address": reader.address,
            "status": reader.status,
            "confirmed_at": reader.confirmed_at.isoformat() if reader.confirmed_at else "",
            "source": reader.source,
            "created_at": reader.created_at.isoformat(),
            **format_preferences(reader.preferences),
            **cells_of(store.marks.wishes(reader.id) if reader.id in marking else ()),
        }


def _add(store: Store, rows: Iterable[Row], reader_of: _Reader) -> tuple[dict[int, Subscriber], list[Rejection]]:
    """Store the readers of some lines: those who came in by line, and the lines that are refused, in order."""
    refused: dict[int, Rejection] = {}
    readers: dict[int, Subscriber] = {}
    for number, cells in rows:
        try:
            readers[number] = reader_of(cells)
        except SubscriptionError as error:
            refused[number] = _refusal(number, cells.get("address", ""), str(error))
    twice = _doubles(readers)
    known = store.subscribers.add([reader for number, reader in readers.items() if number not in twice])
    for number, reader in readers.items():
        status = known.get(address_key(reader.address))
        if number in twice or status:
            reason = f"is known already ({status})" if status else "is in the list twice"
            refused[number] = _refusal(number, reader.address, reason)
    added = {number: reader for number, reader in readers.items() if number not in refused}
    return added, [refused[number] for number in sorted(refused)]


def _mark(store: Store, rows: Iterable[Row], readers: Mapping[int, Subscriber], now: datetime) -> list[Rejection]:
    """Store the marks of those who came in; the lines that name papers which were never read here."""
    marked = {number: cells for number, cells in rows if number in readers and any(map(cells.get, MARK_COLUMNS))}
    missing = save_cells(store, {readers[number].id: cells for number, cells in marked.items()}, now=now)
    return [
        _refusal(
            number, readers[number].address, f"no paper was read here of {len(names)} marked: {' '.join(names)[:200]}"
        )
        for number in marked
        if (names := missing.get(readers[number].id))
    ]


class _Reader:
    """Makes readers of cells, knowing all that is the same for every line."""

    def __init__(self, store: Store, site: Site, now: datetime, source: str) -> None:
        self._site, self._now, self._source = site, now, source
        self._latest = latest_edition(store)
        self._topics = [topic.slug for topic in site.topics()]
        self._start = default_preferences(site)
        self._like = lru_cache(maxsize=1000)(self._one_like)

    def __call__(self, cells: Mapping[str, str]) -> Subscriber:
        if "" in cells:
            raise SubscriptionError(cells[""])
        if (status := cells.get("status", "").lower()) not in _WANTED:
            raise SubscriptionError(f"wants no mail ({status[:40]})")
        address = reader_address(cells.get("address", ""))
        require_few(cells)
        like = self._like(status == "paused", tuple(cells.get(name, "") for name in PREFERENCE_FIELDS))
        return replace(
            like,
            id=new_id(),
            address=address,
            source=_source(cells.get("source", "")) or self._source,
            confirmed_at=_moment(cells.get("confirmed_at", ""), self._now),
        )

    def _one_like(self, paused: bool, preferences: tuple[str, ...]) -> Subscriber:  # noqa: FBT001 - a key of the cache
        """A reader with these cells, who is nobody yet."""
        given = {name: text for name, text in zip(PREFERENCE_FIELDS, preferences, strict=True) if text}
        wanted = parse_preferences(given, start=self._start, topics=self._topics)
        reader = new_reader(self._site, "", now=self._now, preferences=wanted)
        reader = welcomed(reader, now=self._now, latest=self._latest)
        return replace(reader, status="paused", next_at=None) if paused else reader


def _doubles(readers: Mapping[int, Subscriber]) -> set[int]:
    """The numbers of the lines whose address an earlier one has."""
    first: dict[str, int] = {}
    return {
        number for number, reader in readers.items() if first.setdefault(address_key(reader.address), number) != number
    }


def _moment(text: str, now: datetime) -> datetime:
    """An ISO 8601 date or moment, UTC where it does not say; `now` when it is empty."""
    if not text:
        return now
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise SubscriptionError(f"confirmed_at: `{text[:40]}` is no date; write it as 2026-11-20") from error
    if moment > now:
        raise SubscriptionError(f"confirmed_at: {text[:40]} is in the future")
    return moment


def _source(text: str) -> str:
    if len(text) > _MAX_SOURCE or not text.isprintable():
        raise SubscriptionError(f"source: is longer than {_MAX_SOURCE} characters, or not all of it can be printed")
    return text


def _refusal(number: int, address: str, reason: str) -> Rejection:
    shown = "".join(letter if letter.isprintable() else "�" for letter in address[:80])
    return Rejection(record=f"line {number}: {shown}".rstrip(": "), reason=reason.removeprefix(f"{address}: "))
