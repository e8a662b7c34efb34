"""The envelope loop against a server that fails on purpose, at every step, with and without PIPELINING."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from digest.errors import CarrierUnavailable
from digest.mail.carrier import Fate, Outcome
from digest.mail.smtp import Smtp

from .servers import envelope, gather

LOCKSTEP = {"EHLO": "250 here"}
MODES = pytest.mark.parametrize("mode", [{}, LOCKSTEP], ids=["pipelined", "lock-step"])


def send(server, envelopes, **settings) -> list[Outcome]:
    """All outcomes, in order of the envelopes."""
    return sorted(Smtp(server.settings(**settings)).send(envelopes), key=lambda outcome: int(outcome.id[1:]))


def refuse(number: int, reply: str | None):
    """Answers a RCPT for reader `number` with `reply`, others as usual."""
    return lambda line: reply if f"<reader{number}@" in line else "250 ok"


@MODES
def test_every_message_arrives_whole(scripted, mode):
    """Lines that begin with dots, a first dot and a missing last line end arrive as they should."""
    server = scripted(mode)
    content = b".first\r\n..two\r\nx\r\n.\r\nlast"
    outcomes = send(server, [envelope(n, content=content) for n in range(5)])
    assert {outcome.fate for outcome in outcomes} == {Fate.ACCEPTED}
    assert outcomes[0].code == 250
    assert server.texts == [b"..first\r\n...two\r\nx\r\n..\r\nlast\r\n"] * 5


def test_pipelining_only_where_it_is_offered(scripted):
    """Without PIPELINING a refused MAIL is followed by no RCPT and no DATA: nothing was sent ahead."""
    server = scripted(LOCKSTEP | {"MAIL": "550 no"})
    outcomes = send(server, [envelope(1), envelope(2)])
    assert [outcome.fate for outcome in outcomes] == [Fate.PERMANENT] * 2
    assert [command[:4] for command in server.commands] == ["ehlo", "MAIL", "RSET", "MAIL", "RSET", "QUIT"]


@MODES
@pytest.mark.parametrize(
    ("reply", "fate"),
    [("550 5.1.1 no such user", Fate.PERMANENT), ("450 4.2.0 greylisted", Fate.TEMPORARY)],
)
@pytest.mark.parametrize("data", ["354 go on", "503 5.5.1 no recipients"])
def test_a_refused_recipient_is_that_recipients_alone(scripted, mode, reply, fate, data):
    """RFC 2920: DATA sent along with a refused RCPT may be opened or refused; neither touches the neighbours."""
    last = ""

    def rcpt(line):
        nonlocal last
        last = reply if "<reader2@" in line else "250 ok"
        return last

    def answer_data(_line):
        return "354 go on" if last == "250 ok" else data

    server = scripted(mode | {"RCPT": rcpt, "DATA": answer_data})
    outcomes = send(server, [envelope(n) for n in (1, 2, 3)])
    assert [outcome.fate for outcome in outcomes] == [Fate.ACCEPTED, fate, Fate.ACCEPTED]
    assert outcomes[1].text == reply[4:]
    assert len([text for text in server.texts if text]) == 2
    assert server.connections == 1


@MODES
@pytest.mark.parametrize("step", ["MAIL", "DATA", "TEXT"])
@pytest.mark.parametrize(("code", "fate"), [(452, Fate.TEMPORARY), (554, Fate.PERMANENT)])
def test_a_refusal_at_any_step_is_reported_with_its_words(scripted, mode, step, code, fate):
    """MAIL, DATA and the end of the text may each be refused, for now or for good."""
    server = scripted(mode | {step: f"{code} {code // 100}.3.1 words"})
    outcomes = send(server, [envelope(1), envelope(2)])
    assert [(outcome.fate, outcome.code) for outcome in outcomes] == [(fate, code)] * 2
    assert outcomes[0].text == f"{code // 100}.3.1 words"
    assert server.connections == 1


@MODES
def test_a_connection_lost_after_the_text_is_unknown_and_not_repeated(scripted, mode):
    """The message in flight may have been taken: it is reported unknown, sent once, and the next goes on elsewhere."""
    server = scripted(mode | {"TEXT": lambda text: None if "number 2" in text else "250 ok"})
    outcomes = send(server, [envelope(n, content=b"number %d\r\n" % n) for n in (1, 2, 3)])
    assert [outcome.fate for outcome in outcomes] == [Fate.ACCEPTED, Fate.UNKNOWN, Fate.ACCEPTED]
    assert Counter(server.texts) == {b"number %d\r\n" % n: 1 for n in (1, 2, 3)}
    assert server.connections == 2


@MODES
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_text_costs_nothing(scripted, mode, step):
    """What was only offered is offered again on a new connection, and arrives once."""
    server = scripted(mode | {step: None}, mode)
    outcomes = send(server, [envelope(1), envelope(2)])
    assert [outcome.fate for outcome in outcomes] == [Fate.ACCEPTED] * 2
    assert (len(server.texts), server.connections) == (2, 2)


@MODES
def test_421_after_the_text_is_a_refusal(scripted, mode):
    """RFC 5321 §3.8: a 421 is an answer, so the message was not taken, and the connection is over."""
    server = scripted(mode | {"TEXT": "421 4.3.2 shutting down"}, mode)
    outcomes = send(server, [envelope(1), envelope(2)])
    assert [(outcome.fate, outcome.code) for outcome in outcomes] == [(Fate.TEMPORARY, 421), (Fate.ACCEPTED, 250)]
    assert len(server.texts) == 2


@MODES
def test_421_at_rcpt_is_about_that_recipient(scripted, mode):
    """A server that hangs up at one address does not stop the others, and is not asked for ever."""
    server = scripted(mode | {"RCPT": refuse(2, "421 4.7.0 go away")})
    outcomes = send(server, [envelope(n) for n in (1, 2, 3)])
    assert [outcome.fate for outcome in outcomes] == [Fate.ACCEPTED, Fate.TEMPORARY, Fate.ACCEPTED]


@MODES
def test_an_address_that_ends_every_session_is_given_up(scripted, mode):
    """Without any reply at all, an envelope is offered three times, then put off; the others arrive."""
    server = scripted(mode | {"RCPT": refuse(2, None)})
    outcomes = send(server, [envelope(n) for n in range(1, 9)], sessions=2)
    assert [outcome.fate for outcome in outcomes] == [Fate.ACCEPTED, Fate.TEMPORARY] + [Fate.ACCEPTED] * 6
    assert sum("<reader2@" in command for command in server.commands) == 3


def test_a_server_that_answers_nonsense_is_left(scripted):
    """What is no reply breaks the session; nothing is reported as accepted."""
    server = scripted({"TEXT": "hello there"})
    outcomes = send(server, [envelope(1)])
    assert outcomes[0].fate is Fate.UNKNOWN


def test_a_server_that_never_answers_is_left_after_the_timeout(scripted):
    """Silence at the end of the text is unknown, too."""
    over = threading.Event()
    server = scripted({"TEXT": lambda _text: over.wait(30) and None})
    outcomes = send(server, [envelope(1)], timeout=0.2)
    over.set()
    assert outcomes[0].fate is Fate.UNKNOWN
    assert "timed out" in outcomes[0].text


def test_a_server_that_drops_every_session_ends_the_send(scripted):
    """After three fruitless sessions each worker gives up; every envelope taken has an outcome."""
    server = scripted({"MAIL": None})
    outcomes = []
    with pytest.raises(CarrierUnavailable, match="closed"):
        gather(Smtp(server.settings()).send(envelope(n) for n in range(50)), outcomes)
    assert {outcome.fate for outcome in outcomes} == {Fate.TEMPORARY}
    assert len(outcomes) < 50


@pytest.mark.parametrize(
    ("features", "recipient", "content", "words"),
    [
        ("250-x\r\n250 SIZE 100", "a@example.com", b"x" * 101, "larger"),
        ("250 x", "a@example.com", "Subject: ü\r\n\r\n".encode(), "8BITMIME"),
        ("250-x\r\n250 8BITMIME", "jörg@example.com", b"x\r\n", "SMTPUTF8"),
        ("250 x", "two@at@example.com", b"x\r\n", "no mail address"),
        ("250 x", "a@example.com>\r\nRCPT TO:<b@example.com", b"x\r\n", "no mail address"),
    ],
    ids=["size", "8bit", "smtputf8", "two at signs", "a second recipient"],
)
def test_what_the_server_cannot_take_is_refused_in_clear_words(scripted, features, recipient, content, words):
    """It is refused here and for good, and the neighbour still arrives."""
    server = scripted({"EHLO": features})
    outcomes = send(server, [envelope(1, recipient=recipient, content=content), envelope(2)])
    assert [outcome.fate for outcome in outcomes] == [Fate.PERMANENT, Fate.ACCEPTED]
    assert words in outcomes[0].text
    assert [command for command in server.commands if command.startswith("RCPT")] == ["RCPT TO:<reader2@example.com>"]


def test_parameters_are_those_the_server_knows(scripted):
    """SIZE, BODY and SMTPUTF8 are given where they were offered and needed; domains go as A-labels."""
    server = scripted({"EHLO": "250-x\r\n250-SIZE\r\n250-8BITMIME\r\n250 SMTPUTF8"})
    content = "To: <jörg@xn--bcher-kva.example>\r\n\r\n".encode()
    outcomes = send(server, [envelope(1, recipient="jörg@Bücher.example", content=content)])
    assert outcomes[0].fate is Fate.ACCEPTED
    assert f"MAIL FROM:<bounce+1@papers.example.org> SIZE={len(content)} BODY=8BITMIME SMTPUTF8" in server.commands
    assert "RCPT TO:<jörg@xn--bcher-kva.example>" in server.commands
