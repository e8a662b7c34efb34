"""Sessions opened side by side, each in a thread of its own, since connecting and TLS may take long."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections import deque
from time import monotonic

from digest.mail.session import open_session
from digest.settings import SmtpSettings

_PATIENCE_SECONDS = 1.0
"""How long those that are being opened are waited for when nobody wants them any more."""


class Opener:
    """Opens sessions, and can be asked by a selector whether one is ready."""

    def __init__(self, server: SmtpSettings) -> None:
        self._server = server
        self._bell, self._ring = socket.socketpair()
        self._lock = threading.Lock()
        self._done: deque[tuple[int, smtplib.SMTP | Exception]] | None = deque()
        self._threads: list[threading.Thread] = []
        self.busy = 0
        """Sessions asked for and not yet given out."""

    def fileno(self) -> int:
        """For a selector: there is something to read when a session is ready."""
        return self._bell.fileno()

    def open(self, mark: int) -> None:
        """Open one more; `mark` comes back with it."""
        self.busy += 1
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._threads.append(threading.Thread(target=self._open, args=(mark,), name="smtp-opening", daemon=True))
        self._threads[-1].start()

    def opened(self) -> list[tuple[int, smtplib.SMTP | Exception]]:
        """The sessions that are ready, or why there is none, each with its mark."""
        self._bell.recv(4096)
        with self._lock:
            ready = list(self._done or ())
            self._done = deque()
        self.busy -= len(ready)
        return ready

    def close(self) -> None:
        """Nobody wants the rest. What is still being opened is closed when it is open, soon or late."""
        with self._lock:
            left, self._done = self._done, None
            self._bell.close()
            self._ring.close()
        for _, session in left or ():
            if isinstance(session, smtplib.SMTP):
                session.close()
        until = monotonic() + _PATIENCE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))

    def _open(self, mark: int) -> None:
        opened: smtplib.SMTP | Exception
        try:
            opened = open_session(self._server)
        except Exception as error:  # noqa: BLE001 - a thread's failure is told where its work was asked for
            opened = error
        with self._lock:
            if self._done is not None:
                self._done.append((mark, opened))
                self._ring.send(b"!")
                return
        if isinstance(opened, smtplib.SMTP):
            opened.close()
