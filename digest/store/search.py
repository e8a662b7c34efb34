"""Searching: a `Query` as one SELECT.

Each word or phrase of its text (`digest.search_text`) becomes a search of its own in the full-text index, joined by
SQL's own AND, OR and NOT, so both databases understand every text the same way.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    column,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    table,
    true,
)

from digest.models import Query
from digest.search_text import Join, Term, clean, parse_text
from digest.store import schema

_papers = schema.papers
_index = table("papers_search", column("rowid"), column("title"), column("abstract"), column("names"))


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


def index_new(connection: Connection, after: int) -> None:
    """Put the papers whose key comes after `after` into the full-text index, where it does not follow by itself.

    One statement for all of them: after each, FTS5 writes its index to the disk, which costs more than the indexing.
    """
    if connection.dialect.name == "sqlite":
        columns = [_papers.c.key, _papers.c.title, _papers.c.abstract, _papers.c.names]
        new = select(*columns).where(_papers.c.key > after)
        connection.execute(insert(_index).from_select(["rowid", "title", "abstract", "names"], new))


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
