"""What every page is given: the site, its database, the moment it is, the templates, and who sends letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request

from digest.render.imprint import Imprint
from digest.site import Site
from digest.store import Store
from digest.subscribe import Letter
from digest.web.neighbours import Neighbours
from digest.web.outbox import Outbox

Post = Callable[[Letter, datetime], None]
"""Sends a letter now; raises CarrierUnavailable when nobody takes mail at the moment, MailError when it never can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A site as it is served."""

    site: Site
    store: Store
    imprint: Imprint
    clock: Callable[[], datetime]
    post: Post
    outbox: Outbox
    neighbours: Neighbours = field(default_factory=Neighbours)

    @classmethod
    def of(cls, request: Request) -> Service:
        """The service a request came to."""
        service: Service = request.app.state.service
        return service

    @property
    def now(self) -> datetime:
        """The moment it is, UTC."""
        return self.clock()


def client_address(request: Request) -> str:
    """The internet address of who asks: of the socket, or what a trusted proxy says (`web.trusted_proxies`)."""
    return request.client.host if request.client else ""
