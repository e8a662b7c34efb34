"""Unsubscribing: the link of every mail. GET shows, POST acts (RFC 8058 section 3.2), once, twice, for ever.

A mail program posts `List-Unsubscribe=One-Click` and needs no page; a person presses a button and may think again.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from digest.errors import NotFoundError
from digest.models import Subscriber
from digest.subscribe import open_link, resubscribe, unsubscribe
from digest.tokens import Tokens
from digest.web.form import AnyForm
from digest.web.page import PRIVATE, message, page
from digest.web.schema import described
from digest.web.service import Service

router = APIRouter()

_ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""RFC 8058 section 3.1."""


@router.get("/unsubscribe", **described("Where a reader's own link is found."))
def show_way(request: Request) -> HTMLResponse:
    """For who follows the link of a test mail or of a preview, which belong to nobody."""
    return message(request, "Unsubscribe", "The link to unsubscribe is at the end of every mail you get.")


@router.get("/unsubscribe/{token}", **described("What is about to end.", link=True))
def show_unsubscribe(request: Request, token: str) -> HTMLResponse:
    """The button."""
    service = Service.of(request)
    reader = open_link(service.store, service.site, "unsubscribe", token, now=service.now)
    if reader is None or reader.status == "unsubscribed":
        return _left(request, token, reader)
    return page(request, "unsubscribe.html", title="Unsubscribe", reader=reader)


@router.post(
    "/unsubscribe/{token}",
    **described(
        "Unsubscribe (RFC 8058), or come back.", link=True, form={"List-Unsubscribe": "string", "back": "string"}
    ),
)
def leave(request: Request, token: str, form: AnyForm) -> Response:
    """Send nothing more, whatever else the request says; `back` undoes it."""
    service = Service.of(request)
    reader = open_link(service.store, service.site, "unsubscribe", token, now=service.now)
    if reader is not None and "back" in form and _may_come_back(service, token, reader):
        resubscribe(service.store, reader.id, now=service.now)
        return message(request, "You are back", "The digest comes again as before.")
    if reader is not None:
        try:
            reader = unsubscribe(service.store, reader.id)
        except NotFoundError:
            reader = None  # erased at this very moment
    if form.get(_ONE_CLICK[0]) == _ONE_CLICK[1]:
        return PlainTextResponse("You are unsubscribed.\n", headers=PRIVATE)
    return _left(request, token, reader)


def _left(request: Request, token: str, reader: Subscriber | None) -> HTMLResponse:
    """The page of who has left; the same for who is not known any more, but for the way back."""
    back = reader is not None and _may_come_back(Service.of(request), token, reader)
    return page(request, "left.html", title="You are unsubscribed", back=back)


def _may_come_back(service: Service, token: str, reader: Subscriber) -> bool:
    """A link that was revoked can still end a subscription, but not begin one."""
    claim = Tokens.of(service.site).read("unsubscribe", token, now=service.now)
    return claim.epoch == reader.epoch
