"""A paper's own page: what is known of it now, its votes over time, papers like it, and how to cite it.

The address is Hugging Face's: `/papers/2401.01234`. Unlike the pages of editions it changes with what is learned.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from digest.curation.trend import trend
from digest.errors import NotFoundError
from digest.models import EditionPaper, KnownPaper
from digest.papers import named_paper
from digest.render.citations import render_bibtex, render_ris
from digest.render.sheets import Sheet
from digest.subscribe.newcomer import latest_edition
from digest.web.chart import HEIGHT, WIDTH, chart
from digest.web.page import page
from digest.web.schema import described
from digest.web.service import Service

router = APIRouter()

_PUBLIC = {"cache-control": "public, max-age=300"}
_LONGEST = 300
_CITATIONS = {
    "bibtex": (render_bibtex, "application/x-bibtex; charset=utf-8", "bib"),
    "ris": (render_ris, "application/x-research-info-systems; charset=utf-8", "ris"),
}

Citation = Annotated[Literal["bibtex", "ris"] | None, Query(alias="as", description="The citation alone.")]
_DESCRIBED: dict[str, Any] = described("A paper: votes over time, papers like it, citation.", link=True, asked={})
_DESCRIBED["responses"][200] = {
    "description": "The page, or the citation as a file.",
    "content": {media_type.partition(";")[0]: {} for _, media_type, _ in _CITATIONS.values()},
}


@router.get("/papers/{name:path}", **_DESCRIBED)
def show_paper(request: Request, name: str, citation: Citation = None) -> Response:
    """The page of a paper named by any of its ids, or a citation of it."""
    service = Service.of(request)
    known = _named(service, name)
    return _paper(request, service, known) if citation is None else _citation(known, citation)


def _named(service: Service, name: str) -> KnownPaper:
    try:
        return named_paper(service.store, name[:_LONGEST])
    except NotFoundError as error:
        raise HTTPException(404) from error


def _citation(known: KnownPaper, form: Literal["bibtex", "ris"]) -> Response:
    render, media_type, extension = _CITATIONS[form]
    disposition = f'attachment; filename="paper.{extension}"'
    headers = {**_PUBLIC, "content-disposition": disposition, "content-type": media_type}
    return Response(render([known.paper]).encode(), headers=headers)


def _paper(request: Request, service: Service, known: KnownPaper) -> HTMLResponse:
    paper = known.paper
    entry = EditionPaper(paper=paper, assignments=known.assignments, score=trend(paper, service.now))
    sheet = Sheet(entry, service.imprint)
    neighbours = service.neighbours.of(service.store, known, newest=latest_edition(service.store))
    return page(
        request,
        "paper_page.html",
        title=sheet.view.title,
        headers={**_PUBLIC, "x-robots-tag": "all"},
        sheet=sheet,
        paper=paper,
        edition=known.edition,
        topics=[(one.topic, service.imprint.topic_title(one.topic), one.why) for one in known.assignments],
        chart=chart(paper.signals, "upvotes"),
        box=(WIDTH, HEIGHT),
        neighbours=[(other.id.removeprefix("arxiv:"), other.title, one.why) for other, one in neighbours],
        here=paper.id.removeprefix("arxiv:"),
    )
