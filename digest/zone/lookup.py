"""Questions to the domain name system, by dnspython: what there is, or that nobody could say."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

import dns.exception
import dns.resolver
import dns.reversename

from digest.errors import DigestError

_SECONDS = 5.0
"""Longest wait for one answer, repetitions included; what resolvers grant themselves."""
_PORT = 53
_Value = TypeVar("_Value")


class Lookup:
    """Asks the resolvers of this machine, or `server` (`HOST`, `HOST:PORT`, `[IPV6]:PORT`) alone.

    Every method raises DigestError when nobody answers, or only with a failure.

    Raises:
        DigestError: `server` is none, or this machine has no resolver.
    """

    def __init__(self, server: str = "", *, seconds: float = _SECONDS) -> None:
        try:
            self._resolver = dns.resolver.Resolver(configure=not server)
        except dns.resolver.NoResolverConfiguration as error:
            raise DigestError("this machine has no name server to ask; name one with --resolver HOST") from error
        if server:
            address, self._resolver.port = _place(server)
            self._resolver.nameservers = [address]
        self._resolver.lifetime = seconds
        self._resolver.timeout = seconds / 2

    def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of `name`, the strings of each put together (RFC 7208 §3.3, RFC 6376 §3.6.2.2)."""
        return self._ask(name, "TXT", lambda record: b"".join(record.strings).decode("utf-8", "replace"))

    def exchanges(self, name: str) -> tuple[str, ...]:
        """The MX hosts of `name`, the preferred first; an empty name is a null MX (RFC 7505)."""
        found = self._ask(name, "MX", lambda record: (record.preference, _bare(record.exchange)))
        return tuple(host for _, host in sorted(found))

    def addresses(self, name: str) -> tuple[str, ...]:
        """The IPv4 and IPv6 addresses of `name`; an address is its own."""
        try:
            return (str(ip_address(name)),)
        except ValueError:
            return tuple(
                str(address) for kind in ("A", "AAAA") for address in self._ask(name, kind, lambda one: one.address)
            )

    def names(self, address: str) -> tuple[str, ...]:
        """The names that an IP address leads back to."""
        return self._ask(reverse_name(address), "PTR", lambda record: _bare(record.target).lower())

    def _ask(self, name: str, kind: str, read: Callable[[Any], _Value]) -> tuple[_Value, ...]:
        try:
            answer = self._resolver.resolve(f"{name}.", kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except dns.exception.Timeout as error:
            raise DigestError(f"{name} {kind}: no name server answered; try again, or --resolver HOST") from error
        except dns.resolver.NoNameservers as error:
            raise DigestError(f"{name} {kind}: {_failure(error)}") from error
        except (dns.exception.DNSException, OSError) as error:
            raise DigestError(f"{name} {kind}: {' '.join(str(error).split()) or type(error).__name__}") from error
        return tuple(read(record) for record in answer)


def reverse_name(address: str) -> str:
    """Where the PTR record of an IP address stands."""
    return dns.reversename.from_address(address).to_text(omit_final_dot=True)


def _bare(name: Any) -> str:
    text: str = name.to_text(omit_final_dot=True)
    return text.rstrip(".")


def _failure(error: dns.resolver.NoNameservers) -> str:
    """What the last server said, such as SERVFAIL, in words."""
    errors = error.kwargs.get("errors", ())
    said = str(errors[-1][3]) if errors else "no answer"
    return f"the name server answers {said}" if said.isupper() else f"the name server cannot be asked: {said}"


def _place(server: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{server}")
        host, port = parts.hostname or "", parts.port or _PORT
        return str(socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0][4][0]), port
    except (ValueError, OSError) as error:
        raise DigestError(f"--resolver {server}: is no name server; write HOST or HOST:PORT") from error
