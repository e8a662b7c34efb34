"""A small authoritative name server on loopback, UDP and TCP, as true to the protocol as dnspython makes it."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

_UDP_OCTETS = 512


@dataclass
class NameServer:
    """What it knows: lines of a zone file by name and type. `failing` names are answered SERVFAIL, `silent` never."""

    place: str = ""
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """By which transport, for what name, of what type."""

    def has(self, name: str, kind: str, *values: str) -> None:
        """These are the records of `name` of that type; without any there are none."""
        self.records[name, kind] = list(values)

    def answer(self, octets: bytes, transport: str) -> bytes | None:
        """The answer to one question; None for silence."""
        query = dns.message.from_wire(octets)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((transport, name, kind))
        if name in self.silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA
        if name in self.failing:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif values := self.records.get((name, kind)):
            response.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, values))
        elif not any(
            known == name or known.endswith(f".{name}") for (known, _), given in self.records.items() if given
        ):
            response.set_rcode(dns.rcode.NXDOMAIN)
        if transport == "udp" and len(response.to_wire()) > _UDP_OCTETS:
            response = dns.message.make_response(query)
            response.flags |= dns.flags.TC
        return response.to_wire()


@contextmanager
def name_server() -> Iterator[NameServer]:
    """A running one that knows nothing yet."""
    known = NameServer()

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            octets, sock = self.request
            if answer := known.answer(octets, "udp"):
                sock.sendto(answer, self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (length,) = struct.unpack("!H", self.rfile.read(2))
            if answer := known.answer(self.rfile.read(length), "tcp"):
                self.wfile.write(struct.pack("!H", len(answer)) + answer)

    with _pair(Udp, Tcp) as servers:
        threads = [threading.Thread(target=server.serve_forever, args=(0.05,)) for server in servers]
        for thread in threads:
            thread.start()
        known.place = f"127.0.0.1:{servers[0].server_address[1]}"
        yield known
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()


@contextmanager
def _pair(udp: type, tcp: type) -> Iterator[tuple[socketserver.BaseServer, ...]]:
    """Both on the same port, which has to be free for both."""
    for _ in range(20):
        first = socketserver.ThreadingUDPServer(("127.0.0.1", 0), udp)
        try:
            second = socketserver.ThreadingTCPServer(first.server_address, tcp)
        except OSError:
            first.server_close()
            continue
        with first, second:
            yield first, second
        return
    raise OSError("no port is free for both UDP and TCP")


def closed_port() -> str:
    """A place where nobody listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{sock.getsockname()[1]}"
