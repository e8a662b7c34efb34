"""A feed that grows for years as documents of bounded size (RFC 5005 §4).

The whole feed, oldest first, is cut into pages of equal length. A page that has a successor is full: it is an archive
and never changes. The page after it is still growing; all of it is in the subscription document too, which holds the
newest entries. Positions only; no entry is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.render.feeds.feed import Paging

_AT_LEAST = timedelta(days=7)
"""A reader that looks in once a week misses nothing."""
MOST_ENTRIES = 1000
"""A subscription document never holds more, however busy the week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The entries `[start, stop)`, counted from the oldest, as the document `name`."""

    name: str
    start: int
    stop: int
    paging: Paging


def documents(name: str, moments: Sequence[datetime], size: int) -> tuple[Document, ...]:
    """The documents of the feed `name` with entries of `moments` (ascending): the subscription document first.

    The subscription document holds the newest `size` entries, or those of its last seven days when they are more.
    Without full pages there is no archive.
    """
    count = len(moments)
    full = max(0, count - 1) // size
    start = _newest(moments, size)
    pages = [_page(name, number, count, size) for number in range(1, full + 2)] if full else []
    # The newest page that is not wholly in the subscription document is where a reader goes on.
    older = next((page.name for page in reversed(pages) if page.start < start), None)
    current = Document(name=name, start=start, stop=count, paging=Paging(previous=older))
    return (current, *pages)


def _newest(moments: Sequence[datetime], size: int) -> int:
    start = max(0, len(moments) - size)
    while start > 0 and len(moments) - start < MOST_ENTRIES and moments[start - 1] > moments[-1] - _AT_LEAST:
        start -= 1
    return start


def _page(name: str, number: int, count: int, size: int) -> Document:
    stop = min(number * size, count)
    is_full = number * size < count
    return Document(
        name=_name(name, number),
        start=(number - 1) * size,
        stop=stop,
        paging=Paging(
            current=name,
            previous=_name(name, number - 1) if number > 1 else None,
            following=_name(name, number + 1) if is_full else None,
            archive=is_full,
        ),
    )


def _name(name: str, number: int) -> str:
    return f"archive/{name}-{number:04}"
