"""RIS, as reference managers export it (https://en.wikipedia.org/wiki/RIS_(file_format)): records to papers.

Tags that say nothing about a paper are ignored; a record without its end is read as far as it goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.sources import limits
from digest.sources.author_names import family_last
from digest.sources.record import Found, Names, Origin, build, people

_LINE = re.compile(r"(?P<tag>[A-Z][A-Z0-9]) {1,2}-(?: (?P<value>.*))?$")
_START = re.compile(r"^\s{0,200}TY {1,2}- ", re.MULTILINE)
_VALUES = 5_000
"""Most lines of one record."""


def is_ris(text: str) -> bool:
    """Whether text holds RIS records, near its start."""
    return _START.search(text[:20_000]) is not None


def parse_ris(text: str, origin: Origin) -> Iterator[Found]:
    """The papers of the file, in order. A line without a tag continues the value above it."""
    fields: dict[str, list[str]] = {}
    last: list[str] = []
    count = 0
    for line in text.splitlines():
        found = _LINE.match(line.rstrip())
        if found is None:
            if last and line.strip() and count < _VALUES:
                last.append(line.strip())
                count += 1
            continue
        if found["tag"] in {"TY", "ER"}:
            if fields:
                yield _paper(fields, origin)
            fields, last, count = {}, [], 0
        if found["tag"] not in {"TY", "ER"} and count < _VALUES:
            last = fields.setdefault(found["tag"], [])
            last.append((found["value"] or "").strip())
            count += 1
    if fields:
        yield _paper(fields, origin)


def _paper(fields: dict[str, list[str]], origin: Origin) -> Found:
    def get(*tags: str) -> str:
        return next((" ".join(fields[tag]) for tag in tags if fields.get(tag)), "")

    def each(*tags: str) -> list[str]:
        return [value for tag in tags for value in fields.get(tag, ())]

    names = Names.among(*each("DO", "UR", "L1", "L2", "M1", "M3", "AN", "ID", "JO", "T2", "C7", "N1"))
    return build(
        origin,
        names,
        get("TI", "T1", "CT"),
        abstract=get("AB", "N2"),
        authors=people(family_last(name) for name in each("AU", "A1")),
        keywords=limits.labels(each("KW")),
        url=next(iter(each("UR")), None),
        pdf_url=next(iter(each("L1")), None),
        venue=get("T2", "JO", "JF", "BT"),
        published_at=limits.moment((get("DA", "Y1") or get("PY")).strip("/ ")) or limits.moment(get("PY")[:4]),
    )
