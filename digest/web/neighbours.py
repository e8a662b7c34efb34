"""Papers like a paper, among those listed within a month of it.

An index takes a second or two to build, so the last few are kept; they are built anew when an edition was closed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from digest.curation.similar import Similar, SimilarPapers
from digest.models import KnownPaper, Paper, Query
from digest.store import Store

_KEPT = 4
_AROUND = timedelta(days=45)
"""Before and after the middle of the paper's month."""
_MOST = 6_000
"""Papers in an index, the newest first."""


@dataclass(frozen=True, slots=True)
class _Index:
    similar: SimilarPapers
    papers: Mapping[str, Paper]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The indexes at hand. Safe to use from several threads: one builds, the others wait for it."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _indexes: OrderedDict[tuple[int, date], _Index] = field(default_factory=OrderedDict)

    def of(self, store: Store, known: KnownPaper, *, newest: int, count: int = 5) -> tuple[tuple[Paper, Similar], ...]:
        """The `count` papers most like `known`; `newest` is the number of the last edition."""
        listed_on = known.paper.listed_on or known.first_seen_at.date()
        index = self._index(store, newest, listed_on.replace(day=15))
        found = index.similar.like(known.paper, count)
        return tuple((index.papers[one.paper], one) for one in found)

    def _index(self, store: Store, newest: int, middle: date) -> _Index:
        with self._lock:
            index = self._indexes.pop((newest, middle), None)
            if index is None:
                query = Query(since=middle - _AROUND, until=middle + _AROUND, limit=_MOST)
                papers = {one.paper.id: one.paper for one in store.find_papers(query)}
                index = _Index(SimilarPapers(papers.values()), papers)
            self._indexes[newest, middle] = index
            if len(self._indexes) > _KEPT:
                self._indexes.popitem(last=False)
        return index
