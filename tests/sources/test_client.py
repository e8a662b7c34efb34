"""The HTTP client against a real server that misbehaves."""

from __future__ import annotations

import gzip
import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import SourceError, SourceRefused, SourceUnavailable
from digest.settings import Settings
from digest.sources.client import site_client
from digest.sources.validators import Validator
from tests.sources import misbehaving
from tests.sources.clients import impatient, patient
from tests.sources.misbehaving import (
    Server,
    answers,
    bombs,
    drips,
    floods,
    hangs_up,
    knows,
    redirects,
    says_nothing,
    sends,
)

OK = b"HTTP/1.1 200 OK\r\n"


def test_a_good_answer_comes_back_whole_and_the_site_is_named(server: Server) -> None:
    """The body is what was sent, and the User-Agent names the program and the site."""
    url = server.on("/feed", answers(b"<feed/>", headers={"Content-Type": "application/atom+xml"}))
    answer = site_client(Settings(base_url="https://papers.example")).get(url, trusted=True)
    assert answer.data == b"<feed/>"
    assert answer.content_type == "application/atom+xml"
    agent = server.requests[0].headers["user-agent"]
    assert agent.startswith("DailyPapersDigest/")
    assert agent.endswith(" (+https://papers.example)")


def test_gzip_is_unpacked(server: Server) -> None:
    """A packed body comes back unpacked, and nothing but gzip was asked for."""
    url = server.on("/", answers(gzip.compress(b"papers"), headers={"Content-Encoding": "gzip"}))
    assert patient().get(url, trusted=True).data == b"papers"
    assert server.requests[0].headers["accept-encoding"] == "gzip"


