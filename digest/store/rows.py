"""Papers as rows and back, without loss. Columns that only serve searching are derived here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from digest.models import Author, Paper, Signal

_PLAIN = tuple(field.name for field in fields(Paper) if field.name not in {"authors", "signals"})


def paper_row(paper: Paper, *, first_seen_at: datetime) -> dict[str, Any]:
    """The columns of `papers`, all but `key` and `edition`."""
    row: dict[str, Any] = {name: getattr(paper, name) for name in _PLAIN}
    authors = paper.authors
    organizations = dict.fromkeys((*paper.organizations, *(a.organization for a in authors if a.organization)))
    row["authors"] = tuple([a.name, a.organization] if a.organization else [a.name] for a in authors)
    row["names"] = "; ".join([a.name for a in authors])
    row["affiliations"] = "; ".join(organizations)
    row["first_seen_at"] = first_seen_at
    row["day"] = paper.listed_on or first_seen_at.date()
    return row


def paper_of(row: Row[Any], signals: Sequence[Signal]) -> Paper:
    """The paper of a row of `papers` and its observations, oldest first."""
    mapping = row._mapping  # noqa: SLF001 - SQLAlchemy's documented way to read a row by name
    values = {name: mapping[name] for name in _PLAIN}
    authors = tuple(Author(name=parts[0], organization=parts[1] if parts[1:] else None) for parts in mapping["authors"])
    return Paper(**values, authors=authors, signals=tuple(signals))
