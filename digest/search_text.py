"""Search texts: what a reader types, as a tree. Nothing that is typed is a syntax error.

A search is words, "phrases", `word*`, AND, OR, NOT, parentheses, and `title:`, `abstract:`, `author:` before a word or
phrase. Words side by side are joined by AND. What cannot be understood (a lone AND, an unbalanced parenthesis) is
passed over. The store looks for a tree in its index (`digest.store.search`), curation in a paper at hand
(`digest.curation.search`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIELDS = {"title": "title", "abstract": "abstract", "author": "names", "authors": "names"}
_TOKEN = re.compile(
    r"""\s*(?:(?P<bracket>[()])
    |(?:(?P<field>title|abstract|authors?):\s*)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s()"]+)))""",
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST = 1000
_MOST_TERMS = 40
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase, in one field or in all; with `prefix` its last word may go on."""

    words: str
    field: str | None = None
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """Parts joined by `and` or `or`, or one part turned round by `not`."""

    kind: str
    parts: tuple[Term | Join, ...]


def parse_text(written: str) -> Term | Join | None:
    """The tree of a search text; None when there is no word in it."""
    tokens = [found for found in _TOKEN.finditer(clean(written[:_LONGEST])) if found[0].strip()]
    return _Parser(tokens).alternatives(0)


def clean(written: str) -> str:
    """Without what a database cannot be told: NUL and lone surrogates."""
    return written.replace("\x00", " ").encode("utf-8", "replace").decode()


class _Parser:
    """Reads tokens from left to right; OR binds weakest, then AND (written or not), then NOT."""

    def __init__(self, tokens: list[re.Match[str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._terms = 0

    def alternatives(self, depth: int) -> Term | Join | None:
        parts = [self._sequence(depth)]
        while self._take("OR"):
            parts.append(self._sequence(depth))
        return _join("or", parts)

    def _sequence(self, depth: int) -> Term | Join | None:
        parts: list[Term | Join | None] = []
        while self._at < len(self._tokens):
            if self._is("OR") or (depth and self._is(")")):
                break
            if not (self._take("AND") or self._take(")")):
                parts.append(self._one(depth))
        return _join("and", parts)

    def _one(self, depth: int) -> Term | Join | None:
        negated = False
        while self._take("NOT"):
            negated = not negated
        if self._at == len(self._tokens) or self._is("OR") or self._is("AND") or self._is(")"):
            return None
        if self._take("("):
            part = self.alternatives(depth + 1) if depth < _DEEPEST else None
            self._take(")")
        else:
            part = self._term()
        return Join("not", (part,)) if part and negated else part

    def _term(self) -> Term | None:
        found = self._tokens[self._at]
        self._at += 1
        self._terms += 1
        words = found["phrase"] if found["word"] is None else found["word"]
        if self._terms > _MOST_TERMS or not any(letter.isalnum() for letter in words or ""):
            return None
        field = _FIELDS[found["field"].lower()] if found["field"] else None
        return Term(words.rstrip("*"), field, prefix=words.endswith("*"))

    def _is(self, sign: str) -> bool:
        if self._at == len(self._tokens):
            return False
        found = self._tokens[self._at]
        return found["field"] is None and sign in {found["bracket"], found["word"]}

    def _take(self, sign: str) -> bool:
        taken = self._is(sign)
        self._at += taken
        return taken


def _join(kind: str, parts: list[Term | Join | None]) -> Term | Join | None:
    present = tuple(part for part in parts if part)
    if len(present) > 1:
        return Join(kind, present)
    return present[0] if present else None
