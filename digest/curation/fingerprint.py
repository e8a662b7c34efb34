"""Short marks of what a record said, so that the same words are known again before anything else is looked at.

A record and the values of its signals have marks of their own: the values change daily, the words hardly ever.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from hashlib import blake2b
from operator import attrgetter

from digest.models import Paper

_METHOD = "2"
"""To be changed with any rule of merging: then every record is looked at again."""
_words = attrgetter(*(field.name for field in fields(Paper) if field.name not in {"authors", "signals"}))


def record_mark(source: str, paper: Paper, now: datetime) -> int:
    """The mark of all that `source` says of `paper` but what its signals are `now`: 63 bits, equal in every process.

    Observations with a moment of their own are part of it: they are facts that do not change.
    """
    authors = [(author.name, author.organization) for author in paper.authors]
    dated = sorted(
        (signal.metric, signal.source, signal.value, signal.observed_at)
        for signal in paper.signals
        if signal.observed_at != now
    )
    return _mark((_METHOD, source, _words(paper), authors, dated))


def signals_mark(paper: Paper, now: datetime) -> int:
    """The mark of the values that a paper's signals have `now`."""
    return _mark(
        sorted((signal.metric, signal.source, signal.value) for signal in paper.signals if signal.observed_at == now)
    )


def text_mark(text: str) -> str:
    """A few letters that tell long texts apart."""
    return f"{_mark(text):016x}"[:8]


def _mark(words: object) -> int:
    digest = blake2b(repr(words).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) >> 1
