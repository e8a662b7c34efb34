"""The rows of a list of readers as CSV (RFC 4180), whoever wrote it: other names for our columns, other separators.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, and read without.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain

from digest.curation.preferences import PREFERENCE_FIELDS
from digest.errors import SubscriptionError
from digest.subscribe.listed_marks import MARK_COLUMNS

COLUMNS = ("address", "status", "confirmed_at", "source", "created_at", *PREFERENCE_FIELDS, *MARK_COLUMNS)
"""`created_at` is for reading only; of `status` an import takes in who wants mail."""

Row = tuple[int, dict[str, str]]
"""The number of a line and its cells by column."""

_NAMES = {
    **dict.fromkeys(("email", "e mail", "mail", "email address", "e mail address", "subscriber"), "address"),
    **dict.fromkeys(
        ("consent date", "consent at", "consent time", "consented at", "consented on", "confirmed on", "confirm time",
         "confirmation date", "optin time", "opt in time", "opt in date", "subscribed at", "subscribed on"),
        "confirmed_at",
    ),
    **dict.fromkeys(("consent source", "optin source", "opt in source", "signup source", "sign up source"), "source"),
    "timezone": "zone",
    "time zone": "zone",
}  # fmt: skip
"""What other systems call our columns."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""https://owasp.org/www-community/attacks/CSV_Injection"""


def rows_of(lines: Iterable[str], unread: list[str]) -> Iterator[Row]:
    """The number and the cells of every line that is not empty; what is wrong with one is under an empty name.

    The headings that are none of ours are added to `unread`.
    """
    lines = iter(lines)
    first = next(lines, "").removeprefix("\ufeff")
    separator = next((sign for sign in ("\t", ";") if sign in first and "," not in first), ",")
    reader = csv.reader(chain([first], lines), delimiter=separator)
    names = ["address"]
    while True:
        try:
            cells = [_unguarded(cell.strip()) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, {"": f"cannot be read: {error}"}
            continue
        if reader.line_num == 1 and "@" not in "".join(cells):
            names = _headings(cells)
            unread += [cell for cell, name in zip(cells, names, strict=True) if cell and name not in COLUMNS]
        elif any(cells):
            yield reader.line_num, dict(zip(names, cells, strict=False))


def _headings(cells: list[str]) -> list[str]:
    plain = [cell.lower().replace("_", " ").replace("-", " ") for cell in cells]
    names = [_NAMES.get(cell, cell.replace(" ", "_")) for cell in plain]
    names = [name if name in COLUMNS else f"other {place}" for place, name in enumerate(names)]
    if "address" not in names:
        raise SubscriptionError("the list has no column `address`; its first line must name the columns")
    return names


def guarded(cell: str) -> str:
    """A cell as no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell
