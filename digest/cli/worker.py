"""`digest worker`: send what is in the queue."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.send import say
from digest.cli.state import State, state_of
from digest.cli.stopping import told_to_stop
from digest.errors import SettingsError
from digest.site import Site

if TYPE_CHECKING:
    from digest.store import Store
    from digest.worker import Worker


def worker(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Send what is in the queue, and end.")] = False,
) -> None:
    """Send what `digest run` or `digest send` put into the queue (sending.queue), until told to stop (SIGTERM, Ctrl-C).

    Any number may run, on any machine that reaches the PostgreSQL database and has the site's files. One that is
    killed loses nothing: its batch is given to another. It stops within 10 seconds. The log goes to standard error;
    with --json it is one JSON object a line.

    \b
    digest worker
    digest --json worker
    digest worker --once
    """
    from digest.schedule.logs import log_to

    state = state_of(context)
    if state.moment and not once:
        raise typer.BadParameter("--now goes with --once only; a clock cannot stand still")
    site = state.site()
    _require_key(site)
    log = log_to(sys.stderr, "json" if state.json else "plain", verbosity=state.verbosity)
    with log, told_to_stop() if once else told_to_stop(grace=None) as stop, state.store(site) as store:
        _leave_in_time(stop)
        store.queue.prepare()
        hired = _hired(state, site, store, stop)
        hired.run(once=once)
        if once:
            _say(state, site, store, hired)


def _hired(state: State, site: Site, store: Store, stop: threading.Event) -> Worker:
    from digest.worker import Worker

    clock: Callable[[], datetime] = (lambda: state.now(site)) if state.moment else (lambda: datetime.now(UTC))
    return Worker(store, site, clock=clock, stop=stop)


def _say(state: State, site: Site, store: Store, hired: Worker) -> None:
    report = hired.report
    report.waiting, report.next_at = store.deliveries.waiting()
    if state.json:
        state.emit(report.document())
    else:
        say(state, site, report)
    if report.is_trouble:
        raise typer.Exit(3)


def _require_key(site: Site) -> None:
    """The links in what is sent must be good for the machine that answers them."""
    from digest.tokens import KEY_FILE

    path = site.root / KEY_FILE
    if not site.settings.subscriptions.secret_keys and not path.exists():
        raise SettingsError(f"{path}: is missing; copy that of the machine that plans (`digest send` makes it there)")


def _leave_in_time(stop: threading.Event) -> None:
    """End the process when what is in flight takes too long to end: its batch is given to another."""
    from digest.schedule.clock import GRACE_SECONDS

    def leave() -> None:
        stop.wait()
        time.sleep(GRACE_SECONDS)
        os._exit(0)

    threading.Thread(target=leave, name="leave", daemon=True).start()
