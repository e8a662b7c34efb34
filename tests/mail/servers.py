"""Mail servers to test against: one that answers by a script, and Postfix's smtp-sink."""

from __future__ import annotations

import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime

from digest.mail.carrier import Envelope, Outcome
from digest.settings import SmtpSettings

DOMAIN = "papers.example.org"
NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
PLACES = {"unsubscribe": "UNSUBSCRIBEHERE", "address": "ADDRESSHERE"}

Answer = str | None | Callable[[str], str | None]
"""A reply without CRLF, or what makes one of the command's line. None: close the connection instead."""

PIPELINING = "250-here\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250 8BITMIME"
USUAL: dict[str, Answer] = {
    "greeting": "220 here",
    "EHLO": PIPELINING,
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    "TEXT": "250 2.0.0 taken",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


class ScriptedServer(socketserver.ThreadingTCPServer):
    """An SMTP server that answers as it is told: one script per connection, the last for all that follow."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *scripts: dict[str, Answer]) -> None:
        self.scripts = [USUAL | script for script in scripts] or [USUAL]
        self.connections = 0
        self.commands: list[str] = []
        self.texts: list[bytes] = []
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Conversation)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server_address[1]

    def settings(self, *, sessions: int = 1, timeout: float = 5.0, **others: object) -> SmtpSettings:
        """What a client needs to know to reach it."""
        return SmtpSettings(
            host="127.0.0.1",
            port=self.port,
            sessions=sessions,
            timeout_seconds=timeout,
            hello="localhost",
            **({"security": "off"} | others),
        )


class _Conversation(socketserver.StreamRequestHandler):
    server: ScriptedServer
    disable_nagle_algorithm = True

    def handle(self) -> None:
        with self.server.lock:
            script = self.server.scripts[min(self.server.connections, len(self.server.scripts) - 1)]
            self.server.connections += 1
        with suppress(OSError):
            if not self._say(script["greeting"], ""):
                return
            while line := self.rfile.readline():
                command = line.decode().rstrip("\r\n")
                self.server.commands.append(command)
                verb = command[:4].upper()
                if not self._say(script.get(verb, "502 what"), command):
                    return
                if verb == "QUIT" or (verb == "DATA" and self._open and not self._text(script)):
                    return

    def _say(self, answer: Answer, line: str) -> bool:
        reply = answer(line) if callable(answer) else answer
        if reply is None:
            return False
        self._open = reply.startswith("354")
        self.wfile.write(reply.encode() + b"\r\n")
        return not reply.startswith("421")

    def _text(self, script: dict[str, Answer]) -> bool:
        text = b""
        while not (text == b".\r\n" or text.endswith(b"\r\n.\r\n")):
            line = self.rfile.readline()
            if not line:
                return False
            text += line
        self.server.texts.append(text.removesuffix(b".\r\n"))
        return self._say(script["TEXT"], text.decode("latin-1"))


@contextmanager
def running_sink(options: Sequence[str]) -> Iterator[SmtpSettings]:
    """Postfix's smtp-sink with `options`, ready to be spoken to."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(["smtp-sink", *options, f"127.0.0.1:{port}", "100"], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            time.sleep(0.01)  # between two looks at the port
        yield SmtpSettings(
            host="127.0.0.1", port=port, security="off", hello="localhost", sessions=2, timeout_seconds=5
        )
    finally:
        process.terminate()
        process.wait()


def envelope(number: int = 1, *, recipient: str = "", content: bytes = b"Subject: x\r\n\r\nhello\r\n") -> Envelope:
    """A small message to one reader."""
    return Envelope(
        id=f"d{number}",
        sender=f"bounce+{number}@{DOMAIN}",
        recipient=recipient or f"reader{number}@example.com",
        content=content,
    )


def gather(outcomes: Iterable[Outcome], into: list[Outcome]) -> None:
    """Keep what comes, also when it ends with an error."""
    for outcome in outcomes:
        into.append(outcome)  # noqa: PERF402 - `extend` would lose them
