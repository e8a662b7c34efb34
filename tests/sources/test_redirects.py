"""Where a client lets itself be led: redirects, private addresses, TLS."""

from __future__ import annotations

import threading
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest

from digest.errors import SourceRefused, SourceUnavailable
from digest.sources.addresses import is_public, same_place, shown
from tests.sources import misbehaving
from tests.sources.clients import impatient, patient
from tests.sources.misbehaving import (
    Server,
    answers,
    redirects,
)


def test_redirects_are_followed_up_to_five(server: Server) -> None:
    """Five are followed, relative ones too; the answer says where it came from."""
    for number in range(5):
        server.on(f"/{number}", redirects(f"/{number + 1}", status=(301, 302, 303, 307, 308)[number]))
    server.on("/5", answers(b"here"))
    answer = patient().get(server.url("/0"), trusted=True)
    assert (answer.data, answer.url) == (b"here", server.url("/5"))


def test_all_redirects_share_one_deadline(server: Server) -> None:
    """A chain of slow steps takes no longer than one answer may."""
    for number in range(5):
        server.on(f"/{number}", _slowly(redirects(f"/{number + 1}"), 0.12))
    server.on("/5", answers(b"here"))
    with pytest.raises(SourceUnavailable, match="in time"):
        impatient().get(server.url("/0"), trusted=True)


def _slowly(behaviour: misbehaving.Behaviour, seconds: float) -> misbehaving.Behaviour:
    def behave(request: misbehaving.Request, write: misbehaving.Write, closing: threading.Event) -> None:
        closing.wait(seconds)
        behaviour(request, write, closing)

    return behave


def test_the_operators_address_may_be_private_but_not_where_it_leads(server: Server) -> None:
    """A feed on the own network is read; from there no other port of that network is reached."""
    with misbehaving.running() as other:
        other.on("/secret", answers(b"secret"))
        url = server.on("/feed", redirects(other.url("/secret")))
        with pytest.raises(SourceRefused, match="no public address"):
            patient().get(url, trusted=True)
        assert other.requests == []


def test_a_private_address_may_redirect_within_itself(server: Server) -> None:
    """`/feed` to `/feed/` stays what the operator trusts."""
    server.on("/feed", redirects("/feed/"))
    server.on("/feed/", answers(b"here"))
    assert patient().get(server.url("/feed"), trusted=True).data == b"here"


def test_an_address_from_data_may_not_be_private(server: Server) -> None:
    """Without the operator's word nothing is even connected to."""
    with pytest.raises(SourceRefused, match=r"127\.0\.0\.1, which is no public address"):
        patient().get(server.url("/"))
    assert server.requests == []


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "[::1]"])
def test_a_private_address_is_known_in_any_spelling(server: Server, host: str) -> None:
    """Names and numbers for the own machine are resolved before they are judged."""
    with pytest.raises(SourceRefused, match="no public address"):
        impatient().get(f"http://{host}:{server.port}/")
    assert server.requests == []


def test_the_address_that_was_checked_is_the_one_connected_to(server: Server) -> None:
    """A name is looked up once: a second, different answer (DNS rebinding) is never asked for."""
    server.on("/", answers(b"here"))
    looked_up: list[str] = []

    def rebinding(host: str, port: int) -> tuple[str, ...]:  # noqa: ARG001
        looked_up.append(host)
        return ("127.0.0.1",) if len(looked_up) == 1 else ("127.0.0.2",)

    client = patient(resolve=rebinding, permit=lambda address: str(address) == "127.0.0.1")
    url = f"http://papers.example:{server.port}/"
    assert client.get(url).data == b"here"
    assert looked_up == ["papers.example"]
    assert server.requests[0].headers["host"] == f"papers.example:{server.port}"
    with pytest.raises(SourceRefused, match=r"127\.0\.0\.2"):
        client.get(url)


def test_every_address_of_a_name_is_checked(server: Server) -> None:
    """One private address among public ones is enough to refuse."""
    client = patient(
        resolve=lambda _host, _port: ("127.0.0.1", "10.0.0.1"), permit=lambda address: str(address) == "127.0.0.1"
    )
    with pytest.raises(SourceRefused, match=r"10\.0\.0\.1"):
        client.get(f"http://papers.example:{server.port}/")


def test_the_next_address_is_tried_when_one_does_not_answer(server: Server) -> None:
    """A host with a dead address is reached by its living one."""
    server.on("/", answers(b"here"))
    client = patient(resolve=lambda _host, _port: ("127.0.0.9", "127.0.0.1"))
    assert client.get(f"http://papers.example:{server.port}/", trusted=True).data == b"here"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.100.100.200", False),
        ("168.63.129.16", False),
        ("0.0.0.0", False),  # noqa: S104 - an address, not bound to
        ("255.255.255.255", False),
        ("224.0.0.1", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00:ec2::254", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:7f00:1::", False),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:  # noqa: FBT001
    """Private, local, shared, metadata and multicast addresses are not, however they are wrapped."""
    assert is_public(ip_address(address)) is public


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("http://a/x", "http://a:80/y", True),
        ("http://a/", "https://a/", True),
        ("http://a:8080/", "https://a/", False),
        ("https://a/", "https://b/", False),
        ("http://a:1/", "http://a:2/", False),
    ],
)
def test_what_is_the_same_place(first: str, second: str, same: bool) -> None:  # noqa: FBT001
    """Host and port decide, with the step to https allowed."""
    assert same_place(first, second) is same


def test_messages_show_no_password() -> None:
    """What is shown of an address is one line without credentials."""
    assert shown("https://me:secret@example.org/\nx") == "https://example.org/x"
    assert len(shown("https://example.org/" + "x" * 5000)) == 200


def test_https_never_falls_back_to_http(certificates: Callable[[], Any], server: Server) -> None:
    """A redirect from https to http is refused, and http is not asked."""
    tls, trust = certificates()
    server.on("/", answers(b"plain"))
    with misbehaving.running(tls) as secure:
        secure.on("/down", redirects(server.url("/")))
        secure.on("/", answers(b"secret"))
        client = patient(trust=lambda: trust)
        assert client.get(secure.url("/"), trusted=True).data == b"secret"
        with pytest.raises(SourceRefused, match="from https to http"):
            client.get(secure.url("/down"), trusted=True)
    assert server.requests == []


def test_a_certificate_that_is_not_trusted_is_refused(certificates: Callable[[], Any]) -> None:
    """It is not tried again, and the message says why."""
    tls, _ = certificates()
    pauses: list[float] = []
    with misbehaving.running(tls) as secure, pytest.raises(SourceRefused, match="certificate is not trusted"):
        patient(pauses).get(secure.url("/"), trusted=True)
    assert pauses == []


def test_a_certificate_for_another_name_is_refused(certificates: Callable[[], Any]) -> None:
    """The name is checked although the connection goes to a number."""
    tls, trust = certificates()
    with misbehaving.running(tls) as secure:
        client = patient(trust=lambda: trust, resolve=lambda _host, _port: ("127.0.0.1",))
        with pytest.raises(SourceRefused, match="certificate is not trusted"):
            client.get(f"https://papers.example:{secure.port}/", trusted=True)
