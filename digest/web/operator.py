"""The operator's page: jobs, sources, editions, readers and mail at a glance. It changes nothing.

It is there when `web.operator_password` is set.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from digest.web.overview import overview
from digest.web.page import page
from digest.web.password import CHALLENGE, Credentials, is_operator
from digest.web.schema import described
from digest.web.service import Service

router = APIRouter()


@router.get("/operator", **described("The operator's page.", closed=True))
def show_overview(request: Request, credentials: Credentials) -> HTMLResponse:
    """Everything at a glance."""
    service = Service.of(request)
    if not service.site.settings.web.operator_password.get_secret_value():
        raise HTTPException(404)
    if not is_operator(request, credentials):
        raise HTTPException(401, "This page asks for the operator's password.", CHALLENGE)
    return page(request, "operator.html", title="Operator", overview=overview(service), now=service.now)
