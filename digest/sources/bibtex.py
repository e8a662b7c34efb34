"""BibTeX, as reference managers and arXiv export it: entries to papers, LaTeX accents and braces decoded.

Read are entries in braces or brackets, values in braces, quotes or bare, joined by `#`, and `@string` names. It
does not resolve cross-references; an entry that does not end is set aside, up to the next line that starts with `@`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from digest.models import Rejection
from digest.sources import limits
from digest.sources.arxiv import categories, is_withdrawn
from digest.sources.author_names import decode_latex, family_last
from digest.sources.record import Found, Names, Origin, build, people, reject, with_raw

_ENTRY = re.compile(r"(?:^|(?<=[})]))[ \t]*@(?P<kind>[A-Za-z]{2,30})\s{0,10}(?P<open>[{(])", re.MULTILINE)
_FIELD = re.compile(r"[\s,]*(?P<name>[A-Za-z][\w:.+-]{0,60})\s*=\s*")
_BARE = re.compile(r"[^\s,#{}\"()]{1,200}")
_NOT_PAPERS = frozenset(("comment", "preamble", "string"))
_DEPTH = 100
_LONGEST = 500_000
"""Characters of one entry looked at, and of all its values once names stand for what they mean."""
_STRING, _STRINGS = 1_000, 10_000
"""Characters of one `@string`, and how many there may be: each may double the one before."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def is_bibtex(text: str) -> bool:
    """Whether text holds BibTeX entries, near its start."""
    return _ENTRY.search(text[:20_000]) is not None


def parse_bibtex(text: str, origin: Origin) -> Iterator[Found]:
    """The papers of a bibliography, in order."""
    starts = list(_ENTRY.finditer(text))
    strings: dict[str, str] = {}
    for entry, following in zip(starts, [*starts[1:], None], strict=True):
        end = following.start() if following else len(text)
        kind = entry["kind"].lower()
        body = text[entry.end() : min(end, entry.end() + _LONGEST)]
        if kind == "string":
            if len(strings) < _STRINGS:
                strings |= {name: value[:_STRING] for name, value in _fields(body, strings)[0].items()}
        elif kind not in _NOT_PAPERS:
            key, _, rest = body.partition(",")
            if "=" in key:  # an entry without a key
                key, rest = "", body
            fields, whole = _fields(rest, strings)
            if whole:
                found = _paper(fields, origin)
            else:
                found = reject(key.strip() or kind, "the BibTeX entry does not end; a brace or quote is missing")
            if isinstance(found, Rejection):
                found = with_raw(found, f"@{kind}{entry['open']}{body}".encode("utf-8", "replace"))
            yield found


def _fields(body: str, strings: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """The fields of an entry by lower-case name, and whether it ended with its bracket."""
    fields: dict[str, str] = {}
    place, room = 0, _LONGEST
    while name := _FIELD.match(body, place):
        parts: list[str] = []
        place = name.end()
        while True:
            value, place = _value(body, place, strings)
            if value is None:
                return fields, False
            parts.append(value[:room])
            room -= len(parts[-1])
            following = re.compile(r"\s*#\s*").match(body, place)
            if following is None:
                break
            place = following.end()
        fields.setdefault(name["name"].lower(), "".join(parts))
    return fields, body[place:].lstrip(" \t\r\n,")[:1] in {"}", ")"}


def _value(body: str, place: int, strings: Mapping[str, str]) -> tuple[str | None, int]:
    """The value that starts at `place`, and the place after it; None when it does not end."""
    if body[place : place + 1] in {"{", '"'}:
        end = _closing(body, place)
        return (body[place + 1 : end], end + 1) if end else (None, place)
    bare = _BARE.match(body, place)
    return (strings.get(bare[0].lower(), bare[0]), bare.end()) if bare else (None, place)


def _closing(body: str, place: int) -> int | None:
    """Where the brace or quote opened at `place` closes; quotes within braces do not count."""
    quoted, depth = body[place] == '"', 0
    for at in range(place + 1 if quoted else place, len(body)):
        character = body[at]
        if character in "{}" and body[at - 1] != "\\":
            depth += 1 if character == "{" else -1
            if depth > _DEPTH:
                return None
            if depth == 0 and not quoted:
                return at
        elif quoted and character == '"' and depth == 0 and body[at - 1] != "\\":
            return at
    return None


def _paper(fields: Mapping[str, str], origin: Origin) -> Found:
    def get(*names: str) -> str:
        return next((decode_latex(fields[name]) for name in names if fields.get(name)), "")

    eprint = get("eprint", "arxivid", "arxiv")
    candidates = (eprint, get("doi"), get("url"), get("howpublished"), get("journal"), get("note"), get("volume"))
    authors = " ".join(fields.get("author", "")[:200_000].split()).replace(" AND ", " and ").split(" and ")
    abstract = get("abstract")
    return build(
        origin,
        Names.among(*candidates, *(f"{text.rpartition(' ')[2]}" for text in candidates if "arxiv" in text.lower())),
        get("title"),
        abstract=abstract,
        authors=people(family_last(decode_latex(name)) for name in authors if name.lower() != "others"),
        categories=categories(get("primaryclass").split()),
        keywords=limits.labels(get("keywords").replace(";", ",").split(",")),
        url=get("url"),
        pdf_url=get("pdf"),
        venue=get("booktitle", "journal", "journaltitle"),
        published_at=limits.moment(get("date") or _date(get("year"), get("month"))),
        withdrawn=is_withdrawn(get("note", "comment"), abstract),
    )


def _date(year: str, month: str) -> str:
    """Year and month as `2024-01`; the month is a number or a name."""
    number = (
        month if month.isdigit() else str(_MONTHS.index(month[:3].lower()) + 1) if month[:3].lower() in _MONTHS else ""
    )
    return f"{year}-{number}" if number else year
