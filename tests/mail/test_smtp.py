"""Sessions with real servers: TLS and login with aiosmtpd, faults and load with Postfix's smtp-sink."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from digest.errors import CarrierUnavailable
from digest.mail.carrier import Fate
from digest.mail.smtp import Smtp
from digest.settings import SmtpSettings

from .servers import envelope, gather


class Conversation(SMTP):
    """The server's side of a connection, which tells when it has ended."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.over = threading.Event()
        self.over.set()

    def connection_made(self, transport):
        """From here on it is open."""
        self.over.clear()
        super().connection_made(transport)

    def connection_lost(self, error):
        """Tell."""
        super().connection_lost(error)
        self.over.set()


class Inbox:
    """Keeps what aiosmtpd receives."""

    def __init__(self):
        self.received = []

    async def handle_DATA(self, _server, session, arrived):  # noqa: N802 - aiosmtpd's name
        """Take it."""
        self.received.append((arrived.mail_from, arrived.rcpt_tos, bytes(arrived.content), session.ssl is not None))
        return "250 2.0.0 ok"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that only those trust who are told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def mail_server(**options) -> Iterator[tuple[Inbox, int]]:
    """An aiosmtpd on a free port."""
    inbox = Inbox()

    conversations = []

    class Server(Controller):
        def factory(self):
            """A conversation that can be waited for: what is still open when the server stops is never closed."""
            conversations.append(Conversation(self.handler, **self.SMTP_kwargs))
            return conversations[-1]

        def _trigger_server(self):
            """The connection on trial goes to the port it was given."""
            with socket.create_connection(self.server.sockets[0].getsockname()):
                self._factory_invoked.wait(5)

    server = Server(inbox, hostname="127.0.0.1", port=0, **options)
    server.start()
    try:
        yield inbox, server.server.sockets[0].getsockname()[1]
    finally:
        assert all(conversation.over.wait(10) for conversation in conversations)
        server.stop()


def settings(port, **others) -> SmtpSettings:
    """How to reach 127.0.0.1."""
    return SmtpSettings(host="127.0.0.1", port=port, hello="localhost", timeout_seconds=5, **others)


def server_tls(certificate):
    """The server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_plain_conversation():
    """A server that offers no TLS is used in clear where TLS is `offered`."""
    with mail_server() as (inbox, port):
        outcomes = list(Smtp(settings(port, security="offered", sessions=2)).send(envelope(n) for n in range(20)))
    assert {outcome.fate for outcome in outcomes} == {Fate.ACCEPTED}
    assert sorted(to for _, (to,), _, _ in inbox.received) == sorted(f"reader{n}@example.com" for n in range(20))
    assert {sender.partition("+")[0] for sender, *_ in inbox.received} == {"bounce"}


@pytest.mark.parametrize(
    ("security", "trusted", "encrypted"),
    [("off", False, False), ("offered", False, True), ("offered", True, True), ("required", True, True)],
)
def test_starttls_as_asked_for(certificate, monkeypatch, security, trusted, encrypted):
    """RFC 3207: never, with any certificate when it is only offered, with a trusted one when it is required."""
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(tls_context=server_tls(certificate)) as (inbox, port):
        outcomes = list(Smtp(settings(port, security=security)).send([envelope()]))
    assert outcomes[0].fate is Fate.ACCEPTED
    assert inbox.received[0][3] is encrypted


def test_required_tls_fails_closed(certificate):
    """Without STARTTLS, or with a certificate nobody vouches for, not a byte of mail is sent."""
    with mail_server() as (inbox, port), pytest.raises(CarrierUnavailable, match="does not offer STARTTLS"):
        list(Smtp(settings(port, security="required")).send([envelope()]))
    with (
        mail_server(tls_context=server_tls(certificate)) as (second, port),
        pytest.raises(CarrierUnavailable, match=r"(?i)certificate"),
    ):
        list(Smtp(settings(port, security="required")).send([envelope()]))
    assert inbox.received == second.received == []


def test_a_password_is_never_offered_in_clear():
    """A login makes TLS required, whatever `offered` says."""
    with mail_server() as (_, port), pytest.raises(CarrierUnavailable, match="STARTTLS"):
        list(Smtp(settings(port, security="offered", username="me")).send([envelope()]))
    elsewhere = settings(port, security="off", username="me").model_copy(update={"host": "mail.example.org"})
    with pytest.raises(CarrierUnavailable, match="not sent without TLS"):
        list(Smtp(elsewhere).send([envelope()]))


@pytest.mark.parametrize(("password", "works"), [("secret", True), ("wrong", False)])
def test_login(certificate, monkeypatch, password, works):
    """AUTH after STARTTLS; a refused login is one line, and nothing was sent."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    def authenticate(_server, _session, _envelope, _mechanism, data):
        return AuthResult(success=data.password == b"secret", handled=False)

    options = {"tls_context": server_tls(certificate), "authenticator": authenticate, "auth_required": True}
    with mail_server(**options) as (inbox, port):
        sender = Smtp(settings(port, security="required", username="me", password=password))
        if works:
            assert next(sender.send([envelope()])).fate is Fate.ACCEPTED
        else:
            with pytest.raises(CarrierUnavailable, match=r"535"):
                list(sender.send([envelope()]))
    assert len(inbox.received) == works


