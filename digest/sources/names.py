"""What a host's name means: the addresses it has, and which of them may be connected to."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

from digest.sources.addresses import IPAddress

Resolver = Callable[[str, int], Sequence[str]]
"""The addresses of a host name; raises OSError when it has none."""
Permit = Callable[[IPAddress], bool]


def system_resolver(host: str, port: int) -> Sequence[str]:
    """What the operating system says, in its order of preference, each address once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
