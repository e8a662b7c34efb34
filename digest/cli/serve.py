"""`digest serve`: the site over HTTP."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer

from digest.cli.progress import progress
from digest.cli.state import state_of


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8000,
) -> None:
    """Serve feeds, pages, the sign-up and preference forms and the JSON API until told to stop (SIGTERM, Ctrl-C).

    Put a web server with TLS before it and name that in web.trusted_proxies.

    \b
    digest serve
    digest serve --host 0.0.0.0 --port 80
    """
    from digest.deliver import send_letter
    from digest.schedule.logs import log_to
    from digest.subscribe import Letter
    from digest.web import serve as run

    state = state_of(context)
    site = state.site()

    def post(letter: Letter, now: datetime) -> None:
        send_letter(site, letter, now=now)

    def started(address: str) -> None:
        state.out.print(f"{site.settings.title}: {address} (Ctrl-C ends it)", markup=False)

    log = log_to(sys.stderr, "json" if state.json else "plain", verbosity=state.verbosity)
    with log, _ended_in_order(), state.store(site) as store, progress(state, "Writing pages") as report:
        run(
            store,
            site,
            host=host,
            port=port,
            clock=lambda: state.now(site),
            post=post,
            progress=report,
            started=started,
        )


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """The server ends on a signal and then raises it again; here that is the end of the command and no failure."""
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
