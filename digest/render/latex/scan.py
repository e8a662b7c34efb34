"""Where the formulas, addresses and code of a text are, before any of it is read as LaTeX.

A dollar is a formula's only when what it would enclose looks like one: `$5` and `between $5 and $6` are prices. Every
search is bounded, so the time is linear in the text. It changes nothing and interprets no command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["text", "math", "verbatim"]

MAX_FORMULA = 1000
"""Characters; a longer stretch between two dollars is taken for prose."""


class Span(NamedTuple):
    """A stretch of the source: `source` is what is inside the delimiters, `start:end` includes them."""

    kind: Kind
    source: str
    start: int
    end: int


_SIGNS = r"""(?P<escaped>\\[\\$`])
      | (?P<bracket>\\[(\[])
      | (?P<dollars>\$\$?)
      | (?P<url>\\url\s?\{[^{}\s]{1,500}\} )
      | (?P<code>(?<!`)`(?![`\s])[^`\n]{1,200}(?<!\s)`(?!`) )"""
_WORDS = r"""
      | (?P<address>(?<!\{)\bhttps?://[^\s<>"{}\\]{1,500})
      | (?P<path>(?<![A-Za-z])[A-Za-z]:\\[\w.\\-]{1,200})"""
_START = re.compile(_SIGNS, re.VERBOSE)
"""What may open a stretch where there are no addresses: of a few first characters, so that it is found fast."""
_START_OR_ADDRESS = re.compile(_SIGNS + _WORDS, re.VERBOSE)
_CLOSE = {"\\(": "\\)", "\\[": "\\]", "$": "$", "$$": "$$"}
_MARK = re.compile(r"[\\^_={}<>]")
_SIGN = re.compile(r"[-+<>=~±]{1,2}")
_PROSE = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,}(?![A-Za-z]|\()")
_WORD_ARGUMENT = re.compile(
    r"\\(?:text|mathrm|mathbf|mathsf|mathtt|operatorname|mbox|textbf|textit|texttt|rm)\*?\s?\{[^{}]*\}|[_^]\{[^{}]*\}"
)


def spans(text: str) -> Iterator[Span]:
    """The whole of `text` in order, each stretch as what it is; together they cover every character once."""
    if not ("$" in text or "\\" in text or "`" in text or "://" in text):
        if text:
            yield Span("text", text, 0, len(text))
        return
    search = (_START_OR_ADDRESS if "://" in text or ":\\" in text else _START).search
    start = position = 0
    while found := search(text, position):
        end, span = found.end(), None
        if found["bracket"] or found["dollars"]:
            span = _formula(text, found)
        elif not found["escaped"]:
            span = Span("verbatim", _verbatim(found), found.start(), end)
        if span is not None:
            if start < span.start:
                yield Span("text", text[start : span.start], start, span.start)
            yield span
            start = end = span.end
        position = end
    if start < len(text):
        yield Span("text", text[start:], start, len(text))


def _verbatim(found: re.Match[str]) -> str:
    url = found["url"]
    return found[0] if url is None or not url.startswith("\\") else url[url.index("{") + 1 : -1]


def _formula(text: str, found: re.Match[str]) -> Span | None:
    """The formula that opens at `found`; None when the delimiter is only a character."""
    opening, begin = found[0], found.end()
    closing = _CLOSE[opening]
    end = _find_unescaped(text, closing, begin, begin + MAX_FORMULA)
    if end < 0:
        return None
    inside = text[begin:end]
    after = text[end + len(closing) : end + len(closing) + 1]
    if opening == "$" and not _is_formula(inside, after):
        return None
    return Span("math", inside, found.start(), end + len(closing)) if inside.strip() else None


def _find_unescaped(text: str, what: str, begin: int, end: int) -> int:
    while (place := text.find(what, begin, end)) > 0 and what[0] == "$" and text[place - 1] == "\\":
        begin = place + 1
    return place


def _is_formula(inside: str, after: str) -> bool:
    """Whether `$inside$after` is a formula rather than two prices (pandoc's rule, fitted to abstracts)."""
    if _SIGN.fullmatch(inside):
        return True
    bare = _WORD_ARGUMENT.sub("", inside)
    marked = bool(_MARK.search(inside))
    words = len(_PROSE.findall(bare))
    if inside[:1].isdigit() and (words > 1 or (not marked and (after.isdigit() or " " in inside))):
        return False
    if inside != inside.strip() and not marked:
        return words == 0 and not inside.strip()[:1].isdigit()
    if after.isdigit() and not marked:
        return False
    return words < (6 if marked else 3)
