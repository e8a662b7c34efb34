"""Cutting foreign prose where a reader would: between sentences, else between words, never inside a formula.

Lengths are counted in characters of the LaTeX source. It does not interpret the LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from digest.render.latex.scan import MAX_FORMULA, spans

_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[])(?:e\.g|i\.e|et al|etc|cf|vs|resp|approx|Fig|Figs|Eq|Eqs|Sec|Tab|Ref|Thm|No|Nos|Dr|Mr|Mrs|Prof|St|"
    r"Inc|Ltd|Jr|w\.r\.t|a\.k\.a|i\.i\.d|U\.S|Ph\.D|[A-Z])\.$"
)
_END = re.compile(r"[.!?。！？]+[)\]\"'”’]*(?=\s|$)|[。！？]+")


def sentence_ends(text: str) -> Iterator[int]:
    """Where each sentence of `text` ends (the index behind its stop); the last is `len(text)`."""
    formulas = ((span.start, span.end) for span in spans(text) if span.kind != "text")
    following = chain(formulas, [(len(text) + 1, len(text) + 1)])
    start, end = next(following)
    for found in _END.finditer(text):
        while end <= found.start():
            start, end = next(following)
        if start <= found.start() or _goes_on(text, found):
            continue
        if found.end() < len(text):
            yield found.end()
    yield len(text)


def _goes_on(text: str, found: re.Match[str]) -> bool:
    """Whether the stop belongs to an abbreviation, or a lower-case word follows."""
    following = text[found.end() : found.end() + 2].strip()
    if following.islower():
        return True
    return found[0].startswith(".") and bool(_ABBREVIATION.search(text[max(0, found.start() - 12) : found.start() + 1]))


def first_sentences(text: str, limit: int) -> str:
    """The first sentence, and the next ones while they fit in `limit`; a first sentence too long is shortened."""
    best = 0
    for end in sentence_ends(text):
        if end > limit:
            break
        best = end
    return text[:best].strip() if best else shorten(text, limit)


def shorten(text: str, limit: int) -> str:
    """`text` when it fits, else as many whole words and formulas as do, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = _last_gap(text[: limit + MAX_FORMULA + 2], limit)
    if cut < limit // 2 and "$" not in text[:limit] and "\\" not in text[:limit]:
        cut = limit - 1  # one endless word, or a script without spaces
        while cut > 1 and _continues(text[cut]):
            cut -= 1
    return text[:cut].rstrip(" ,;:.–—-(") + "…"


def _last_gap(text: str, limit: int) -> int:
    """The last place before `limit` where `text` may be cut: a space outside braces, or behind a formula; else 0."""
    last = depth = 0
    for span in spans(text):
        if span.start >= limit:
            break
        if span.kind != "text":
            last = span.end if depth == 0 and span.end < limit else last
            continue
        within = span.source[: limit - span.start]
        if depth == 0 and "{" not in within and "}" not in within:
            last = max(last, span.start + within.rfind(" "))
            continue
        for index, char in enumerate(within, span.start):
            depth = max(0, depth + (char == "{") - (char == "}"))
            if depth == 0 and char.isspace():
                last = index
    return last


def _continues(char: str) -> bool:
    """Whether `char` belongs to the character before it: a combining mark, a joiner or a variation selector."""
    return not char.isprintable() or bool(re.match(r"[\u0300-\u036f\u200c\u200d\ufe00-\ufe0f\u0900-\u0dff]", char))
