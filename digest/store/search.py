"""Searching: a `Query` as one SELECT. Its text can be anything; nothing a reader types is a syntax error.

The text is words, "phrases", `word*`, AND, OR, NOT, parentheses, and `title:`, `abstract:`, `author:` before a word or
phrase. Words side by side are joined by AND. What cannot be understood (a lone AND, an unbalanced parenthesis) is
passed over. Each word or phrase becomes a search of its own in the full-text index, joined by SQL's own AND, OR and
NOT, so both databases understand every text the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, func, literal_column, not_, or_, select, table, true

from digest.models import Query
from digest.store import schema

_papers = schema.papers
_index = table("papers_search", column("rowid"))
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


def select_papers(query: Query, dialect: str) -> Select[Any]:
    """The papers of `query` in its order (`trend` cannot be known here and is by date)."""
    conditions: list[ColumnElement[bool]] = []
    if query.text and (parsed := parse_text(query.text)):
        conditions.append(_condition(parsed, dialect))
    if query.author:
        conditions.append(_match(Term(clean(query.author), field="names"), dialect))
    if query.organization:
        conditions.append(_papers.c.affiliations.icontains(clean(query.organization), autoescape=True))
    if query.topic:
        assigned = schema.assignments
        conditions.append(_papers.c.key.in_(select(assigned.c.paper).where(assigned.c.topic == clean(query.topic))))
    if query.since:
        conditions.append(_papers.c.day >= query.since)
    if query.until:
        conditions.append(_papers.c.day < query.until)
    statement = select(_papers).where(*conditions)
    if query.sort == "votes":
        votes = _votes()
        statement = statement.outerjoin(votes, votes.c.paper == _papers.c.key)
        statement = statement.order_by(func.coalesce(votes.c.votes, -1).desc())
    statement = statement.order_by(_papers.c.day.desc(), _papers.c.first_seen_at.desc(), _papers.c.id)
    return statement if query.limit is None else statement.limit(max(query.limit, 0))


def _votes() -> Any:
    """Each paper's upvotes as `Paper.latest` has them: the last of every source, of those the largest."""
    signals = schema.signals
    place = func.row_number().over(
        partition_by=(signals.c.paper, signals.c.source), order_by=signals.c.observed_at.desc()
    )
    last = (
        select(signals.c.paper, signals.c.value, place.label("place")).where(signals.c.metric == "upvotes").subquery()
    )
    newest = select(last.c.paper, func.max(last.c.value).label("votes")).where(last.c.place == 1)
    return newest.group_by(last.c.paper).subquery()


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


def _condition(node: Term | Join, dialect: str) -> ColumnElement[bool]:
    if isinstance(node, Term):
        return _match(node, dialect)
    parts = [_condition(part, dialect) for part in node.parts]
    if node.kind == "not":
        return not_(parts[0])
    return and_(*parts) if node.kind == "and" else or_(*parts)


def _match(term: Term, dialect: str) -> ColumnElement[bool]:
    if not any(letter.isalnum() for letter in term.words):
        return true()
    return (_match_postgresql if dialect == "postgresql" else _match_sqlite)(term)


def _match_sqlite(term: Term) -> ColumnElement[bool]:
    """An FTS5 string in quotes is never syntax (https://www.sqlite.org/fts5.html, 3.1)."""
    phrase = '"' + term.words.replace('"', '""') + '"' + ("*" if term.prefix else "")
    expression = f"{{{term.field}}} : {phrase}" if term.field else phrase
    matching = select(_index.c.rowid).where(literal_column("papers_search").op("MATCH")(expression))
    return _papers.c.key.in_(matching)


def _match_postgresql(term: Term) -> ColumnElement[bool]:
    """A phrase of nothing but stop words says nothing, so it holds for every paper."""
    english: ColumnElement[str] = literal_column("'english'::regconfig")
    phrase: ColumnElement[str] = func.phraseto_tsquery(english, term.words)
    if term.prefix:
        # to_tsquery has a syntax of its own; words of letters and digits alone are none of it.
        phrase = func.to_tsquery(english, " <-> ".join(re.findall(r"[^\W_]+", term.words)) + ":*")
    document = func.to_tsvector(english, _papers.c[term.field]) if term.field else literal_column("papers.search")
    return or_(func.numnode(phrase) == 0, document.op("@@")(phrase))
