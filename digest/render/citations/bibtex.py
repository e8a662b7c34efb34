"""BibTeX that bibtex and biber read without a warning, and our own reader reads back to the same paper.

`@article` and `@inproceedings` where a venue is known, else `@misc`; arXiv's papers carry `eprint`, `archivePrefix` and
`primaryClass` (https://info.arxiv.org/help/hypertex/bibstyles.html). Titles stand in double braces: no style changes
their case, for none can tell Shannon from a common word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.models import Paper
from digest.render.citations.latex import to_latex
from digest.render.citations.names import Name
from digest.render.citations.reference import Reference, references
from digest.render.safety import plain

_TYPES = {"preprint": "misc", "article": "article", "proceedings": "inproceedings"}
_VENUES = {"article": "journal", "proceedings": "booktitle"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_VERBATIM = {"{": "%7B", "}": "%7D", "\\": "%5C"}
"""What would unbalance a field that LaTeX takes as it is."""


def render_bibtex(papers: Sequence[Paper]) -> str:
    """The papers as one BibTeX file, UTF-8 where a letter has no command."""
    return "\n".join(_entry(reference) for reference in references(papers))


def _entry(reference: Reference) -> str:
    fields = [f"  {name} = {value}" for name, value in _fields(reference) if value.strip("{} ")]
    return f"@{_TYPES[reference.kind]}{{{reference.key},\n" + ",\n".join(fields) + "\n}\n"


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    paper = reference.paper
    if authors := " and ".join(filter(None, map(_author, reference.names))):
        yield "author", f"{{{authors}}}"
    else:
        yield "key", f"{{{to_latex(reference.title)}}}"  # what an entry without authors is sorted by
    yield "title", f"{{{{{to_latex(reference.title)}}}}}"
    if paper.venue and reference.kind in _VENUES:
        yield _VENUES[reference.kind], f"{{{to_latex(plain(paper.venue))}}}"
    if reference.published_on:
        yield "year", f"{{{reference.published_on.year}}}"
        yield "month", _MONTHS[reference.published_on.month - 1]
    if reference.arxiv:
        yield "eprint", f"{{{reference.arxiv}}}"
        yield "archivePrefix", "{arXiv}"
        if paper.categories:
            yield "primaryClass", f"{{{paper.categories[0]}}}"
    if reference.doi:
        yield "doi", f"{{{_verbatim(reference.doi)}}}"
    if reference.url:
        yield "url", f"{{{_verbatim(reference.url)}}}"
    if paper.keywords:
        yield "keywords", f"{{{', '.join(to_latex(plain(word).replace(',', ' ')) for word in paper.keywords)}}}"
    if reference.abstract:
        yield "abstract", f"{{{to_latex(reference.abstract)}}}"


def _author(name: Name) -> str:
    """`Family, Given`, `Family, Jr., Given`, or one name in braces; a word `and` within it is no separator."""
    given = _word(name.given)
    if not given:
        family = _word(name.family)
        return f"{{{family}}}" if " " in family or "," in family else family
    return ", ".join(part for part in (_word(name.family), _word(name.suffix), given) if part)


def _word(text: str) -> str:
    return re.sub(r"(?<!\S)(and|others)(?!\S)", r"{\1}", to_latex(text).strip(" ,"), flags=re.IGNORECASE)


def _verbatim(text: str) -> str:
    return re.sub(r"[{}\\]", lambda found: _VERBATIM[found[0]], text)
