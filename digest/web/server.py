"""The server: a site on a socket until it is told to stop (SIGINT, SIGTERM).

No access log is kept: who reads what is nobody's business, and the addresses hold readers' tokens.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime

import uvicorn

from digest.errors import DigestError
from digest.render.environment import compile_all, environment
from digest.render.imprint import Imprint
from digest.site import Site
from digest.store import Store
from digest.web.application import application
from digest.web.outbox import Outbox
from digest.web.service import Post, Service
from digest.web.site_files import SiteFiles, served

_CONNECTIONS = 1000
"""At once; more are told to come back (503)."""
_GRACE_SECONDS = 5


def serve(
    store: Store,
    site: Site,
    *,
    host: str,
    port: int,
    clock: Callable[[], datetime],
    post: Post,
    progress: Callable[[int, int | None, str], None],
    started: Callable[[str], None],
) -> None:
    """Serve `site` at `host` and `port` (0: any free one); `started` is told the address when it answers.

    Raises:
        DigestError: the address is taken, the website cannot be written, or a template is wrong.
    """
    site = served(site)
    with listen(host, port) as sock:
        templates = environment(site.folders("templates"))
        compile_all(templates)
        imprint = Imprint(settings=site.settings, topics=site.topics(), templates=templates)
        files = SiteFiles(store, site, progress=progress)
        service = Service(site=site, store=store, imprint=imprint, clock=clock, post=post, outbox=Outbox())
        started(address(sock))
        uvicorn.Server(configuration(application(service, files), site)).run(sockets=[sock])


def configuration(app: object, site: Site) -> uvicorn.Config:
    """How uvicorn runs an application of ours."""
    proxies = list(site.settings.web.trusted_proxies)
    return uvicorn.Config(
        app,  # type: ignore[arg-type] # uvicorn has types of its own for what Starlette describes
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        DigestError: it cannot; says why.
    """
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        sock = socket.create_server(place[:2], family=family, backlog=2048)
    except OSError as error:
        raise DigestError(f"cannot listen on {host} port {port}: {error.strerror or error}") from error
    # asyncio sets this only where it is told the protocol, which an accepted socket is not; without it a small answer
    # may wait 40 ms for the acknowledgement of the one before.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def address(sock: socket.socket) -> str:
    """Where a listening socket is reached."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}/" if sock.family is socket.AF_INET6 else f"http://{host}:{port}/"
