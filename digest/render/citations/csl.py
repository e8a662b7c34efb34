"""CSL-JSON, the input of citation processors (https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from digest.models import Paper
from digest.render.citations.names import Name
from digest.render.citations.reference import Reference, references
from digest.render.math import to_text
from digest.render.safety import plain

_TYPES = {"preprint": "article", "article": "article-journal", "proceedings": "paper-conference"}
"""CSL 1.0.2, appendix III: `article` is also a preprint."""


def render_csl(papers: Sequence[Paper]) -> str:
    """The papers as one CSL-JSON document."""
    records = [csl_record(reference) for reference in references(papers)]
    return json.dumps(records, ensure_ascii=False, indent=2) + "\n"


def csl_record(reference: Reference) -> dict[str, Any]:
    """One item; what is not known is left out."""
    paper, published = reference.paper, reference.published_on
    record: dict[str, Any] = {
        "id": reference.key,
        "type": _TYPES[reference.kind],
        "title": reference.plain_title,
        "author": [_author(name) for name in reference.names],
        "issued": {"date-parts": [[published.year, published.month, published.day]]} if published else None,
        "container-title": to_text(plain(paper.venue)) if paper.venue else None,
        "publisher": "arXiv" if reference.arxiv and reference.kind == "preprint" else None,
        "number": f"arXiv:{reference.arxiv}" if reference.arxiv else None,
        "DOI": reference.doi,
        "URL": reference.url,
        "keyword": ", ".join(map(plain, paper.keywords)),
        "abstract": to_text(reference.abstract),
    }
    return {name: value for name, value in record.items() if value}


def _author(name: Name) -> dict[str, str]:
    if name.literal:
        return {"literal": name.family}
    return {"family": name.family, "given": name.given} | ({"suffix": name.suffix} if name.suffix else {})
