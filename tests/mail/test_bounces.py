"""Returned mail of forty programs and twenty years, and mail that is made to break its reader."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mail.bounces import Bounce, read_bounces
from digest.mail.reasons import kind_of, status_of

FULL = "a full mailbox is no fault of the address (RFC 3463, X.2.2), as the collection itself has it in five others"
NAMED = "the words name a wrong address (RFC 3463, X.1.1), and nothing beside them tells it from those that are lost"
BETTER = {
    "flufl_dsn_02.eml": "its status is 4.4.7, which RFC 3463 calls a passing failure",
    "flufl_hotpop_01.eml": FULL,
    "flufl_postfix_04.eml": FULL,
    "flufl_sendmail_01.eml": "mail that runs in circles (RFC 3463, X.4.6) is no fault of the address",
    "flufl_simple_01.eml": FULL,
    "flufl_simple_09.eml": FULL,
    "flufl_yahoo_02.eml": FULL,
    "sisimai_lhost-notes-01.eml": "no reason is given, so a failure is one, as in eight others of the"
    " collection; of this one its README claims nothing",
    "sisimai_lhost-postfix-07.eml": NAMED,
    "sisimai_lhost-receivingses-02.eml": NAMED,
    "sisimai_lhost-x1-01.eml": NAMED,
    "sisimai_lhost-x2-01.eml": NAMED,
    "sisimai_lhost-x3-02.eml": "word for word the message flufl_simple_32, which is expected to be permanent:"
    " no way to the host (RFC 3463, X.4.4)",
}
"""Where we differ from what the collection expects, and why ours is right."""


def expectation(name: str, record: dict) -> set[tuple[str, str]] | list[str] | None:
    """What the collection expects: addresses with their kind (flufl), kinds alone (sisimai), None for no claim."""
    entries = record["expected"]
    if name.startswith("flufl"):
        return {(entry["address"], entry["type"]) for entry in entries} if entries else None
    special = {"feedback": ["complaint"], "vacation": []}
    if entries[0]["reason"] in special:
        return special[entries[0]["reason"]]
    return sorted("permanent" if entry["hard_bounce"] else "temporary" for entry in entries)


def test_the_collection_is_read_as_it_expects(shared_data):
    """Every message of the collection, but for those listed with the reason why they are read better."""
    folder = shared_data / "bounces"
    different = set()
    for name, record in json.loads((folder / "expected.json").read_text()).items():
        found = read_bounces((folder / name).read_bytes())
        expected = expectation(name, record)
        pairs = {(bounce.address, bounce.kind) for bounce in found}
        kinds = sorted(bounce.kind for bounce in found)
        if expected is not None and expected != (pairs if isinstance(expected, set) else kinds):
            different.add(name)
    assert different == set(BETTER)


DSN = """\
From: MAILER-DAEMON@mx.example.com
To: bounce@papers.example.org
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

{recipients}

--b
Content-Type: message/rfc822

To: reader@example.com
Subject: spam, mailbox full, user unknown
--b--
"""
ONE = "Final-Recipient: rfc822; reader@example.com\nAction: {}\nStatus: {}\nDiagnostic-Code: smtp; {}"


@pytest.mark.parametrize(
    ("action", "status", "words", "kind", "code"),
    [
        ("failed", "5.1.1", "550 5.1.1 user unknown", "permanent", "5.1.1"),
        ("failed", "5.0.0", "550 5.1.1 no such user", "permanent", "5.1.1"),
        ("failed", "5.2.1", "550 no such mailbox", "permanent", "5.2.1"),
        ("failed", "5.2.1", "550 mailbox disabled", "temporary", "5.2.1"),
        ("failed", "5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "permanent", "5.4.1"),
        ("failed", "5.1.1", "550 5.1.1 user over quota", "temporary", "5.1.1"),
        ("failed", "5.1.1", "", "permanent", "5.1.1"),
        ("failed", "5.4.4", "host not found", "permanent", "5.4.4"),
        ("failed", "5.2.2", "552 5.2.2 mailbox full", "temporary", "5.2.2"),
        ("failed", "5.7.1", "554 5.7.1 blocked by 192.0.2.5.1.1.example", "temporary", "5.7.1"),
        ("failed", "5.3.4", "message too large", "temporary", "5.3.4"),
        ("failed", "4.4.7", "delivery time expired", "temporary", "4.4.7"),
        ("delayed", "4.4.1", "connection timed out", "temporary", "4.4.1"),
        ("failed", "5.0.0", "", "permanent", "5.0.0"),
    ],
)
def test_reports(action, status, words, kind, code):
    """RFC 3464 with RFC 3463: permanent is what is wrong with the address, not what is wrong today."""
    (bounce,) = read_bounces(DSN.format(recipients=ONE.format(action, status, words)).encode())
    assert (bounce.address, bounce.kind, bounce.status) == ("reader@example.com", kind, code)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_reports_of_success_are_no_bounces(action):
    """RFC 3464 §2.3.3: three of the five actions are no failures."""
    assert read_bounces(DSN.format(recipients=ONE.format(action, "2.0.0", "ok")).encode()) == ()


def test_the_original_recipient_is_the_one_we_know():
    """RFC 3464 §2.3.1: behind a forwarding only Original-Recipient is an address of our list."""
    block = "Original-Recipient: rfc822;reader@example.com\n" + ONE.format("failed", "5.1.1", "x").replace(
        "reader@", "forwarded@"
    )
    assert [bounce.address for bounce in read_bounces(DSN.format(recipients=block).encode())] == ["reader@example.com"]


def test_every_recipient_of_a_report_is_told_apart():
    """One report, two addresses, two kinds; a repeated one counts once."""
    blocks = [
        ONE.format("failed", "5.1.1", "x"),
        ONE.format("failed", "4.2.2", "x").replace("reader", "other"),
        ONE.format("failed", "5.1.1", "x").replace("reader", "READER"),
    ]
    found = read_bounces(DSN.format(recipients="\n\n".join(blocks)).encode())
    assert [(bounce.address, bounce.kind) for bounce in found] == [
        ("reader@example.com", "permanent"),
        ("other@example.com", "temporary"),
    ]


ARF = """\
From: abuse@provider.example
To: bounce@papers.example.org
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: message/feedback-report

