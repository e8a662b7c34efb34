"""Lists of readers as CSV (RFC 4180): in from another system, out to one, and round without loss of consent.

The columns are `COLUMNS`; only `address` is needed. A cell that a spreadsheet would take for a formula is written with
an apostrophe before it, and read without.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TextIO

from digest.curation.preferences import PREFERENCE_FIELDS, format_preferences, parse_preferences
from digest.errors import SubscriptionError
from digest.models import Preferences, Rejection, Status, Subscriber
from digest.site import Site
from digest.store import Store
from digest.store.subscribers import address_key
from digest.subscribe.newcomer import default_preferences, latest_edition, new_reader, reader_address, welcomed

COLUMNS = ("address", "status", "confirmed_at", "source", "created_at", *PREFERENCE_FIELDS)
"""`created_at` is for reading only; of `status` an import takes in who wants mail."""

Progress = Callable[[int, int | None, str], None]
_Row = tuple[int, dict[str, str]]
"""The number of a line and its cells by column."""

_NAMES = {
    **dict.fromkeys(("email", "e mail", "mail", "email address", "e mail address", "subscriber"), "address"),
    **dict.fromkeys(
        ("consent date", "consent at", "consent time", "consented at", "consented on", "confirmed on", "confirm time",
         "confirmation date", "optin time", "opt in time", "opt in date", "subscribed at", "subscribed on"),
        "confirmed_at",
    ),
    **dict.fromkeys(("consent source", "optin source", "opt in source", "signup source", "sign up source"), "source"),
    "timezone": "zone",
    "time zone": "zone",
}  # fmt: skip
"""What other systems call our columns."""
_WANTED = ("", "active", "paused", "enabled", "confirmed", "subscribed")
"""What a status may be: an import takes in those who want mail."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""https://owasp.org/www-community/attacks/CSV_Injection"""
_BATCH = 1000
_MAX_SOURCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a list: how many readers came in, and the lines that did not, with the reason."""

    added: int
    refused: tuple[Rejection, ...]
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
    added = 0
    total = len(lines) if isinstance(lines, Sized) else None
    unread: list[str] = []
    rows = _rows(lines, unread)
    while batch := list(islice(rows, _BATCH)):
        aside = _add(store, batch, reader_of)
        refused += aside
        added += len(batch) - len(aside)
        if progress:
            progress(batch[-1][0], total, "Importing")
    return Imported(added=added, refused=tuple(refused), unread=tuple(unread))


def export_csv(store: Store, out: TextIO, status: Status | None = None) -> int:
    """Write the readers (of one status) as CSV; how many."""
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    count = 0
    for count, reader in enumerate(store.subscribers.all(status), 1):  # noqa: B007 - the last one is the answer
        cells = {
            "address": reader.address,
            "status": reader.status,
            "confirmed_at": reader.confirmed_at.isoformat() if reader.confirmed_at else "",
            "source": reader.source,
            "created_at": reader.created_at.isoformat(),
            **format_preferences(reader.preferences),
        }
        writer.writerow({name: _guarded(cell) for name, cell in cells.items()})
    return count


def _add(store: Store, rows: Iterable[_Row], reader_of: _Reader) -> list[Rejection]:
    """Store the readers of some lines; the lines that are refused, in order."""
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
    return [refused[number] for number in sorted(refused)]


class _Reader:
    """Makes readers of cells, knowing all that is the same for every line."""

    def __init__(self, store: Store, site: Site, now: datetime, source: str) -> None:
        self._site, self._now, self._source = site, now, source
        self._latest = latest_edition(store)
        self._topics = [topic.slug for topic in site.topics()]
        self._start = default_preferences(site)

    def __call__(self, cells: Mapping[str, str]) -> Subscriber:
        if "" in cells:
            raise SubscriptionError(cells[""])
        if (status := cells.get("status", "").lower()) not in _WANTED:
            raise SubscriptionError(f"wants no mail ({status[:40]})")
        reader = new_reader(
            self._site,
            reader_address(cells.get("address", "")),
            now=self._now,
            preferences=self._preferences(cells),
            source=_source(cells.get("source", "")) or self._source,
        )
        consent_at = _moment(cells.get("confirmed_at", ""), self._now)
        reader = welcomed(reader, now=self._now, latest=self._latest, consent_at=consent_at)
        return replace(reader, status="paused", next_at=None) if status == "paused" else reader

    def _preferences(self, cells: Mapping[str, str]) -> Preferences:
        given = {name: cells[name] for name in PREFERENCE_FIELDS if cells.get(name)}
        return parse_preferences(given, start=self._start, topics=self._topics)


def _rows(lines: Iterable[str], unread: list[str]) -> Iterator[_Row]:
    """The number and the cells of every line that is not empty; what is wrong with one is under an empty name.

    The headings that are none of ours are added to `unread`.
    """
    lines = iter(lines)
    first = next(lines, "").removeprefix("\ufeff")
    separator = next((sign for sign in ("\t", ";") if sign in first and "," not in first), ",")
    reader = csv.reader(chain([first], lines), delimiter=separator)
    names = ["address"]
    while True:
        try:
            cells = [_unguarded(cell.strip()) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, {"": f"cannot be read: {error}"}
            continue
        if reader.line_num == 1 and "@" not in "".join(cells):
            names = _headings(cells)
            unread += [cell for cell, name in zip(cells, names, strict=True) if cell and name not in COLUMNS]
        elif any(cells):
            yield reader.line_num, dict(zip(names, cells, strict=False))


def _headings(cells: list[str]) -> list[str]:
    plain = [cell.lower().replace("_", " ").replace("-", " ") for cell in cells]
    names = [_NAMES.get(cell, cell.replace(" ", "_")) for cell in plain]
    names = [name if name in COLUMNS else f"other {place}" for place, name in enumerate(names)]
    if "address" not in names:
        raise SubscriptionError("the list has no column `address`; its first line must name the columns")
    return names


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


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell
