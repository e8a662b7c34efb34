"""One connection to a mail server that never waits: bytes go out when there is room, replies come as they arrive.

It knows lines and replies (RFC 5321 §4.2), not what they are about.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections import deque
from contextlib import suppress
from itertools import islice
from time import monotonic

from digest.mail.pipeline import Broken, Reply

_MAX_REPLY_LINE, _MAX_REPLY_LINES = 8192, 100
_RECEIVED = 65_536
_ROOM = 1 << 20
"""What the system may hold of what is written: a whole message, so that one call sends it (it may allow less)."""
_AT_ONCE = 16
"""Buffers one call takes; far below what any system allows (POSIX asks for 16)."""
_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Channel:
    """The connection of an open `session`, which is not to be used any more but through this."""

    def __init__(self, session: smtplib.SMTP) -> None:
        if session.sock is None:
            raise ValueError("the session is not open")
        self._session, self._sock = session, session.sock
        self._is_plain = not isinstance(self._sock, ssl.SSLSocket)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # every write is all there is to say
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)
        self._sock.setblocking(False)
        self._out: deque[bytes | memoryview] = deque()
        self._in = b""
        self._lines: list[str] = []
        self.replies: deque[Reply] = deque()
        """What the server said and nobody has heard yet."""
        self.active_at = monotonic()
        """When a byte last went out or came in."""

    def fileno(self) -> int:
        """For a selector."""
        return self._sock.fileno()

    @property
    def is_full(self) -> bool:
        """Whether something waits for room to be sent."""
        return bool(self._out)

    def write(self, pieces: tuple[bytes, ...]) -> None:
        """Send `pieces`, now or when `flush` is called."""
        self._out.extend(filter(None, pieces))

    def flush(self) -> None:
        """Send as much as there is room for.

        Raises:
            OSError: the connection is lost.
        """
        while self._out:
            try:
                self._sent(self._send())
            except _NOT_NOW:
                return

    def receive(self) -> None:
        """Take in what has arrived, as `replies`.

        Raises:
            Broken: the connection ended, or what came is no reply.
            OSError: the connection is lost.
        """
        try:
            while data := self._sock.recv(_RECEIVED):
                self.active_at = monotonic()
                self._parse(data)
                if self._is_plain and len(data) < _RECEIVED:
                    return
        except _NOT_NOW:
            return
        raise Broken("the server closed the connection" if not self._in else "the reply's line has no end")

    def close(self) -> None:
        """Let go of the connection."""
        with suppress(OSError):
            self._session.close()

    def _send(self) -> int:
        if self._is_plain:
            return self._sock.sendmsg(islice(self._out, _AT_ONCE))
        if len(self._out) > 1:  # TLS takes one buffer a call, and makes a record of each
            self._out = deque((b"".join(self._out),))
        return self._sock.send(self._out[0])

    def _sent(self, count: int) -> None:
        self.active_at = monotonic()
        while count:
            piece = self._out.popleft()
            if count < len(piece):
                self._out.appendleft(memoryview(piece)[count:])
                return
            count -= len(piece)

    def _parse(self, data: bytes) -> None:
        *lines, self._in = (self._in + data).split(b"\n")
        for line in lines:
            self._lines.append(line[4:].strip().decode("utf-8", "replace"))
            if line[3:4] == b"-":
                if len(self._lines) >= _MAX_REPLY_LINES:
                    raise Broken("the reply has no end")
                continue
            code = line[:3]
            if not code.isdigit() or not b"200" <= code < b"600":
                raise Broken(f"the server said {line[:80]!r}, which is no reply")
            self.replies.append(Reply(int(code), " ".join(self._lines)))
            self._lines.clear()
        if len(self._in) > _MAX_REPLY_LINE:
            raise Broken("the reply's line has no end")
