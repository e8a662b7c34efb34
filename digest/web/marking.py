"""Marking one paper: the link beside it in a mail. Looking changes nothing, a button asks for more like it, or less.

The token is for this alone and names the reader; the paper stands beside it, so that a mail needs one signature.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from digest.models import EditionPaper, Score
from digest.render.view import view_paper
from digest.subscribe.marks import Wish, subject_of, wish_for
from digest.tokens import Tokens
from digest.web.form import SentForm
from digest.web.page import message, page, see_other
from digest.web.reader_link import reader_behind
from digest.web.schema import described
from digest.web.service import Service

router = APIRouter()

_TITLE = "More like this, or less?"

Name = Annotated[str, Query(alias="paper", description="An id of the paper, such as `arxiv:2401.01234`.")]
Done = Annotated[Literal["more", "less", "forget", ""], Query(description="What was just done.")]


@router.get("/mark", **described("Where a reader's own links are found."))
def show_way(request: Request) -> HTMLResponse:
    """For who follows the link of a preview, which belongs to nobody."""
    return message(
        request, _TITLE, "The links to mark papers are in the mails of readers who have an order of their own."
    )


@router.get("/mark/{token}", **described("A paper that may be marked.", link=True, asked={}))
def show_paper(request: Request, token: str, name: Name = "", done: Done = "") -> HTMLResponse:
    """The paper, what the reader said of it, and the buttons."""
    service, reader = Service.of(request), reader_behind(request, "mark", token)
    subject = subject_of(service.store, reader, name)
    entry = EditionPaper(paper=subject.paper, assignments=(), score=Score(value=0, why=""))
    return page(
        request,
        "mark.html",
        title=_TITLE,
        reader=reader,
        asked=name,
        paper=view_paper(entry, rank=1),
        mark=subject.mark,
        marks=len(service.store.marks.ids(reader.id)),
        done=done,
        token=token,
        preferences_token=Tokens.of(service.site).issue("preferences", reader),
    )


@router.post(
    "/mark/{token}",
    **described("Mark a paper.", link=True, form={"paper": "string", "wish": "string"}, leads_on=True),
)
def mark(request: Request, token: str, form: SentForm) -> Response:
    """Ask for more like it, for less, or take that back."""
    service, reader = Service.of(request), reader_behind(request, "mark", token)
    name, wish = form.get("paper", ""), form.get("wish", "")
    if wish not in get_args(Wish):
        raise HTTPException(422, "Say whether you want more like this, or less.")
    wish_for(service.store, reader, name, wish, now=service.now)  # type: ignore[arg-type] # it is one of them
    return see_other(f"{token}?paper={quote(name, safe=':/')}&done={wish}")
