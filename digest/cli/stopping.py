"""Being told to stop (SIGINT, SIGTERM): what is in flight is finished, for a while."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_GRACE_SECONDS = 8.0
"""Most of the ten that whoever stops a service waits for it."""
_UNFINISHED = 3
"""Exit code of what was not finished."""
_log = logging.getLogger("digest.run")


@contextmanager
def told_to_stop(*, grace: float | None = _GRACE_SECONDS) -> Iterator[threading.Event]:
    """An event that the first signal sets.

    When the block still runs `grace` seconds later, or at a second signal, the process ends. What it had in hand then
    is gone on with by the next one, when its claim has lapsed. None: the block sees to its end by itself.
    """
    stop, over = threading.Event(), threading.Event()

    def ask(number: int, _frame: object) -> None:
        if grace is not None and not stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            threading.Thread(target=_end, args=(over, grace), name="grace", daemon=True).start()
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        over.set()
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(over: threading.Event, grace: float) -> None:
    if over.wait(grace):
        return
    _log.warning("stopped after %d seconds; what was in flight is gone on with by the next run", grace)
    sys.stderr.flush()
    # The threads left would be waited for. Nothing is lost: all they did is in the database, or is not done.
    os._exit(_UNFINISHED)
