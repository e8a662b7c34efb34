"""A real HTTP server on a local port whose every path behaves, or misbehaves, as a test says.

A behaviour is a function that is given the request and what to write to. Nothing here waits longer than the server
lives: who must be kept waiting is let go when it closes.
"""

from __future__ import annotations

import gzip
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """What a client asked for; header names are in lower case."""

    target: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


Write = Callable[[bytes], object]
Behaviour = Callable[[Request, Write, threading.Event], None]


@dataclass
class Server:
    """Where it is, what it was asked, and how its paths behave."""

    port: int
    scheme: str = "http"
    routes: dict[str, Behaviour] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        """The address of `path`."""
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def on(self, path: str, behaviour: Behaviour) -> str:
        """Let `path` behave so; returns its address."""
        self.routes[path] = behaviour
        return self.url(path)


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server for as long as the block runs."""
    with _Sockets(("127.0.0.1", 0), _Handler) as sockets:
        if tls is not None:
            sockets.socket = tls.wrap_socket(sockets.socket, server_side=True)
        server = Server(port=sockets.server_address[1], scheme="https" if tls else "http")
        sockets.site = server
        thread = threading.Thread(target=sockets.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            sockets.shutdown()
            thread.join()


class _Sockets(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = True
    site: Server

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gives up is what is being tested."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Sockets

    def handle(self) -> None:
        first = self.rfile.readline().decode("latin-1").split()
        if len(first) < 2:
            return
        headers = {}
        while line := self.rfile.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        request = Request(first[1], headers)
        self.server.site.requests.append(request)
        behaviour = self.server.site.routes.get(request.path, answers(b"not here", status=404))
        with suppress(OSError):
            behaviour(request, self.wfile.write, self.server.site.closing)
            self.wfile.flush()
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_WR)


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Whatever\r\n{lines}Connection: close\r\n\r\n".encode("latin-1")


def answers(body: bytes = b"", *, status: int = 200, headers: Mapping[str, str] | None = None) -> Behaviour:
    """A well-behaved answer."""

    def behave(_request: Request, write: Write, _closing: threading.Event) -> None:
        write(_head(status, {"Content-Length": str(len(body)), **(headers or {})}) + body)

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """The first time the first, then the next; the last for ever."""
    waiting = list(behaviours)

    def behave(request: Request, write: Write, closing: threading.Event) -> None:
        behaviour = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        behaviour(request, write, closing)

    return behave


def by_query(choose: Callable[[dict[str, str]], bytes]) -> Behaviour:
    """An answer made from the query."""

    def behave(request: Request, write: Write, closing: threading.Event) -> None:
        answers(choose(request.query))(request, write, closing)

    return behave


def redirects(target: str, status: int = 302) -> Behaviour:
    """To another place."""
    return answers(status=status, headers={"Location": target})


def knows(body: bytes, *, etag: str = "", modified: str = "") -> Behaviour:
    """304 for who has the newest state, the body for others."""
    offered = {name: value for name, value in (("ETag", etag), ("Last-Modified", modified)) if value}

    def behave(request: Request, write: Write, closing: threading.Event) -> None:
        same = (etag and request.headers.get("if-none-match") == etag) or (
            modified and request.headers.get("if-modified-since") == modified
        )
        answers(b"" if same else body, status=304 if same else 200, headers=offered)(request, write, closing)

    return behave


def sends(*pieces: bytes) -> Behaviour:
    """Exactly these bytes, and then the connection's end."""

    def behave(_request: Request, write: Write, _closing: threading.Event) -> None:
        for piece in pieces:
            write(piece)

    return behave


def hangs_up(_request: Request, _write: Write, _closing: threading.Event) -> None:
    """The connection ends without an answer."""


def says_nothing(_request: Request, _write: Write, closing: threading.Event) -> None:
    """The connection stays open and silent."""
    closing.wait()


def drips(start: bytes, seconds: float = 0.02) -> Behaviour:
    """`start`, and then one byte after another without end."""

    def behave(_request: Request, write: Write, closing: threading.Event) -> None:
        write(start)
        while not closing.wait(seconds):
            write(b"x")

    return behave


def floods(start: bytes, piece: bytes) -> Behaviour:
    """`start`, and then `piece` without end, as fast as it is taken."""

    def behave(_request: Request, write: Write, closing: threading.Event) -> None:
        write(start)
        while not closing.is_set():
            write(piece)

    return behave


def bombs(megabytes: int) -> Behaviour:
    """A small gzip body that unpacks to so many megabytes of blanks."""
    return answers(gzip.compress(b" " * megabytes * 1_000_000), headers={"Content-Encoding": "gzip"})