Feedback-Type: {}
{}
--b
Content-Type: message/rfc822

To: reader@example.com
Subject: Daily Papers
--b--
"""


@pytest.mark.parametrize(
    ("kind", "extra", "addresses"),
    [
        ("abuse", "Original-Rcpt-To: <complainer@example.com>", ["complainer@example.com"]),
        ("abuse", "", ["reader@example.com"]),
        ("fraud", "", ["reader@example.com"]),
        ("not-spam", "", []),
    ],
)
def test_complaints(kind, extra, addresses):
    """RFC 5965: who pressed `spam`, by the report or by the copy of our message; `not-spam` is none."""
    found = read_bounces(ARF.format(kind, extra).encode())
    assert [bounce.address for bounce in found] == addresses
    assert {bounce.kind for bounce in found} <= {"complaint"}


@pytest.mark.parametrize(
    "message",
    [
        "Subject: Automatic reply: Daily Papers\nReturn-Path: <>\n\nAway. Mail to a@example.com could not be read.\n",
        "Subject: Out of office\nAuto-Submitted: auto-replied\nFrom: reader@example.com\n\nBack on Monday.\n",
        "Subject: Abwesend\nAuto-Submitted: auto-replied\nFrom: a@b.example\n\nfailed:\nc@d.example\n",
        "Subject: Re: Daily Papers\nFrom: reader@example.com\n\nThis paper was returned by b@example.com?\n",
        "Subject: Daily Papers\n\n",
        "",
    ],
)
def test_replies_are_no_bounces(message):
    """Holiday notices and people suppress nobody."""
    assert read_bounces(message.encode()) == ()


def test_a_diagnostic_is_one_bounded_line():
    """It is stored and shown: no line breaks, no megabytes."""
    (bounce,) = read_bounces(DSN.format(recipients=ONE.format("failed", "5.1.1", "a\n b\n" + " c" * 5000)).encode())
    assert len(bounce.diagnostic) <= 300
    assert "\n" not in bounce.diagnostic


def samples(shared_data) -> list[bytes]:
    """Raw messages to damage."""
    return [path.read_bytes() for path in sorted(Path(shared_data / "bounces").glob("*.eml"))]


def test_damaged_messages_never_raise(shared_data):
    """Bytes inserted, cut, repeated and overwritten, three hundred times: always an answer, and soon."""
    rng, messages = random.Random(5), samples(shared_data)  # noqa: S311 - damage, not secrets
    pieces = [b"--", b"<", b"@", b"\n\n", b"Content-Type: message/rfc822\n\n", b"\x00\xff", b"=?x?q?", b" " * 300]
    for _ in range(300):
        data = bytearray(rng.choice(messages))
        for _ in range(rng.randint(1, 30)):
            at = rng.randrange(len(data) + 1)
            data[at : at + rng.choice((0, 0, 1, 100))] = rng.choice((rng.choice(pieces), rng.randbytes(5), b""))
        assert all(isinstance(bounce, Bounce) for bounce in read_bounces(bytes(data)))


@given(st.binary(max_size=2000))
def test_any_bytes_are_read(data):
    """Nothing that can be sent to a mailbox stops the reader."""
    assert isinstance(read_bounces(b"From: mailer-daemon@example.com\nSubject: failure\n" + data), tuple)


@pytest.mark.parametrize(
    "data",
    [b"-" * 10**6, b" " * 10**6, b"a@" * 10**6, b"\n" * 10**6, b"!" * 10**6, b"<a@b.c>: " * 10**5,
     b"Content-Type: message/rfc822\n\n" * 5000,
     b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 5000],
    ids=["dashes", "spaces", "at signs", "lines", "marks", "addresses", "nested", "nested parts"],
)  # fmt: skip
@pytest.mark.parametrize("head", [b"", b"Return-Path: <>\nFrom: mailer-daemon@example.com\nSubject: failure\n\n"])
def test_hostile_messages_take_bounded_time(head, data):
    """What makes patterns and parsers slow is cut short."""
    began = time.process_time()
    read_bounces(head + data)
    assert time.process_time() - began < 5


@given(st.text(max_size=300), st.sampled_from(["failed", "delayed", ""]))
def test_any_words_have_a_kind(text, action):
    """Without a reason one can see, a failure is permanent and a delay is temporary."""
    assert kind_of(action, status_of("", text), text) in {"permanent", "temporary"}
