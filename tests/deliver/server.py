"""A small SMTP server that remembers every message it has taken, and can be killed in the middle of anything."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections.abc import Callable
from contextlib import suppress

_MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*(<[^>]+>)")


class MailServer(socketserver.ThreadingTCPServer):
    """Takes all mail on a free port; `taken` has a (recipient, Message-ID) for each, in order."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int = 0) -> None:
        self.taken: list[tuple[str, str]] = []
        self.changed = threading.Condition()
        self.refuse: Callable[[str, int], str | None] = lambda _recipient, _attempt: None
        """An answer to RCPT instead of 250, given the recipient and how often it was offered before."""
        self.offered: dict[str, int] = {}
        self.silent: Callable[[str], bool] = lambda _recipient: False
        """Whether to close the connection instead of answering for a message that was taken."""
        self.refuse_text: Callable[[str, int], str | None] = lambda _recipient, _offered: None
        """An answer to the end of the text instead of 250, given the recipient and how often it was offered."""
        self.hold: Callable[[str], threading.Event | None] = lambda _recipient: None
        """What to wait for (ten seconds at most) between a text and its answer."""
        self._connections: set[socket.socket] = set()
        self._conversations = 0
        super().__init__(("127.0.0.1", port), _Session)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server_address[1]

    def take(self, recipient: str, content: bytes) -> None:
        """Remember a message; only then is it answered for."""
        found = _MESSAGE_ID.search(content)
        assert found
        with self.changed:
            self.taken.append((recipient, found[1].decode()))
            self.changed.notify_all()

    def wait_for(self, count: int, seconds: float) -> bool:
        """Wait until it has taken `count` messages."""
        with self.changed:
            return self.changed.wait_for(lambda: len(self.taken) >= count, seconds)

    def finish_request(self, request: object, client_address: object) -> None:
        """One conversation, from greeting to the end of the connection."""
        with self.changed:
            self._conversations += 1
        try:
            super().finish_request(request, client_address)  # type: ignore[arg-type]
        finally:
            with self.changed:
                self._conversations -= 1
                self.changed.notify_all()

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait until whoever was connected is gone, and what they left in the wires is read."""
        with self.changed:
            return self.changed.wait_for(lambda: not self._conversations, seconds)

    def kill(self) -> None:
        """Break every connection off and listen no more."""
        self.shutdown()
        self.server_close()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: object, client_address: object) -> None:
        """One thread per connection."""
        assert isinstance(request, socket.socket)
        self._connections.add(request)
        super().process_request(request, client_address)  # type: ignore[arg-type]


class _Session(socketserver.StreamRequestHandler):
    server: MailServer
    disable_nagle_algorithm = True

    def handle(self) -> None:
        with suppress(OSError, ValueError):
            self._say("220 here")
            recipient = ""
            while line := self.rfile.readline():
                verb = line[:4].upper()
                if verb == b"EHLO":
                    self._say("250-here\r\n250-PIPELINING\r\n250 SIZE 1000000")
                elif verb == b"RCPT":
                    recipient = self._rcpt(line)
                elif verb == b"DATA":
                    self._say("354 go on" if recipient else "554 no valid recipients")
                    if recipient and not self._text(recipient):
                        return
                elif verb == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 ok")

    def _rcpt(self, line: bytes) -> str:
        recipient = line.decode().partition("<")[2].partition(">")[0]
        offered = self.server.offered.get(recipient, 0)
        self.server.offered[recipient] = offered + 1
        refusal = self.server.refuse(recipient, offered)
        self._say(refusal or "250 2.1.5 ok")
        return "" if refusal else recipient

    def _text(self, recipient: str) -> bool:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line)
        if refusal := self.server.refuse_text(recipient, self.server.offered[recipient]):
            self._say(refusal)
            return True
        self.server.take(recipient, b"".join(lines))
        if held := self.server.hold(recipient):
            held.wait(10)
        if self.server.silent(recipient):
            return False
        self._say("250 2.0.0 taken")
        return True

    def _say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + b"\r\n")
