"""The connection itself: opened to an address that was checked, and given up when its time is over.

The name is looked up once, every address it has is checked, and one of exactly these is connected to, so that a name
cannot mean a public address when it is checked and a private one a moment later (DNS rebinding). All waiting, from the
look-up's end to the last byte, ends at one deadline, so that a server that sends a byte a second is not waited for.

It knows nothing of redirects, retries or sizes; that is `digest.sources.client`.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import Any

import httpcore2
import httpx2

from digest.errors import SourceRefused
from digest.sources.names import Permit, Resolver

CONNECT_SECONDS = 10.0
"""Longest wait for one address to accept a connection."""


class CheckedTransport(httpx2.HTTPTransport):
    """An HTTP transport for one request: nothing is shared with another, neither connection nor permission.

    Args:
        permit: says which addresses may be connected to.
        seconds_left: how long the request may still take; asked before every wait.
        resolve: looks a name up.
        tls: the certificates that are trusted.
    """

    def __init__(
        self, *, permit: Permit, seconds_left: Callable[[], float], resolve: Resolver, tls: ssl.SSLContext
    ) -> None:
        super().__init__(verify=tls, trust_env=False)
        # httpx2 lets no backend be chosen: the pool it made, which has no connection yet, is exchanged for ours.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls,
            max_keepalive_connections=0,
            network_backend=_CheckedBackend(permit, seconds_left, resolve),
        )


class _CheckedBackend(httpcore2.SyncBackend):
    def __init__(self, permit: Permit, seconds_left: Callable[[], float], resolve: Resolver) -> None:
        self._permit = permit
        self._seconds_left = seconds_left
        self._resolve = resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline counts
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: httpcore2.ConnectError | httpcore2.ConnectTimeout = httpcore2.ConnectError("it has no address")
        for address in self._addresses(host, port):
            patience = min(CONNECT_SECONDS, _remaining(self._seconds_left))
            try:
                stream = super().connect_tcp(address, port, patience, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._seconds_left)
        raise failure

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"the name {host} is not known") from error
        for address in addresses:
            if not self._permit(ip_address(address.partition("%")[0])):
                raise SourceRefused(f"{host}: is at {address}, which is no public address; data may not lead there")
        return addresses


class _DeadlineStream(httpcore2.NetworkStream):
    """A connection of which every wait ends at the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, seconds_left: Callable[[], float]) -> None:
        self._stream = stream
        self._seconds_left = seconds_left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._patience(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._patience(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._patience(timeout))
        return _DeadlineStream(secured, self._seconds_left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _patience(self, timeout: float | None) -> float:
        remaining = _remaining(self._seconds_left)
        return remaining if timeout is None else min(timeout, remaining)


def _remaining(seconds_left: Callable[[], float]) -> float:
    remaining = seconds_left()
    if remaining <= 0:
        raise httpcore2.ReadTimeout("the deadline has passed")
    return remaining
