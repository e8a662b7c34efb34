"""The application: the routes, what each error is answered with, and the frame around it all."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from digest import __version__
from digest.errors import LinkError, NotFoundError, StoreError, SubscriptionError
from digest.web import api, choosing, joining, leaving, marking, marks, operator, paper_page, sign_up, status
from digest.web.front import Front
from digest.web.guard import Guard
from digest.web.page import problem
from digest.web.service import Service
from digest.web.site_files import SiteFiles

_PARTS = (sign_up, joining, choosing, marks, marking, leaving, operator, api, paper_page, status)
_ERRORS: Mapping[type[Exception], tuple[int, Mapping[str, str]]] = {
    LinkError: (404, {}),
    NotFoundError: (404, {}),
    SubscriptionError: (422, {}),
    StoreError: (503, {"retry-after": "30"}),
}
_log = logging.getLogger("digest.web")


def application(service: Service, files: SiteFiles) -> Front:
    """The ASGI application of a site; it closes the service's outbox when it is shut down."""
    base_url = service.site.settings.base_url
    app = FastAPI(
        title=service.site.settings.title,
        version=__version__,
        description="Papers as JSON, and the pages of readers.",
        servers=[{"url": base_url}],
        docs_url=None,  # both pages would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever the request calls the host
        lifespan=_lifespan,
    )
    app.state.service, app.state.files = service, files
    for part in _PARTS:
        app.include_router(part.router)
    for kind in (*_ERRORS, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, _answer_error)
    front = Front(Guard(app), files.published, prefix=urlsplit(base_url).path)
    app.state.front = front
    return front


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    front, files, service = app.state.front, app.state.files, app.state.service
    async with files.kept_fresh(front):
        yield
    await run_in_threadpool(service.outbox.close)


async def _answer_error(request: Request, error: Exception) -> Response:
    """A page, or for the API a JSON document, that says what went wrong and no more."""
    code, text, headers = _told(error)
    if isinstance(error, StoreError):
        _log.error("%s", error)
    if code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"allow": _allowed(request)}
    if request.scope["path"].startswith("/api/"):
        return JSONResponse({"error": text or HTTPStatus(code).phrase}, code, headers)
    return await run_in_threadpool(problem, request, code, text, headers)


def _told(error: Exception) -> tuple[int, str, dict[str, str]]:
    if isinstance(error, HTTPException):
        usual = error.detail == HTTPStatus(error.status_code).phrase
        return error.status_code, "" if usual else error.detail, dict(error.headers or {})
    if isinstance(error, RequestValidationError):
        problems = (f"{problem['loc'][-1]}: {problem['msg']}" for problem in error.errors())
        return 422, "; ".join(problems), {}
    for kind, (code, headers) in _ERRORS.items():
        if isinstance(error, kind):
            return code, "" if kind is StoreError else _sentence(str(error)), dict(headers)
    return 500, "", {}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _allowed(request: Request) -> str:
    """The methods its address knows; FastAPI has a route for each and so tells of one alone (RFC 9110 §15.5.6)."""
    path: str = request.scope["path"]
    routes = (route for part in _PARTS for route in part.router.routes if isinstance(route, APIRoute))
    methods = {method for route in routes if route.path_regex.match(path) for method in route.methods or ()}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))