def test_implicit_tls(certificate, monkeypatch):
    """Port 465: TLS from the first byte, with a trusted certificate only."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(ssl_context=server_tls(certificate)) as (inbox, port):
        assert next(Smtp(settings(port, security="implicit")).send([envelope()])).fate is Fate.ACCEPTED
    assert len(inbox.received) == 1


def test_nobody_there():
    """A closed port: the one envelope that was taken is put off, the rest of the supply is not touched."""
    with mail_server() as (_, port):
        pass
    outcomes, supply = [], iter([envelope(n) for n in range(100)])
    with pytest.raises(CarrierUnavailable, match="refused"):
        gather(Smtp(settings(port, sessions=1)).send(supply), outcomes)
    assert {outcome.fate for outcome in outcomes} == {Fate.TEMPORARY}
    assert len(outcomes) + len(list(supply)) == 100


def test_nothing_to_send_opens_no_connection():
    """An empty supply is no reason to talk to anyone."""
    assert list(Smtp(settings(1)).send([])) == []


def test_a_failing_supply_loses_no_outcome(scripted):
    """What was in flight when the supply broke is reported before the supply's error is raised."""

    def supply():
        yield envelope(1)
        yield envelope(2)
        raise LookupError("the ledger is gone")

    outcomes = []
    with pytest.raises(LookupError):
        gather(Smtp(scripted({}).settings()).send(supply()), outcomes)
    assert {outcome.id for outcome in outcomes} == {"d1", "d2"}


def test_the_supply_is_read_in_the_callers_thread_and_not_far_ahead(scripted):
    """A supply may hold a database cursor: it is read by one thread, a few envelopes ahead of the answers."""
    threads, ahead, answered = set(), [], 0

    def supply():
        for number in range(200):
            threads.add(threading.get_ident())
            ahead.append(number - answered)
            yield envelope(number)

    for _ in Smtp(scripted({}).settings(sessions=3)).send(supply()):
        answered += 1
    assert threads == {threading.get_ident()}
    assert max(ahead) <= 12


def test_leaving_early_stops_the_workers(scripted):
    """A caller who stops listening leaves no thread behind."""
    before = threading.active_count()
    server = scripted({})
    sending = Smtp(server.settings(sessions=2)).send(envelope(n) for n in range(1000))
    next(sending)
    sending.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("smtp-")]
    assert threading.active_count() >= before
    assert len(server.texts) < 20


def test_a_second_connection_refused_leaves_the_first_at_work(scripted):
    """A server that allows one session gets everything through it."""
    server = scripted({}, {"greeting": "421 too many connections"})
    outcomes = list(Smtp(server.settings(sessions=4)).send(envelope(n) for n in range(40)))
    assert len(outcomes) == 40
    assert {outcome.fate for outcome in outcomes} == {Fate.ACCEPTED}


@pytest.mark.parametrize(
    ("options", "fate", "code"),
    [
        ((), Fate.ACCEPTED, 250),
        (("-p",), Fate.ACCEPTED, 250),
        (("-r", "rcpt"), Fate.TEMPORARY, 450),
        (("-f", "rcpt", "-B", "550 5.1.1 nope"), Fate.PERMANENT, 550),
        (("-r", "data"), Fate.TEMPORARY, 450),
        (("-f", "."), Fate.PERMANENT, 500),
        (("-r", "."), Fate.TEMPORARY, 450),
        (("-q", "."), Fate.UNKNOWN, None),
        (("-f", "mail"), Fate.PERMANENT, 500),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_postfix_sink_faults(sink, options, fate, code):
    """Postfix's own test server with each fault: every envelope has the outcome the fault means."""
    outcomes = list(Smtp(sink(*options)).send(envelope(n) for n in range(30)))
    assert sorted(outcome.id for outcome in outcomes) == sorted(f"d{n}" for n in range(30))
    assert {(outcome.fate, outcome.code) for outcome in outcomes} == {(fate, code)}


def test_a_slow_server_is_waited_for(sink):
    """A second before each DATA is no fault within the timeout, and sessions wait side by side."""
    outcomes = list(Smtp(sink("-w", "1")).send(envelope(n) for n in range(2)))
    assert {outcome.fate for outcome in outcomes} == {Fate.ACCEPTED}


def test_a_supply_that_pauses_does_not_keep_answers_back(scripted):
    """None says that nothing may go now: what is in flight is answered in between, and the session stays open."""
    server = scripted({})
    answered = []

    def supply():
        yield envelope(1)
        while not answered:
            yield None
        yield envelope(2)

    gather(Smtp(server.settings(sessions=3)).send(supply()), answered)
    assert [outcome.id for outcome in answered] == ["d1", "d2"]
    assert server.connections == 1


def test_a_server_that_does_not_read_holds_up_its_own_session_only(scripted):
    """A text larger than all buffers goes out as the server takes it, and other sessions go on meanwhile."""
    over = threading.Event()
    slow = {"DATA": lambda _line: over.wait(20) and "354 go on"}
    server = scripted(slow, {})
    content = b"x" * 70 + b"\r\n"
    large = [envelope(number, content=content * 10_000) for number in range(4)]
    outcomes = []
    for outcome in Smtp(server.settings(sessions=2, timeout=30)).send(large):
        outcomes.append(outcome)
        if len(outcomes) == 3:
            over.set()
    assert {outcome.fate for outcome in outcomes} == {Fate.ACCEPTED}
    assert sorted(server.texts) == [content * 10_000] * 4


@pytest.mark.parametrize("security", ["implicit", "required"])
def test_large_messages_over_tls(certificate, monkeypatch, security):
    """TLS sessions take turns like others: many messages larger than a TLS record arrive whole."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    content = b"Subject: x\r\n\r\n" + (b"y" * 70 + b"\r\n") * 3000
    kind = "ssl_context" if security == "implicit" else "tls_context"
    with mail_server(**{kind: server_tls(certificate)}) as (inbox, port):
        sending = Smtp(settings(port, security=security, sessions=3))
        outcomes = list(sending.send(envelope(number, content=content) for number in range(12)))
    assert {outcome.fate for outcome in outcomes} == {Fate.ACCEPTED}
    assert [arrived for _, _, arrived, _ in inbox.received] == [content] * 12
