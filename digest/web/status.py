"""`/healthz` and `/metrics`: how the site is doing, for machines that watch it.

How many readers there are is told to the operator alone: a count that grows when an address signs up would tell
whether it was known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse

from digest.health import Health, health, metrics_text
from digest.web.password import Credentials, is_operator
from digest.web.service import Service

router = APIRouter()

_METRICS = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' text exposition format."""
_FRESH = {"cache-control": "no-store"}
_PLAIN: dict[str, Any] = {"content": {"text/plain": {"schema": {"type": "string"}}}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    429: {"description": "Too many tries at the password.", "content": {"application/json": {}, "text/html": {}}},
    503: {
        "description": "Something needs a hand, or the database is busy.",
        "content": {"application/json": {}, "text/html": {}},
    },
}


@router.get("/healthz", summary="Whether all is well, and since when not.", tags=["status"], responses=_ANSWERS)
def show_health(request: Request, credentials: Credentials) -> JSONResponse:
    """200 when nothing needs a hand, else 503; the document says what does."""
    state = _state(request, credentials)
    return JSONResponse(state.document(), 200 if state.ok else 503, _FRESH)


@router.get(
    "/metrics",
    summary="The same for Prometheus.",
    tags=["status"],
    response_class=PlainTextResponse,
    responses={200: {"description": "Gauges.", **_PLAIN}, **_ANSWERS},
)
def show_metrics(request: Request, credentials: Credentials) -> PlainTextResponse:
    """Gauges in the text exposition format."""
    return PlainTextResponse(metrics_text(_state(request, credentials)), media_type=_METRICS, headers=_FRESH)


def _state(request: Request, credentials: Credentials) -> Health:
    service = Service.of(request)
    state = health(service.store, service.site, service.now)
    return state if is_operator(request, credentials) else replace(state, readers={})
