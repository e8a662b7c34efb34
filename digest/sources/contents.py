"""What a place held when it was last read to its end, so that the same bytes there are not parsed again.

A *place* is a document (a file, an address, standard input) or a piece of a long one. Only its last content counts: a
list that says again what it said before the last time has something to tell. It stores nothing; who reads brings what
is known, and keeps what is new once the papers are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from digest.models import Content, Reading

if TYPE_CHECKING:
    from digest.sources.source import ReadContext

UNCHANGED = "unchanged"
"""The form of a reading of which nothing has changed since it was last read."""
_PACKAGE = Path(__file__).parents[1]
_READS = ("sources/*.py", "models/papers.py", "identity.py", "__init__.py")
"""What decides what is read of the same bytes, the version among it."""


def content_of(data: bytes, context: ReadContext, *, place: str, source: str, content_type: str = "") -> Content:
    """`data` at `place` as it would be remembered, before anything in it is counted.

    Its mark changes with the bytes, and with all that says how they are read: the program, the settings, the day the
    operator named.
    """
    how = repr((program_mark(), source, place, content_type, context.on, context.settings))
    return Content(place=_mark(place.encode("utf-8", "replace")), mark=_mark(how.encode("utf-8", "replace"), data))


def read_once(content: Content, context: ReadContext, readings: Iterable[Reading]) -> Iterator[Reading]:
    """`readings`, which are those of `content`; one that only counts them where that is what the place held before.

    The last one says what to remember, unless something was set aside: that is to be looked at again.
    """
    known = context.contents.get(content.place)
    if known is not None and known.mark == content.mark:
        yield Reading(form=UNCHANGED, unchanged=(known,))
        return
    whole = True
    last: Reading | None = None
    for reading in readings:
        if last is not None:
            yield last
        last = reading
        days = (paper.listed_on for paper in reading.papers if paper.listed_on)
        newest = max((*days, *([content.newest_on] if content.newest_on else ())), default=None)
        content = replace(content, read=content.read + len(reading.papers), newest_on=newest)
        whole = whole and not reading.rejected
    if last is not None:
        yield replace(last, contents=(content,)) if whole else last


@cache
def program_mark(package: Path = _PACKAGE) -> int:
    """A mark of the code that reads: with a parser that was mended everything is read again, in a checkout too.

    It takes a millisecond or two, once; of a package without its sources it is always the same.
    """
    return _mark(*(path.read_bytes() for pattern in _READS for path in sorted(package.glob(pattern))))


def _mark(*parts: bytes) -> int:
    digest = blake2b(digest_size=8)
    for part in parts:
        digest.update(part)
    return int.from_bytes(digest.digest()) >> 1
