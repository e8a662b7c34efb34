"""The lines of a saved Daily Papers page: which are furniture (header, navigation, counts, footer) and which are dates.

It looks at one line at a time; what the others mean together is for `saved_pages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from digest.sources import limits

_WRAPPED = 200
"""In a text with blank lines whose lines are all shorter than this, paragraphs were wrapped."""
_MARKERS = re.compile(
    r"get trending papers in your e-?mail inbox!?|(?:hugging face )?daily papers|trending papers|by\s*ak(?: and .*)?"
    r"|by\s*\S+ and the (?:research )?community",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"new|subscribe|sign up|log ?in|submit(?: a paper)?|submitted by.{0,60}"
    r"|search(?: papers| by (?:title|arxiv|author).{0,40}|\.{3}|…)?"
    r"|hugging face|papers|models|datasets|spaces|posts|docs|enterprise|pricing|community|solutions|buckets|home"
    r"|daily|weekly|monthly|trending|today|yesterday|all|previous|next|prev|load more|show more|back|menu|view all"
    r"|trending papers .{0,40}|daily papers .{0,40}|upvote|github|arxiv(?: page)?|view .{0,20}pdf|pdf|share|comments?"
    r"|project page|published on .{0,40}|·? ?\d+ authors?|[\d.,]+[km]?|[·•|<>←→↑↓▲▼+\-–—*#=_\s]+"
    r"|[\d.,]+[km]? (?:papers?|upvotes?|comments?|results?|stars?|new papers?)|showing \d.{0,60}|page \d.{0,20}"
    r"|\d[\d,]* results? .{0,80}|results? for [\"“'].{0,80}|company|website|©.{0,60}|tos|terms(?: of service)?"
    r"|privacy(?: policy)?|about|careers|jobs|system theme|sort(?:ed)? by.{0,30}|week \d.{0,20}|\d{4}-w\d\d"
    r"|ai-generated summary|abstract|abstracts?:|title:?",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DATE = re.compile(
    r"(?:(?:hugging face )?(?:daily|trending) papers\s*[-–—:,|·]?\s*(?:for |of |on )?)?"
    r"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
    r"(?:(?P<iso>\d{4})-(?P<iso_month>\d{1,2})-(?P<iso_day>\d{1,2})"
    r"|(?P<month>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{4}))?"
    r"|(?P<day2>\d{1,2})(?:st|nd|rd|th)?\.?\s+(?P<month2>[a-z]{3,9})\.?(?:,?\s+(?P<year2>\d{4}))?)",
    re.IGNORECASE,
)
_DATE_LENGTH = 60
_YEARS_BACK = 12
"""Every weekday and 29 February come round within this many years."""


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """The paragraphs of a page, each with the number of its first line. A line is one, unless lines were wrapped."""
    lines = [_blank(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    wrapped = "" in lines[:-1] and max(map(len, lines)) < _WRAPPED
    start, part = 0, ""
    for number, line in enumerate([*lines, ""], start=1):
        if wrapped and line and part and len(part) < limits.ABSTRACT and not (is_furniture(part) or is_furniture(line)):
            part = f"{part} {line}"
            continue
        if part:
            yield start, part
        start, part = number, line


def _blank(line: str) -> str:
    """A line without the blanks around it; the ones that do not break or have no width are blanks too."""
    return line.replace("\xa0", " ").replace("\u200b", "").replace("\ufeff", "").strip()


def is_marker(line: str) -> bool:
    """Whether the line is one that only such a page has."""
    return _MARKERS.fullmatch(line[:_WRAPPED]) is not None


def is_furniture(line: str) -> bool:
    """Whether the line belongs to the page around the papers. Dates are such lines too."""
    if len(line) >= _WRAPPED:
        return False
    return any(pattern.fullmatch(line) for pattern in (_MARKERS, _FURNITURE)) or _date_parts(line) is not None


def listed_day(line: str, today: date) -> date | None:
    """The day a date line names (`Aug 11`, `Mon, Aug 11`, `11 August 2025`, `2025-08-11`); None for any other line.

    Without a year it is the latest such day that is not after `today`, and on that weekday where one is named.
    """
    parts = _date_parts(line)
    if parts is None:
        return None
    year, month, day, weekday = parts
    candidates = [_day(year or past, month, day) for past in range(today.year, today.year - _YEARS_BACK, -1)]
    known = [found for found in candidates if found and (year or found <= today)]
    fitting = [found for found in known if weekday is None or found.weekday() == weekday]
    return next(iter(fitting or known), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _date_parts(line: str) -> tuple[int | None, int, int, int | None] | None:
    """Year, month, day and weekday (0 is Monday) of a line that is a date and nothing else."""
    found = _DATE.fullmatch(line) if len(line) <= _DATE_LENGTH else None
    if found is None:
        return None
    weekday = _WEEKDAYS.index(found["weekday"].lower()) if found["weekday"] else None
    if found["iso"]:
        year, month, day = int(found["iso"]), int(found["iso_month"]), int(found["iso_day"])
    else:
        month = _MONTHS.get((found["month"] or found["month2"]).lower(), 0)
        day = int(found["day"] or found["day2"])
        year = int(found["year"] or found["year2"] or 0)
    return (year or None, month, day, weekday) if 1 <= month <= 12 and _day(2000, month, day) else None  # noqa: PLR2004
