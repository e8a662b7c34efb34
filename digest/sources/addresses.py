"""Which addresses may be asked: what a URL names, and whether its host may be connected to.

A URL that came from data (a redirect, a link in a feed) could otherwise point this machine at its own network: at a
router, a database, or the credentials service of a cloud. It does not connect and does not look names up.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from digest.errors import SourceRefused

IPAddress = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as an IPv6-only network writes them (RFC 6052 §2.1)."""
_HOST_SERVICES = frozenset({ip_address("168.63.129.16")})
"""Public by number, but answered by the machine's own host (Azure's platform service)."""
_SHOWN = 200
_PORTS = {"http": 80, "https": 443}


def is_public(address: IPAddress) -> bool:
    """True for an address of the public internet, also when an IPv6 address only wraps an IPv4 one.

    Private, loopback, link-local (cloud metadata among them), shared, multicast and reserved ranges are those of the
    IANA special-purpose registries (RFC 6890), as the standard library has them.
    """
    if isinstance(address, IPv6Address):
        inner = _wrapped(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and address not in _HOST_SERVICES


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.teredo:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


def split(url: str) -> SplitResult:
    """The parts of an http or https URL.

    Raises:
        SourceRefused: it is of another scheme, names no host, or cannot be read.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise SourceRefused(f"{shown(url)}: is no web address ({error})") from error
    if parts.scheme not in _PORTS:
        raise SourceRefused(f"{shown(url)}: only http and https are read")
    if not parts.hostname:
        raise SourceRefused(f"{shown(url)}: names no host")
    return parts


def same_place(first: str, second: str) -> bool:
    """True when both URLs lead to one host and port; a step from http to https on the usual ports is the same place."""
    a, b = split(first), split(second)
    ports = (a.port or _PORTS[a.scheme], b.port or _PORTS[b.scheme])
    upgrade = (a.scheme, b.scheme) == ("http", "https") and ports == (80, 443)
    return a.hostname == b.hostname and (ports[0] == ports[1] or upgrade)


def without_credentials(url: str) -> str:
    """`url` without a user name and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def shown(url: str) -> str:
    """`url` as a message may show it: one line, not too long, and without credentials."""
    try:
        url = without_credentials(url)
    except ValueError:
        url = "a malformed address"
    url = "".join(character if character.isprintable() else "?" for character in url)
    return url if len(url) <= _SHOWN else url[: _SHOWN - 1] + "…"
