"""Dates as mail and feeds write them, read strictly: a weekday that is wrong is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from digest.lint.finding import Finding
from digest.lint.rules import found

TOLERANCE = timedelta(minutes=10)
"""How far clocks may differ."""
_RFC822 = re.compile(
    r"(?:(?P<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}"
    r" \d\d:\d\d(?::\d\d)? (?P<zone>[+-]\d{4}|GMT|UT)(?: \([ -~]*\))?"
)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def rfc822(text: str) -> datetime | None:
    """The moment of an RFC 822 date with a 4-digit year and the right weekday; None when it is none."""
    match = _RFC822.fullmatch(text.strip())
    if match is None:
        return None
    try:
        moment = parsedate_to_datetime(text.strip())
    except ValueError:
        return None
    if match["weekday"] and _WEEKDAYS[moment.weekday()] != match["weekday"]:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # `-0000`: the zone is not told


def is_rfc822(text: str) -> bool:
    """Whether it is one."""
    return rfc822(text) is not None


def rfc3339(text: str) -> datetime | None:
    """The moment of an RFC 3339 date with an offset, T and Z in upper case; None when it is none."""
    if not _RFC3339.fullmatch(text.strip()):
        return None
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def lint_dates(entries: Mapping[str, datetime], now: datetime) -> Iterator[Finding]:
    """The dates of a feed's entries, by where they stand: not ahead of `now`, and not all the same."""
    for place, moment in entries.items():
        if moment > now + TOLERANCE:
            yield found("date-future", place, f"{moment.isoformat()} is in the future")
    if len(entries) > 1 and len(set(entries.values())) == 1:
        same = next(iter(entries.values())).isoformat()
        yield found("date-equal", "entries", f"all {len(entries)} are of {same}")


def lint_updated(updated: datetime | None, entries: Sequence[datetime], place: str) -> Iterator[Finding]:
    """The date of the feed itself is that of its newest entry, or later."""
    if updated is not None and entries and updated < max(entries):
        yield found("date-updated", place, f"{updated.isoformat()} is before an entry of {max(entries).isoformat()}")
