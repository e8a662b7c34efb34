"""The reader behind a link of a mail, who has confirmed."""

from __future__ import annotations

from fastapi import Request

from digest.errors import LinkError
from digest.models import Subscriber
from digest.subscribe import open_link
from digest.tokens import Purpose
from digest.web.service import Service

_GONE = "this link belongs to nobody any more"


def reader_behind(request: Request, purpose: Purpose, token: str) -> Subscriber:
    """Who may do what `purpose` says.

    Raises:
        LinkError: the link is not ours, too old, revoked or nobody's, or its reader has not confirmed.
    """
    service = Service.of(request)
    reader = open_link(service.store, service.site, purpose, token, now=service.now)
    if reader is None:
        raise LinkError(_GONE)
    if reader.status == "pending":
        raise LinkError("this address is not confirmed yet; the confirmation mail has the link for it")
    return reader
