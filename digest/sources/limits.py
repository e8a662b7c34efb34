"""What foreign data may be: the limits every source is held to, and the cleaning of single fields.

Each function takes whatever a record held and gives a value that is safe to keep, or None. It does not escape: that is
for whoever shows the value, in the language it is shown in.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

UNPACKED_BYTES = 64_000_000
"""Largest input after decompression, unless the caller says otherwise."""
TEXT_BYTES = 16 * 1024 * 1024
"""Largest saved page, BibTeX or RIS file."""
FEED_BYTES = 4 * 1024 * 1024
"""Largest feed for the tolerant parser, which is slow; arXiv's and JSON have parsers of their own."""
FEED_TAGS = 100_000
PAGE_TAGS = 300_000
"""Most tags of an HTML page."""
PAGE_LINES = 100_000
"""Most lines of a saved page, BibTeX or RIS file."""
JSON_VALUES = 3_000_000
"""Most values in one JSON document; each costs about a hundred bytes of memory."""
XML_ELEMENTS = 2_000_000
XML_DEPTH = 100
RECORD_ELEMENTS = 50_000
"""Most XML elements kept of one record; 10,000 authors need 20,000."""
RECORDS = 100_000
"""Most records taken from one input in one go."""
BAD_IN_A_ROW = 10_000
"""After so many unreadable records without a good one, the rest is not looked at."""
REJECTIONS = 1_000
"""Most rejections kept one by one; the rest are counted."""

RAW = 64 * 1024
"""Most bytes kept of a record that was set aside; half of a larger one could not be read again."""

TITLE = 500
ABSTRACT = 20_000
LINE = 1_000
NAME = 200
URL = 2_000
AUTHORS = 2_000
LABELS = 100
"""Most categories, keywords or organisations of one paper."""
COUNT = 1_000_000_000

_FIRST_YEAR, _LAST_YEAR = 1800, 2100

_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters, lone surrogates, and what reorders or hides the text around it (UTR 36 §2.1)."""


def text(value: object, limit: int) -> str:
    """`value` as one clean line of at most `limit` characters (an ellipsis shows the cut); empty if it is no string.

    Line breaks become spaces; single and double spaces within a line stay as they were.
    """
    if not isinstance(value, str):
        return ""
    if len(value) <= limit and value.isprintable() and "   " not in value:
        return value.strip()  # as nearly all names, titles and labels are
    if len(value) > 4 * limit:
        value = value.lstrip()[: 4 * limit]
    if not value.isprintable():
        value = _UNWANTED.sub("", value)
        if "\n" in value or not value.isprintable():
            value = " ".join(part for line in value.splitlines() if (part := line.strip()))
            value = value.replace("\t", " ").replace("\xa0", " ")
    value = value.strip()
    if "   " in value:
        value = " ".join(value.split())
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def web_address(value: object, *, secure: bool = False) -> str | None:
    """`value` when it is an absolute http or https address (`secure`: https only) that shows where it leads."""
    if not isinstance(value, str) or len(value) > URL:
        return None
    value = value.strip()
    pattern = _HTTPS if secure else _HTTP
    return value if pattern.fullmatch(value) else None


_REST = r"[\w.-]+(?::\d{1,5})?(?:[/?#][^\s\"<>\\^`{|}\x00-\x1f\x7f-\x9f\u200b-\u206f\ufeff\ud800-\udfff]*)?"
_HTTP = re.compile(rf"https?://{_REST}", re.IGNORECASE)
_HTTPS = re.compile(rf"https://{_REST}", re.IGNORECASE)


def count(value: object) -> int | None:
    """`value` when it is a whole number of things; None for negative, absurd or other values."""
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 <= value <= COUNT else None


def labels(values: object, limit: int = NAME) -> tuple[str, ...]:
    """A list of short texts, cleaned, each once, in order. A lone string counts as one."""
    if isinstance(values, str):
        values = (values,)
    if not isinstance(values, (list, tuple)):
        return ()
    cleaned = (text(value, limit) for value in values[:LABELS])
    return tuple(dict.fromkeys(value for value in cleaned if value))


def moment(value: object) -> datetime | None:
    """An ISO 8601 or RFC 5322 date as an aware UTC moment; without a zone it is UTC. None outside 1800 to 2100."""
    found = _moment(value)
    return found.astimezone(UTC) if found else None


def day(value: object) -> date | None:
    """The calendar date of an ISO 8601 or RFC 5322 date as written, in its own zone. None outside 1800 to 2100."""
    found = _moment(value)
    return found.date() if found else None


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str) or not 4 <= len(value) <= 64:  # noqa: PLR2004 - from `2024` to a long RFC 5322 date
        return None
    value = value.strip()
    found = _iso(value) or _rfc5322(value)
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found if abs(found.utcoffset() or timedelta()) < timedelta(hours=24) else None


_YEAR_OR_MONTH = re.compile(r"(\d{4})(?:[-/](\d{1,2}))?(?:[-/](\d{1,2}))?")


def _iso(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        part = _YEAR_OR_MONTH.fullmatch(value)
    try:
        return datetime(int(part[1]), int(part[2] or 1), int(part[3] or 1), tzinfo=UTC) if part else None
    except ValueError:
        return None


def _rfc5322(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
