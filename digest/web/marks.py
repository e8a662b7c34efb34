"""A reader's marks: the list of them, ways to add and forget some, taking them along, and whether digests follow them.

The link to the preferences opens it; the token in the address is all the authority there is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from digest.errors import SourceRefused, SubscriptionError, TooManyRequests
from digest.models import MOST_MARKS, Subscriber
from digest.render.citations import render_bibtex
from digest.render.safety import safe_url
from digest.subscribe.marks import (
    admit_library,
    forget_marks,
    import_marks,
    library_of,
    mark_papers,
    marks_record,
    set_personal,
    unread,
    wish_for,
)
from digest.web.form import AnyForm, SentForm, sent_file
from digest.web.page import PRIVATE, page, see_other
from digest.web.reader_link import reader_behind
from digest.web.schema import described
from digest.web.service import Service

router = APIRouter()

_SHOWN = 50
"""Marks on one page."""
_NAMED, _DIGITS = 5, 6
_FILE: dict[str, Any] = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}

Start = Annotated[int, Query(ge=0, le=MOST_MARKS, description="How many newer marks to pass over.")]


@router.get("/preferences/{token}/marks", **described("A reader's marks, newest first.", link=True, asked={}))
def show_marks(request: Request, token: str, start: Start = 0) -> HTMLResponse:
    """The list; the rest of the query says what was just done."""
    return _show(request, _reader(request, token), start=start, notice=_notice(request.query_params))


@router.post(
    "/preferences/{token}/marks",
    **described("Mark papers.", link=True, form={"papers": "string", "wish": "string"}, leads_on=True),
)
def add(request: Request, token: str, form: SentForm) -> Response:
    """Mark all papers that are named, or none and say which are not known."""
    service, reader = Service.of(request), _reader(request, token)
    text, wish = form.get("papers", ""), form.get("wish", "more")
    names = text.split()
    unknown = unread(service.store, names)
    if unknown or not names:
        return _show(request, reader, text=text, errors={"papers": _unknown(unknown)}, status=422)
    try:
        done = mark_papers(service.store, reader, names, wish="less" if wish == "less" else "more", now=service.now)
    except SubscriptionError as error:
        return _show(request, reader, text=text, errors={"papers": str(error)}, status=422)
    return see_other(f"marks?marked={len(done)}")


async def _sent_library(request: Request, token: str) -> tuple[Subscriber, bytes]:
    """Who sends a file, and the file: taken only from who has a good link, and not too often."""
    reader = await run_in_threadpool(_reader, request, token)
    service = Service.of(request)
    try:
        await run_in_threadpool(admit_library, service.store, reader, now=service.now)
    except TooManyRequests as error:
        raise HTTPException(429, f"{str(error).capitalize()}.", {"retry-after": "3600"}) from error
    return reader, await sent_file(request, "file")


@router.post(
    "/preferences/{token}/marks/import",
    **described("Mark the papers of a library.", link=True, form={}, leads_on=True)
    | {"openapi_extra": {"requestBody": {"content": {"multipart/form-data": {"schema": _FILE}}}}},
)
def import_library(request: Request, sent: Annotated[tuple[Subscriber, bytes], Depends(_sent_library)]) -> Response:
    """Mark the papers of BibTeX, Zotero RDF or a list of ids."""
    service, (reader, data) = Service.of(request), sent
    if not data.strip():
        return _show(request, reader, errors={"file": "choose a file that is not empty"}, status=422)
    try:
        done = import_marks(service.store, reader, data, now=service.now)
    except (SourceRefused, SubscriptionError) as error:
        return _show(request, reader, errors={"file": str(error)}, status=422)
    counts = {"marked": done.marked, "unknown": len(done.unknown)}
    if done.set_aside:
        counts["aside"] = len(done.set_aside)
    return see_other(f"../marks?{urlencode(counts)}")


@router.post(
    "/preferences/{token}/marks/forget",
    **described("Forget a mark, or all.", link=True, form={"paper": "string", "all": "string"}, leads_on=True),
)
def forget(request: Request, token: str, form: SentForm) -> Response:
    """Forget what is named; what was forgotten before stays so."""
    service, reader = Service.of(request), _reader(request, token)
    if "all" in form:
        return see_other(f"../marks?forgotten={forget_marks(service.store, reader)}")
    wish_for(service.store, reader, form.get("paper", ""), "forget", now=service.now)
    return see_other("../marks?forgotten=1")


@router.post(
    "/preferences/{token}/marks/order",
    **described("Turn a reader's own order on or off.", link=True, form={"on": "string"}, leads_on=True),
)
def turn(request: Request, token: str, form: AnyForm) -> Response:
    """On with `on`, else off."""
    service, reader = Service.of(request), _reader(request, token)
    set_personal(service.store, reader, on="on" in form)
    return see_other("../marks?order")


@router.get(
    "/preferences/{token}/marks.json",
    **described("A reader's marks as JSON.", link=True) | {"response_class": JSONResponse},
)
def export_json(request: Request, token: str) -> Response:
    """All of them, with what was wished."""
    marks = marks_record(Service.of(request).store, _reader(request, token))
    return _file(json.dumps(marks, ensure_ascii=False, indent=2) + "\n", "application/json", "my-marks.json")


_BIBTEX = described("What a reader wants more of, as BibTeX.", link=True)
_BIBTEX["responses"][200] = {"description": "The file.", "content": {"application/x-bibtex": {}}}


@router.get("/preferences/{token}/marks.bib", **_BIBTEX)
def export_bibtex(request: Request, token: str) -> Response:
    """Those they want more of, so that the file can be read in again."""
    library = library_of(Service.of(request).store, _reader(request, token))
    return _file(render_bibtex(library), "application/x-bibtex; charset=utf-8", "my-marks.bib")


def _reader(request: Request, token: str) -> Subscriber:
    return reader_behind(request, "preferences", token)


def _file(content: str, media_type: str, name: str) -> Response:
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content.encode(), media_type=media_type, headers={**PRIVATE, **disposition})


def _unknown(names: tuple[str, ...]) -> str:
    if not names:
        return "write at least one id or address"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"not known here: {', '.join(name[:80] for name in names[:_NAMED])}{more}. Nothing was marked"


def _notice(query: Mapping[str, str]) -> dict[str, int]:
    """What was just done: numbers by name."""
    return {name: int(value) if value.isdecimal() else 0 for name, value in query.items() if len(value) <= _DIGITS}


def _show(
    request: Request,
    reader: Subscriber,
    *,
    start: int = 0,
    notice: Mapping[str, int] | None = None,
    text: str = "",
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    store = Service.of(request).store
    shown = store.marks.of(reader.id, newest=_SHOWN, skip=start)[::-1]
    known = store.papers_by_alias(mark.paper.id for mark in shown) if shown else {}
    return page(
        request,
        "marks.html",
        title="Correct this" if errors else "Your marks",
        status=status,
        reader=reader,
        marks=[(mark, safe_url(known[mark.paper.id].url) if mark.paper.id in known else None) for mark in shown],
        count=len(store.marks.ids(reader.id)),
        start=start,
        step=_SHOWN,
        notice=notice or {},
        text=text,
        errors=errors or {},
        token=request.path_params["token"],
    )
