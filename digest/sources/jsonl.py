"""Our own record: a paper as one JSON object, one a line. What is exported and shipped is written so and read back.

`from_record(to_record(paper)) == paper` but for limits. Records of other programs are for `exports`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from digest.models import Author, Paper, Signal
from digest.sources import limits
from digest.sources.record import ANNOUNCEMENTS, METRICS, Origin

_TEXTS = ("summary", "url", "pdf_url", "code_url", "project_url", "discussion_url", "thumbnail_url", "venue")
_LISTS = ("aliases", "categories", "keywords", "organizations")
_MOMENTS = ("published_at", "updated_at")
_SIGNALS = 10_000
"""Most observations of one paper: three metrics hourly for four months."""


def to_record(paper: Paper) -> dict[str, Any]:
    """`paper` as plain JSON values; what is empty is left out. Moments are ISO 8601 in UTC, days YYYY-MM-DD."""
    record: dict[str, Any] = {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": [_author(author) for author in paper.authors],
        "listed_on": paper.listed_on and paper.listed_on.isoformat(),
        "version": paper.version,
        "announcement": paper.announcement,
        "withdrawn": paper.withdrawn,
    }
    record |= {name: getattr(paper, name) for name in _TEXTS}
    record |= {name: list(getattr(paper, name)) for name in _LISTS}
    record |= {name: _moment(getattr(paper, name)) for name in _MOMENTS}
    record["signals"] = [_signal(signal) for signal in paper.signals]
    return {name: value for name, value in record.items() if value not in (None, [], False, "")}


def _author(author: Author) -> str | dict[str, str]:
    if author.organization is None:
        return author.name
    return {"name": author.name, "organization": author.organization}


def _moment(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "metric": signal.metric,
        "value": signal.value,
        "observed_at": _moment(signal.observed_at),
        "source": signal.source,
    }


def read_authors(values: Iterable[object]) -> tuple[Author, ...]:
    """Authors given by name, or as objects with `name` and, where known, `organization`; repeated names count once."""
    found: dict[str, Author] = {}
    for value in values:
        fields = value if isinstance(value, dict) else {"name": value}
        name = limits.text(fields.get("name"), limits.NAME)
        if name and name not in found:
            organization = limits.text(fields.get("organization"), limits.NAME) or None
            found[name] = Author(name=name, organization=organization)
        if len(found) == limits.AUTHORS:
            break
    return tuple(found.values())


def read_signals(values: object, origin: Origin) -> tuple[Signal, ...]:
    """The observations of a record, oldest first: a list of them, or a mapping of metrics as of when it was read."""
    if isinstance(values, dict):
        values = [{"metric": metric, "value": value} for metric, value in values.items()]
    if not isinstance(values, list):
        return ()
    signals = (_read_signal(value, origin) for value in values[:_SIGNALS] if isinstance(value, dict))
    return tuple(sorted((signal for signal in signals if signal), key=lambda signal: signal.observed_at))


def _read_signal(value: Mapping[str, Any], origin: Origin) -> Signal | None:
    metric, number = value.get("metric"), limits.count(value.get("value"))
    if metric not in METRICS or number is None:
        return None
    at = limits.moment(value.get("observed_at")) if "observed_at" in value else origin.observed_at
    source = limits.text(value.get("source"), limits.NAME) or origin.source
    return Signal(metric=metric, value=number, observed_at=at, source=source) if at else None


def read_announcement(value: object) -> Any:
    """One of arXiv's four kinds of announcement, else None."""
    return cast("Any", value) if isinstance(value, str) and value in ANNOUNCEMENTS else None
