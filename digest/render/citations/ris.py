"""RIS, for reference managers (https://en.wikipedia.org/wiki/RIS_(file_format)); texts as Unicode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digest.models import Paper
from digest.render.citations.names import Name
from digest.render.citations.reference import Reference, references
from digest.render.math import to_text
from digest.render.safety import plain, safe_url

_TYPES = {"preprint": "UNPB", "article": "JOUR", "proceedings": "CPAPER"}
"""Unpublished work, journal article, conference paper."""


def render_ris(papers: Sequence[Paper]) -> str:
    """The papers as one RIS file; its lines end with CR LF, as the format has it."""
    lines: list[str] = []
    for reference in references(papers):
        lines += (f"{tag}  - {value}".rstrip() if tag != "ER" else "ER  - " for tag, value in _tags(reference))
        lines.append("")
    return "".join(f"{line}\r\n" for line in lines)


def _tags(reference: Reference) -> Iterator[tuple[str, str]]:
    paper, published = reference.paper, reference.published_on
    yield "TY", _TYPES[reference.kind]
    yield "ID", reference.key
    yield from (("AU", _author(name)) for name in reference.names)
    yield "TI", reference.plain_title
    if paper.venue:
        yield "T2", to_text(plain(paper.venue))
    if published:
        yield "PY", f"{published.year}"
        yield "DA", f"{published:%Y/%m/%d}"
    if reference.arxiv:
        yield "AN", f"arXiv:{reference.arxiv}"
        yield "DP", "arXiv.org"
    if reference.doi:
        yield "DO", reference.doi
    if reference.url:
        yield "UR", reference.url
    if pdf := safe_url(paper.pdf_url):
        yield "L1", pdf
    yield from (("KW", plain(word)) for word in paper.keywords)
    if reference.abstract:
        yield "AB", to_text(reference.abstract)
    yield "ER", ""


def _author(name: Name) -> str:
    """`Family, Given, Suffix`; one name as it is."""
    return name.family if name.literal else ", ".join(filter(None, (name.family, name.given, name.suffix)))
