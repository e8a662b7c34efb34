"""Papers as people list them: an id, a DOI or an address a line, with a bullet, a title beside it, or a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.identity import arxiv_id, doi, openreview_id

_AROUND = " \t-*•·[](){}<>\"',;."
_APART = re.compile(r"[\s,;|]+")
_LONGEST = 500
"""Characters of a line that are looked at."""


def listed_names(text: str) -> Iterator[str]:
    """The names of papers in a list; of a line without one the line, so that someone can be told.

    Empty lines and those that begin with `#` or `%` pass, and so does what follows ` #`.
    """
    for line in text.splitlines():
        bare = line.strip()[:_LONGEST].strip()
        if bare and not bare.startswith(("#", "%")):
            yield from _names_of(bare)


def _names_of(line: str) -> list[str]:
    if _is_identity(line):
        return [line]
    said = line.partition(" #")[0].strip(_AROUND)
    if _is_identity(said):
        return [said]
    pieces = [piece.strip(_AROUND) for piece in _APART.split(said)]
    return [piece for piece in pieces if _is_identity(piece)] or [line]


def _is_identity(text: str) -> bool:
    return bool(arxiv_id(text) or doi(text) or openreview_id(text))
