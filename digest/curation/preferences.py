"""Preferences as text, the way forms, files and command lines give them, and back.

Every field is one text: topics and weekdays with spaces between, searches and authors one a line. What is not given
keeps its value; what is given empty is reset.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, get_args, get_type_hints
from zoneinfo import available_timezones

from digest.errors import SubscriptionError
from digest.models import OTHER, WEEKDAYS, Preferences

_MAX_ENTRIES, _MAX_ENTRY = 50, 200
"""Searches or authors of one reader, and characters of one."""
_MAX_NUMBER = 1_000_000
_HINTS = get_type_hints(Preferences)
_zones = cache(available_timezones)
"""Looks through the whole time zone database, so once is enough."""

PREFERENCE_FIELDS = tuple(_HINTS)
ON, OFF = "on", "off"


def parse_preferences(given: Mapping[str, str], *, start: Preferences, topics: Collection[str]) -> Preferences:
    """`start` with what is `given`, by field name; `topics` are the slugs there are.

    Raises:
        SubscriptionError: a field is unknown or its value is not possible; names both and says what is.
    """
    changes: dict[str, Any] = {}
    for name, text in given.items():
        if name not in _PARSERS:
            raise SubscriptionError(f"there is no preference `{name[:40]}`; there are {', '.join(_PARSERS)}")
        try:
            changes[name] = _PARSERS[name](text.strip())
        except ValueError as error:
            raise SubscriptionError(f"{name}: {error}") from error
    unknown = set(changes.get("topics", ())) - set(topics) - {OTHER}
    if unknown:
        raise SubscriptionError(f"topics: there is no topic `{min(unknown)[:40]}`; there are {', '.join(topics)}")
    return replace(start, **changes)


def format_preferences(preferences: Preferences) -> dict[str, str]:
    """Every field as text that `parse_preferences` reads."""
    return {name: _text(name, getattr(preferences, name)) for name in PREFERENCE_FIELDS}


def _text(name: str, value: Any) -> str:
    if name == "personal":
        return ON if value else OFF
    if isinstance(value, tuple):
        return ("\n" if name in {"searches", "authors"} else " ").join(value)
    return "" if value is None else str(value)


def _words(text: str) -> tuple[str, ...]:
    """Distinct words between spaces, commas and lines, lower case."""
    return tuple(dict.fromkeys(text.lower().replace(",", " ").split()))


def _lines(text: str) -> tuple[str, ...]:
    entries = tuple(dict.fromkeys(entry for line in text.splitlines() if (entry := " ".join(line.split()))))
    if len(entries) > _MAX_ENTRIES:
        raise ValueError(f"at most {_MAX_ENTRIES} lines")
    for entry in entries:
        if len(entry) > _MAX_ENTRY or not entry.isprintable():
            raise ValueError(f"`{entry[:40]}` is longer than {_MAX_ENTRY} characters, or not all of it can be printed")
    return entries


def _weekdays(text: str) -> tuple[str, ...]:
    days = {word[:3] for word in _words(text)}
    if unknown := days - set(WEEKDAYS):
        raise ValueError(f"`{min(unknown)}` is no weekday; write {', '.join(WEEKDAYS)}")
    return tuple(day for day in WEEKDAYS if day in days)


def _hour(text: str) -> int:
    return _number(text.removesuffix(":00") or "7", 0, 23)


def _zone(text: str) -> str:
    if (text or "UTC") not in _zones():
        raise ValueError(f"`{text[:40]}` is no IANA time zone, such as Europe/Zurich")
    return text or "UTC"


def _number(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise ValueError(f"`{text[:40]}` is no number from {least} to {most}")
    return int(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValueError(f"`{text[:40]}` is no date; write it as 2026-11-20") from error


def _on_or_off(text: str) -> str:
    """`ON` or nothing: whose order it is, `Subscriber` fills in."""
    if text not in (ON, OFF, ""):
        raise ValueError(f"`{text[:40]}` is not possible; write {ON} or {OFF}")
    return ON if text == ON else ""


def _one_of(name: str) -> Callable[[str], str]:
    """A parser of the values a field may have, the first for an empty text."""
    values = get_args(_HINTS[name])

    def parse(text: str) -> str:
        if text and text not in values:
            raise ValueError(f"`{text[:40]}` is not possible; write {', '.join(values)}")
        return text or str(values[0])

    return parse


_PARSERS: dict[str, Callable[[str], Any]] = {
    "topics": _words,
    "searches": _lines,
    "authors": _lines,
    "cadence": _one_of("cadence"),
    "weekdays": _weekdays,
    "hour": _hour,
    "zone": _zone,
    "max_papers": lambda text: _number(text, 1, _MAX_NUMBER) if text else None,
    "min_upvotes": lambda text: _number(text or "0", 0, _MAX_NUMBER),
    "when_empty": _one_of("when_empty"),
    "pause_until": _day,
    "personal": _on_or_off,
}
