"""Plain text set in columns: the filters of the text templates. What is said is the templates' business."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from functools import lru_cache

WIDTH = 72
"""Columns of the text part: what RFC 3676 advises for lines that may be quoted once or twice."""

_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\U00020000-\U0003fffd"
)
_WORD = re.compile(f"(?:[{_WIDE}]|[^ {_WIDE}]+) *")
"""A word with the space behind it; Chinese and Japanese signs stand each by itself, for a line may end between them."""


@lru_cache(maxsize=2048)
def wrap(text: str, first: str = "", rest: str | None = None, width: int = WIDTH) -> str:
    """`text` in lines of at most `width` columns, the first after `first`, the others after `rest` (default `first`).

    Line breaks of `text` stay. A word that is longer than a line, such as an address, is never broken.
    """
    rest = first if rest is None else rest
    lines: list[str] = []
    for paragraph in str(text).split("\n"):
        start = rest if lines else first
        lines += _fill(paragraph, start, rest, width) or [""]
    return "\n".join(lines)


def _fill(text: str, first: str, rest: str, width: int) -> list[str]:
    if text.isascii():
        return textwrap.wrap(
            text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
        )
    lines: list[str] = []
    line, used = first, columns(first)
    empty = True
    for word in _WORD.findall(text):
        needed = columns(word.rstrip(" "))
        if not empty and used + needed > width:
            lines.append(line.rstrip(" "))
            line, used = rest, columns(rest)
        line, used, empty = line + word, used + columns(word), False
    return lines if empty else [*lines, line.rstrip(" ")]


def columns(text: str) -> int:
    """How many columns a terminal shows `text` in: wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def leader(title: str, count: int, width: int = WIDTH) -> str:
    """`title ........ count`, the count at the right edge; a title too long for it is kept whole."""
    dots = width - columns(title) - len(f"{count:,}") - 2
    return f"{title} {'.' * max(dots, 3)} {count:,}"


def label(text: str, width: int) -> str:
    """`text` filled with spaces to `width` columns."""
    return text + " " * max(1, width - columns(text))


_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~&!{}$])")
_LIST_START = re.compile(r"^(\d{0,9})([-+=:.)])")


def escape_markdown(text: str) -> str:
    """`text`, one line, so that CommonMark shows exactly these characters."""
    return _LIST_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", text))