def test_progress_is_told_in_bytes(server: Server) -> None:
    """While an answer comes in, what is there and what is to come are told."""
    url = server.on("/", answers(b"x" * 300_000))
    seen: list[tuple[int, int | None]] = []
    patient().get(url, trusted=True, on_bytes=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (300_000, 300_000)
    assert len(seen) > 1


MISBEHAVIOURS: list[tuple[str, misbehaving.Behaviour, type[SourceError], str]] = [
    ("silence", says_nothing, SourceUnavailable, "in time"),
    ("a byte at a time", drips(OK + b"\r\n"), SourceUnavailable, "in time"),
    ("a header byte at a time", drips(OK + b"X: "), SourceUnavailable, "in time"),
    ("hints without end", floods(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), SourceUnavailable, "in time"),
    ("hanging up", hangs_up, SourceUnavailable, "rules of HTTP"),
    ("no HTTP", sends(b"SSH-2.0-OpenSSH_9.2\r\n"), SourceUnavailable, "rules of HTTP"),
    ("one header without end", floods(OK + b"X: ", b"x" * 10_000), SourceUnavailable, "rules of HTTP"),
    ("headers without end", floods(OK, b"X: y\r\n" * 1000), SourceUnavailable, "rules of HTTP"),
    ("a body that breaks off", sends(OK + b"Content-Length: 100\r\n\r\nhalf"), SourceUnavailable, "broke off"),
    (
        "two lengths",
        sends(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        SourceUnavailable,
        "rules of HTTP",
    ),
    (
        "bad chunks",
        sends(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"),
        SourceUnavailable,
        "rules of HTTP",
    ),
    ("chunks that break off", sends(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe"), SourceUnavailable, "broke off"),
    ("a body without end", floods(OK + b"\r\n", b"x" * 50_000), SourceRefused, "larger than 1 MB"),
    ("a large body, announced", sends(OK + b"Content-Length: 99999999999\r\n\r\n"), SourceRefused, "larger than 1 MB"),
    ("a gzip bomb", bombs(20), SourceRefused, "larger than 1 MB"),
    (
        "gzip that breaks off",
        answers(gzip.compress(b"papers" * 1000)[:-9], headers={"Content-Encoding": "gzip"}),
        SourceUnavailable,
        "damaged gzip",
    ),
    (
        "no gzip at all",
        answers(b"<feed/>", headers={"Content-Encoding": "gzip"}),
        SourceUnavailable,
        "damaged gzip",
    ),
    ("unwanted packing", answers(b"?", headers={"Content-Encoding": "br"}), SourceRefused, "packed as `br`"),
    ("a picture", answers(b"\x89PNG", headers={"Content-Type": "image/png"}), SourceRefused, "sent image/png"),
    ("not there", answers(status=404), SourceRefused, "404 Not Found; check the address"),
    ("gone", answers(status=410), SourceRefused, "410 Gone"),
    ("forbidden", answers(status=403), SourceRefused, "403 Forbidden"),
    ("a part", answers(b"half", status=206), SourceRefused, "206 Partial Content"),
    ("nothing new, unasked", answers(status=304), SourceRefused, "304"),
    ("not implemented", answers(status=501), SourceUnavailable, "501"),
    ("an unknown status", answers(status=599), SourceUnavailable, "599"),
    ("a redirect to nowhere", redirects("ftp://127.0.0.1/"), SourceRefused, "only http and https"),
    ("a redirect to a file", redirects("file:///etc/passwd"), SourceRefused, "only http and https"),
    ("a redirect to no address", redirects("http://[::1"), SourceRefused, "no address"),
    ("a redirect to itself", redirects("/"), SourceRefused, "more than 5 times"),
]


@pytest.mark.parametrize(
    ("behaviour", "error", "words"), [case[1:] for case in MISBEHAVIOURS], ids=[case[0] for case in MISBEHAVIOURS]
)
def test_every_misbehaviour_is_one_error_in_one_line(
    server: Server, behaviour: misbehaving.Behaviour, error: type[SourceError], words: str
) -> None:
    """Whatever a server does, it becomes an error that names the address and says what happened, and soon."""
    url = server.on("/", behaviour)
    began = time.monotonic()
    with pytest.raises(error) as caught:
        impatient().get(url, trusted=True)
    assert words in str(caught.value)
    assert url in str(caught.value)
    assert "\n" not in str(caught.value)
    assert time.monotonic() - began < 5


def test_a_closed_port_is_unavailable() -> None:
    """Nobody listening is said as such."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/"
        with pytest.raises(SourceUnavailable, match="cannot be reached"):
            impatient().get(url, trusted=True)


def test_an_unknown_name_is_unavailable() -> None:
    """A host that does not exist is said as such."""

    def nobody(host: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_NONAME, f"{host}:{port}")

    with pytest.raises(SourceUnavailable, match=r"the name papers\.invalid is not known"):
        impatient(resolve=nobody).get("http://papers.invalid/", trusted=True)


@pytest.mark.parametrize("url", ["ftp://example.org/", "file:///etc/passwd", "http:///x", "http://h:99999/", "x"])
def test_only_web_addresses_are_asked(url: str) -> None:
    """No other scheme, and nothing malformed."""
    with pytest.raises(SourceRefused):
        impatient().get(url, trusted=True)


def test_a_control_character_in_an_address_is_harmless(server: Server) -> None:
    """A line break in a redirect makes no second header."""
    server.on("/start", sends(b"HTTP/1.1 302 F\r\nLocation: /a%0d%0aX-Evil:%201\r\nContent-Length: 0\r\n\r\n"))
    with pytest.raises(SourceRefused, match="404"):
        impatient().get(server.url("/start"), trusted=True)
    assert all("x-evil" not in request.headers for request in server.requests)


@pytest.mark.parametrize("state", [{"etag": '"v1"'}, {"etag": 'W/"v1"'}, {"modified": "Sat, 21 Nov 2026 08:00:00 GMT"}])
def test_what_is_known_is_not_sent_again(server: Server, state: dict[str, str]) -> None:
    """Once remembered, the same state answers `unchanged`; a new state comes whole."""
    url = server.on("/", knows(b"papers", **state))
    client = patient()
    answer = client.get(url, trusted=True, conditional=True)
    client.remember(url, answer)
    again = client.get(url, trusted=True, conditional=True)
    assert (again.unchanged, again.data) == (True, b"")
    server.on("/", answers(b"new"))
    assert client.get(url, trusted=True, conditional=True).data == b"new"


def test_nothing_is_known_before_it_is_remembered(server: Server) -> None:
    """An answer whose papers were not kept is sent again."""
    url = server.on("/", knows(b"papers", etag='"v1"'))
    client = patient()
    for _ in range(2):
        assert client.get(url, trusted=True, conditional=True).data == b"papers"


def test_an_unconditional_question_is_answered_whole(server: Server) -> None:
    """What is known is used only where it was asked for, and is forgotten with an answer that names no state."""
    url = server.on("/", knows(b"papers", etag='"v1"'))
    client = patient()
    client.remember(url, client.get(url, trusted=True, conditional=True))
    assert client.get(url, trusted=True).data == b"papers"
    server.on("/", answers(b"new"))
    client.remember(url, client.get(url, trusted=True, conditional=True))
    assert client.validators.get(url) is None


def test_a_state_that_is_no_ascii_is_not_remembered(server: Server) -> None:
    """It could not be sent back."""
    url = server.on("/", answers(b"papers", headers={"ETag": '"\xe9"'}))
    assert patient().get(url, trusted=True).validator == Validator()


# Anything


TEMPLATE = OK + b'Content-Type: text/xml\r\nContent-Length: 7\r\nETag: "1"\r\nContent-Encoding: identity\r\n\r\n<feed/>'
LINES = st.lists(
    st.sampled_from(
        [
            b"HTTP/1.1 200 OK",
            b"HTTP/1.1 302 Found",
            b"HTTP/9.9 999 ?",
            b"Content-Length: 3",
            b"Content-Length: -1",
            b"Transfer-Encoding: chunked",
            b"Content-Encoding: gzip",
            b"Location: http://[",
            b"Location: //127.0.0.1:1/\xff\xfe",
            b"Location: http://\xc3\xa9\xe2\x80\x8b.invalid/",
            b"Location: /" + b"%" * 100,
            b"Retry-After: x",
            b"",
            b" folded",
            b"3",
            b"0",
            b"\x1f\x8b",
        ]
    )
).map(b"\r\n".join)


def mutated(cut: int, insert: bytes) -> bytes:
    """A good answer with something in the middle."""
    return TEMPLATE[:cut] + insert + TEMPLATE[cut + 1 :]


@settings(max_examples=150)
@given(st.binary(max_size=200) | LINES | st.builds(mutated, st.integers(0, len(TEMPLATE)), st.binary(max_size=3)))
def test_no_answer_is_a_surprise(answer: bytes) -> None:
    """Whatever bytes come back, they are an answer or a SourceError in one line, and nothing else."""
    with misbehaving.running() as server:
        url = server.on("/", sends(answer))
        client = impatient(resolve=lambda _host, _port: ("127.0.0.1",), permit=lambda _address: False)
        try:
            message = client.get(url, trusted=True).url
        except SourceError as error:
            message = str(error)
    assert message
    assert "\n" not in message
