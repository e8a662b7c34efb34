"""What the OpenAPI document says of the pages: what they take, and every answer they may give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.responses import HTMLResponse

from digest.web.preference_form import FORM_FIELDS

PREFERENCES: Mapping[str, str] = {name: "array" if name in {"topics", "weekdays"} else "string" for name in FORM_FIELDS}
"""The fields of the preference form, with their types."""
_HTML: dict[str, Any] = {"text/html": {"schema": {"type": "string"}}}
_SEE_OTHER = 303
_ENCODINGS = ("application/x-www-form-urlencoded", "multipart/form-data")
_ANSWERS = {
    400: "It cannot be read.",
    _SEE_OTHER: "It is done; Location shows it.",
    401: "It asks for a password.",
    403: "It is not open to all.",
    404: "The link is not valid.",
    408: "It took too long to arrive.",
    413: "It is too large.",
    422: "Something in the form is not possible.",
    429: "Too many of these came from one network.",
    503: "Too much waits; Retry-After says when to try again.",
}


def described(
    what: str,
    *,
    link: bool = False,
    form: Mapping[str, str] | None = None,
    asked: Mapping[str, str] | None = None,
    closed: bool = False,
    leads_on: bool = False,
) -> dict[str, Any]:
    """Arguments of a route that answers with a page.

    `link`: its address has a token; `form`, `asked`: the types of the fields of its body or query; `closed`: it asks
    for a password; `leads_on`: it ends with a redirect.
    """
    statuses = {413, 503}
    statuses |= {404} if link else set()
    statuses |= {400, 403, 408, 422, 429} if form is not None else set()
    statuses |= {422} if asked is not None else set()
    statuses |= {_SEE_OTHER} if leads_on else set()
    statuses |= {401, 404, 429} if closed else set()
    responses: dict[int | str, dict[str, Any]] = {
        status: {"description": _ANSWERS[status]} | ({} if status == _SEE_OTHER else {"content": _HTML})
        for status in sorted(statuses)
    }
    extra: dict[str, Any] = {}
    if form is not None:
        properties = {name: _type(type_) for name, type_ in form.items()}
        content = {encoding: {"schema": {"type": "object", "properties": properties}} for encoding in _ENCODINGS}
        extra["requestBody"] = {"content": content}
    if asked is not None:
        extra["parameters"] = [{"name": name, "in": "query", "schema": _type(type_)} for name, type_ in asked.items()]
    return {
        "summary": what,
        "responses": responses,
        "response_class": HTMLResponse,
        "openapi_extra": extra,
        "tags": ["pages"],
    }


def _type(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}} if name == "array" else {"type": name}
