"""Marks in a list of readers: a column of papers they want more like, and one of less, ids with spaces between.

A cell has no place for a paper's words, so only papers that this site has read can be marked from one. `digest
--json marks list` has all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from digest.errors import SubscriptionError
from digest.identity import identity_of
from digest.models import MOST_MARKS, Mark
from digest.search_text import clean
from digest.store import Store

MARK_COLUMNS: dict[str, Literal["more", "less"]] = {"more_like": "more", "less_like": "less"}
_LONGEST = 500
"""Characters of a name that are looked at."""
_APART = timedelta(microseconds=1)
"""Between the moments of the marks of a cell: the newest count, and stand last."""


def cells_of(wishes: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The cells for papers and wishes, oldest first."""
    given = tuple(wishes)
    return {column: " ".join(paper for paper, said in given if said == wish) for column, wish in MARK_COLUMNS.items()}


def require_few(cells: Mapping[str, str]) -> None:
    """Raise SubscriptionError when one reader would have too many marks."""
    count = sum(len(cells.get(column, "").split()) for column in MARK_COLUMNS)
    if count > MOST_MARKS:
        raise SubscriptionError(f"has {count:,} marks; at most {MOST_MARKS:,} are kept")


def save_cells(store: Store, given: Mapping[str, Mapping[str, str]], *, now: datetime) -> dict[str, tuple[str, ...]]:
    """Mark what the cells of new readers, by their ids, name; by reader, the names of papers that were never read."""
    if not given:
        return {}
    wishes = {
        reader: [(name, wish) for column, wish in MARK_COLUMNS.items() for name in cells.get(column, "").split()]
        for reader, cells in given.items()
    }
    names = {name: clean(identity_of(name[:_LONGEST])) for named in wishes.values() for name, _ in named}
    known = store.papers_by_alias(names.values()) if names else {}
    marks = {
        reader: [
            Mark(paper=known[names[name]], wish=wish, at=now - back * _APART)
            for back, (name, wish) in enumerate(reversed(named))
            if names[name] in known
        ]
        for reader, named in wishes.items()
    }
    store.marks.save_all({reader: tuple(reversed(of_reader)) for reader, of_reader in marks.items() if of_reader})
    missing = {reader: tuple(name for name, _ in named if names[name] not in known) for reader, named in wishes.items()}
    return {reader: unread for reader, unread in missing.items() if unread}
