"""How papers were received over time, as a folder of two files says it: the form that `digest trend evaluate` reads.

::

    signals.jsonl     {"id": paper, "api": [{"at": moment, "list_date": day, "upvotes": n, "comments": n,
                       "github_stars": n}], "stars": [{"at": moment, "github_stars": n}]}
    page_order.jsonl  {"seen_at": moment, "order": [papers, best first]}

A paper is an arXiv id in any spelling, or an id as `digest papers` shows it. A moment without a zone is UTC; without
`list_date` the list day is that of the moment. A count may be text (`1.41k`); what is no count is unknown. Every key
but the moments, `id` and `order` may be absent, and others are passed over. A line that cannot be read is left out and
told of; nothing is raised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from digest.curation.trend import MOST_COUNTED
from digest.identity import arxiv_id
from digest.models import Metric, Signal

T = TypeVar("T")

_METRICS: tuple[Metric, ...] = ("upvotes", "comments", "github_stars")
_YEARS = range(1990, 2200)
_COUNT = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)([km]?)", re.ASCII)
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}


@dataclass(frozen=True, slots=True)
class PageReading:
    """The order of a source's page at a moment, best first, as paper ids."""

    seen_at: datetime
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was counted of a paper on a list day at a moment; `signals` has the stars of other moments as well."""

    paper: str
    day: date
    seen_at: datetime
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """What the lines of a file say, in their order, and what is wrong with those that say nothing."""

    found: tuple[T, ...]
    wrong: tuple[str, ...] = ()


def parse_readings(text: str, name: str = "page_order.jsonl") -> Parsed[PageReading]:
    """The page's orders, one a line."""
    return _parsed(text, name, lambda record: (_reading(record),))


def parse_signals(text: str, name: str = "signals.jsonl") -> Parsed[Sighting]:
    """The sightings of papers, those of a paper on one line; a paper with `stars` alone has none."""
    return _parsed(text, name, _sightings)


def _parsed(text: str, name: str, parse: Callable[[Mapping[str, Any]], tuple[T, ...]]) -> Parsed[T]:
    found: list[T] = []
    wrong = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found += parse(_object(json.loads(line)))
        except json.JSONDecodeError:
            wrong.append(f"{name}, line {number}: is no JSON")
        except (ValueError, RecursionError) as error:
            wrong.append(f"{name}, line {number}: {error}")
    return Parsed(tuple(found), tuple(wrong))


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("is no object")  # noqa: TRY004 - wrong like any other line
    return value


def _reading(record: Mapping[str, Any]) -> PageReading:
    order = [_paper(value) for value in _list(record, "order")]
    return PageReading(_moment(record, "seen_at"), tuple(dict.fromkeys(order)))


def _sightings(record: Mapping[str, Any]) -> tuple[Sighting, ...]:
    paper = _paper(record.get("id"))
    stars = tuple(
        signal for seen in _objects(record, "stars") for signal in _observations(seen, ("github_stars",), "stars")
    )
    return tuple(
        Sighting(paper, _day(seen), _moment(seen, "at"), _observations(seen, _METRICS, "api") + stars)
        for seen in _objects(record, "api")
    )


def _observations(seen: Mapping[str, Any], metrics: tuple[Metric, ...], source: str) -> tuple[Signal, ...]:
    at = _moment(seen, "at")
    counts = ((metric, _count(seen.get(metric))) for metric in metrics)
    return tuple(
        Signal(metric=metric, value=count, observed_at=at, source=source)
        for metric, count in counts
        if count is not None
    )


def _paper(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("has a paper without an id")
    found = arxiv_id(value)
    return f"arxiv:{found[0]}" if found else value.strip()


def _list(record: Mapping[str, Any], key: str) -> list[Any]:
    if not isinstance(value := record.get(key), list):
        raise ValueError(f"has no list `{key}`")  # noqa: TRY004 - wrong like any other line
    return value


def _objects(record: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects of a list that may be absent."""
    values = [] if record.get(key) is None else _list(record, key)
    if not all(isinstance(value, dict) for value in values):
        raise ValueError(f"has no objects in `{key}`")
    return values


def _moment(record: Mapping[str, Any], key: str) -> datetime:
    text = record.get(key)
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.year not in _YEARS:
        raise ValueError(f"has no moment `{key}`")
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(seen: Mapping[str, Any]) -> date:
    if (text := seen.get("list_date")) is None:
        return _moment(seen, "at").date()
    try:
        return date.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise ValueError("has no day `list_date`") from error


def _count(value: object) -> int | None:
    """A whole number of things, also as text; None for what is none, as a negative or an absurd number."""
    if isinstance(value, str):
        found = _COUNT.fullmatch(value.strip().lower().replace(",", ""))
        value = float(found[1]) * _TIMES[found[2]] if found else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= MOST_COUNTED:
        return None
    return round(value)
