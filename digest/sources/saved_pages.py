"""A Daily Papers page saved as plain text: some lines of furniture, then title, abstract, title, abstract.

Which line is what is decided for the whole page at once, as the cheapest reading of its lines (dynamic programming), so
that a missing title or abstract costs one record and never shifts the rest. The page has no ids and none are guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from digest.errors import SourceRefused
from digest.sources.page_lines import is_furniture, is_marker, listed_day, paragraphs
from digest.sources.record import Found, Names, Origin, build, reject

_SURE_ABSTRACT = 300
"""Characters from which on a line is no title: the longest titles have about 250."""
_ORPHAN = 3.0
"""What leaving a line without its partner costs: more than any doubt about a single line, less than two."""
_HEADING_WORDS = 4
"""Unknown lines of at most this many words before the first or after the last paper are taken for furniture."""
_MANY, _NEARLY_ALL = 5, 0.8
"""Without a header line, so many pairs that are so great a part of the lines make a page."""
_WORDS = 20
"""… when each abstract has so many."""
_HALF_A_YEAR = timedelta(days=182)
_MARKDOWN = re.compile(r"(?:#{1,6}|[-*+>|]|```|\d{1,3}\.)(?:\s|$)")
_SENTENCE = re.compile(r"[.!?][\"')\]]?\s+[A-Z(\[\"'$\\]")
_CONNECTED = re.compile(
    r"\b(?:we|our|is|are|was|were|has|have|this|these|that|which|show|propose|present|study|it|however)\b"
)
_ENDS_SENTENCE = (".", '."', ".'", ".)", "…", "!")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    day: date | None


def is_saved_page(text: str) -> bool:
    """Whether plain text is such a page: it has one of its header lines, or nearly all of it pairs up."""
    lines = [line for _, line in paragraphs(text[:200_000])]
    if any(is_marker(line) for line in lines[:12]):
        return True
    body = [line for line in lines if not is_furniture(line)]
    if len(body) < 2 or any(_MARKDOWN.match(line) for line in body):  # noqa: PLR2004 - a title and an abstract
        return False
    pairs = _pair(body)
    whole = 2 * len(pairs) == len(body) or (len(pairs) >= _MANY and 2 * len(pairs) >= _NEARLY_ALL * len(body))
    return whole and all(len(body[abstract].split()) >= _WORDS for _, abstract in pairs)


def parse_saved_page(text: str, origin: Origin) -> Iterator[Found]:
    """The page's papers in order, their list day from the date above them.

    Where it has no year it is the latest such day not in the future, or the one next to the day the operator named.
    A title without abstract or an abstract without title is set aside.

    Raises:
        SourceRefused: there are lines, but not one paper.
    """
    lines = _body(text, origin)
    pairs = _pair([line.text for line in lines])
    if not pairs and any(len(line.text) >= _SURE_ABSTRACT for line in lines):
        raise SourceRefused("looks like a saved page, but no title is followed by its abstract")
    first = pairs[0][0] if pairs else len(lines)
    last = pairs[-1][1] if pairs else len(lines)
    partner = dict(pairs)
    used = set(partner.values())
    for place, line in enumerate(lines):
        if place in partner:
            abstract = lines[partner[place]].text
            yield build(origin, Names(), line.text, abstract=abstract, listed_on=line.day)
        elif place not in used and not (_is_heading(line.text) and not first < place < last):
            yield _orphan(line)


def _body(text: str, origin: Origin) -> list[_Line]:
    """The lines that are no furniture, each with the day of the last date line above it."""
    lines: list[_Line] = []
    day: date | None = None
    today = origin.observed_at.date()
    if origin.on:
        today = min(today, origin.on + _HALF_A_YEAR)
    for number, line in paragraphs(text):
        if found := listed_day(line, today):
            day = found
        elif not is_furniture(line):
            lines.append(_Line(number, line, day))
    return lines


def _is_heading(text: str) -> bool:
    return len(text.split()) <= _HEADING_WORDS and len(text) < _SURE_ABSTRACT


def _orphan(line: _Line) -> Found:
    if _doubt_title(line.text) > _doubt_abstract(line.text):
        return reject(line.text, f"line {line.number} is an abstract without a title above it")
    return reject(line.text, f"line {line.number} is a title without an abstract below it")


def _doubt_title(text: str) -> float:
    """How unlike a title a line is, 0 to 2: long, several sentences, a final full stop."""
    if len(text) >= _SURE_ABSTRACT:
        return 2.0
    doubt = 0.9 if text.endswith(".") else 0.0
    doubt += 0.6 if _SENTENCE.search(text) else 0.0
    doubt += 0.4 if len(text) > 160 else 0.0  # noqa: PLR2004 - nine in ten titles are shorter than 120
    doubt += 0.4 if text[:1].islower() and " " in text[:3] else 0.0
    return doubt


def _doubt_abstract(text: str) -> float:
    """How unlike an abstract a line is, 0 to 2.5: short, one sentence or none, no full stop."""
    if len(text) >= _SURE_ABSTRACT:
        return 0.0
    doubt = 0.0 if text.endswith(_ENDS_SENTENCE) else 0.8
    doubt += 0.0 if _SENTENCE.search(text) else 0.3
    doubt += 0.0 if _CONNECTED.search(text) else 0.4
    doubt += 1.0 - len(text) / _SURE_ABSTRACT
    return doubt


def _pair(lines: list[str]) -> list[tuple[int, int]]:
    """The places of titles and of their abstracts, in order: the cheapest way to read `lines` as such pairs.

    `cost[n]` is the cost of the best reading of the first n lines; a reading ends in a pair or in a line left out.
    """
    titles = [_doubt_title(line) for line in lines]
    abstracts = [_doubt_abstract(line) for line in lines]
    cost, paired = [0.0], [False]
    for end, (title, abstract) in enumerate(zip(titles, abstracts, strict=True), start=1):
        alone = cost[end - 1] + _ORPHAN / 2 + min(title, abstract)
        together = cost[end - 2] + titles[end - 2] + abstract if end > 1 else alone + 1
        cost.append(min(alone, together))
        paired.append(together <= alone)
    pairs, end = [], len(lines)
    while end > 0:
        if paired[end]:
            pairs.append((end - 2, end - 1))
        end -= 2 if paired[end] else 1
    return pairs[::-1]
