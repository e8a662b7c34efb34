"""Confirming: the link of the confirmation mail. Looking at it changes nothing; pressing the button does.

Programs that follow every link of a mail (RFC 8058 section 1 tells of them) so confirm nothing.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from digest.errors import LinkError
from digest.subscribe import confirm, open_link
from digest.tokens import Tokens
from digest.web.page import page
from digest.web.schema import described
from digest.web.service import Service
from digest.web.when import coming_deliveries

router = APIRouter()


@router.get("/confirm/{token}", **described("What is about to be confirmed.", link=True))
def show_confirmation(request: Request, token: str) -> HTMLResponse:
    """The button."""
    service = Service.of(request)
    reader = open_link(service.store, service.site, "confirm", token, now=service.now)
    if reader is None:
        raise LinkError("this link is too old; please sign up again to get a new one")
    return page(request, "confirm.html", title="Confirm your subscription", reader=reader)


@router.post("/confirm/{token}", **described("Confirm.", link=True))
def confirm_reader(request: Request, token: str) -> HTMLResponse:
    """The consent."""
    service = Service.of(request)
    reader = confirm(service.store, service.site, token, now=service.now)
    return page(
        request,
        "welcome.html",
        title="Welcome",
        reader=reader,
        coming=coming_deliveries(reader, service.now),
        preferences_token=Tokens.of(service.site).issue("preferences", reader),
    )
