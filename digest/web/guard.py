"""What holds for every answer and every request: security headers, and no body without a bound.

The rules: no page runs a script, none is framed, forms go nowhere else, and nobody learns from a Referer which link of
a mail was followed.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 65_536
"""Octets of a request; the largest form (fifty searches and fifty authors) needs about a third."""
MAX_UPLOAD = 4 * 1024 * 1024
"""Octets where a reader sends a library; it is read only when their link is good."""
_UPLOADS = "/marks/import"
"""How the path of such a request ends."""

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; base-uri 'none'; frame-ancestors 'none'"
)
"""For a mail shown as a page: its styles stand in its elements."""
SECURITY = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}


class Guard:
    """Wraps an application: bounds what comes in, sets the security headers where the answer has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Bound the request, complete the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        taken = 0
        most = MAX_UPLOAD if scope["path"].endswith(_UPLOADS) else MAX_BODY

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413, "that is more than any form here holds")
            return message

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
            await send(message)

        # What a GET says of itself, a HEAD says too; the server leaves the content out (RFC 9110 section 9.3.2).
        await self._app({**scope, "method": "GET"} if scope["method"] == "HEAD" else scope, bounded, secured)
