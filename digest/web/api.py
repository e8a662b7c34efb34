"""The JSON API: the papers that have been read, in the shape and under the path of Hugging Face's Daily Papers.

It shows papers as they are known now, votes included, not as an edition printed them.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BeforeValidator

from digest.models import KnownPaper
from digest.models import Query as PaperQuery
from digest.papers import find_papers
from digest.web.conditional import not_modified
from digest.web.daily_papers import DailyPaper, daily_paper
from digest.web.service import Service

router = APIRouter()

_TRENDING_DAYS = 60
"""How far back is looked for what is trending when no day is named; older papers have long lost their score."""
_MAX_AGE = 60
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def _iso_day(text: object) -> object:
    """Nothing but `2026-11-20`: a number would be taken for seconds."""
    if isinstance(text, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("write it as 2026-11-20")
    return text


Day = Annotated[date | None, BeforeValidator(_iso_day), Query(description="The list of a day: `2026-11-20`.")]
Week = Annotated[
    str | None,
    Query(pattern=r"^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$", description="The lists of an ISO week: `2026-W47`."),
]
Month = Annotated[
    str | None, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="The lists of a month: `2026-11`.")
]
Page = Annotated[int, Query(ge=0, le=1000, description="Which page, from 0; a short page is the last.")]
Limit = Annotated[int, Query(ge=1, le=100, description="Papers on a page.")]
Sort = Annotated[Literal["publishedAt", "trending"], Query(description="Newest list first, or by trend score.")]


@router.get(
    "/api/daily_papers",
    summary="Papers by day, week or month.",
    tags=["papers"],
    response_model=list[DailyPaper],
    responses={
        304: {"description": "Not changed."},
        503: {"description": "The database is busy; Retry-After says when."},
    },
)
def list_daily_papers(  # noqa: PLR0917 - FastAPI passes by name
    request: Request,
    date: Day = None,
    week: Week = None,
    month: Month = None,
    p: Page = 0,
    limit: Limit = 50,
    sort: Sort = "publishedAt",
) -> Response:
    """The papers of a day, week or month (of several: what is in all of them), or the newest there are."""
    since, until = _window(date, week, month)
    papers = _page(Service.of(request), since, until, start=p * limit, count=limit, sort=sort)
    return _answer(request, [daily_paper(known) for known in papers])


def _page(
    service: Service, since: date | None, until: date | None, *, start: int, count: int, sort: str
) -> list[KnownPaper]:
    if sort == "trending":
        since = since or (service.now - timedelta(days=_TRENDING_DAYS)).date()
        query = PaperQuery(since=since, until=until, sort="trend", limit=start + count)
    else:
        query = PaperQuery(since=since, until=until, limit=start + count)
    return [known for known, _ in find_papers(service.store, service.site, query, now=service.now)][start:]


def _window(day: date | None, week: str | None, month: str | None) -> tuple[date | None, date | None]:
    """The days `[since, until)` that are in all of what is asked for; a week or month that is none has no day."""
    windows: list[tuple[date, date]] = []
    try:
        if day:
            windows.append((day, day + timedelta(days=1)))
        if week:
            monday = date.fromisocalendar(int(week[:4]), int(week[6:]), 1)
            windows.append((monday, monday + timedelta(days=7)))
        if month:
            first = date(int(month[:4]), int(month[5:]), 1)
            windows.append((first, (first + timedelta(days=31)).replace(day=1)))
    except (ValueError, OverflowError):
        return date.max, date.min
    if not windows:
        return None, None
    return max(since for since, _ in windows), min(until for _, until in windows)


def _answer(request: Request, items: list[dict[str, Any]]) -> Response:
    content = json.dumps(items, ensure_ascii=False).encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"etag": etag, "cache-control": f"public, max-age={_MAX_AGE}"}
    if "if-none-match" in request.headers and not_modified(request.headers, (etag,), _EPOCH):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
