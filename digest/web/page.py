"""A page of the application: a template of `templates/web/` as an answer that no one may keep or list."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from digest.render.environment import render
from digest.web.service import Service

PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex"}
"""For everything behind a link of a mail or a password."""
_WORDS = {
    404: "There is no such page.",
    405: "This address does not do that.",
    500: "Something is broken here. The operator can find out what.",
    503: "The site is busy. Please try again in a moment.",
}


def page(
    request: Request,
    template: str,
    *,
    title: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """`template` with what every page needs. Links are relative, so nothing depends on what the request calls the host.

    Raises:
        TemplateError: the template is wrong.
    """
    service = Service.of(request)
    up = _up(request)
    html = render(
        service.imprint.templates,
        f"web/{template}",
        site=service.imprint.site,
        title=title,
        up=up,
        style=f"{up}style.css",
        canonical="",
        alternates=(),
        **values,
    )
    return HTMLResponse(html, status, {**PRIVATE, **(headers or {})})


def message(
    request: Request,
    title: str,
    text: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page that says one thing; `links` lead on, address by words."""
    return page(
        request, "message.html", title=title, status=status, headers=headers, text=text, links=dict(links or {})
    )


def see_other(where: str) -> Response:
    """The way to the page that shows what was done, so that going back or reloading does nothing twice.

    `where` is relative to the address that was asked for, so it leads to no other site.
    """
    return Response(status_code=303, headers={**PRIVATE, "location": where})


def problem(request: Request, status: int, text: str = "", headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """A page that says what went wrong."""
    return message(
        request,
        HTTPStatus(status).phrase.capitalize(),
        text or _WORDS.get(status) or HTTPStatus(status).description,
        status=status,
        headers=headers,
        links={f"{_up(request)}index.html": "All issues and feeds"},
    )


def _up(request: Request) -> str:
    """The way from the page that was asked for to the front page."""
    path: str = request.scope["path"]
    return "../" * (path.count("/") - 1)
