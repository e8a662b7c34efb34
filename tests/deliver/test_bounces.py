"""What came back: who is touched by it, and who is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from digest.bounces import read_returned
from digest.deliver import deliver

from .sites import MORNING, Sent, add_readers, publish

DAY = timedelta(days=1)

REPORT = """\
From: MAILER-DAEMON@mx.example.com
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {address}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {code} {status} {words}

--b--
"""
COMPLAINT = """\
From: complaints@mx.example.com
To: {to}
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: x/1
Version: 1

--b--
"""
GONE = {"status": "5.1.1", "code": 550, "words": "no such user"}
FULL = {"status": "5.2.2", "code": 552, "words": "mailbox full"}


def report(to: str, address: str = "reader0@example.com", **words: object) -> bytes:
    return REPORT.format(to=to, address=address, **(GONE | words)).encode()


def send_one(store, site, number):
    """Deliver edition `number` to the reader; its return path."""
    publish(store, number)
    carrier = Sent()
    deliver(store, site, now=MORNING + (number - 1) * DAY, carrier=carrier)
    return carrier.envelopes[0].sender


def read(store, site, *messages, now=MORNING + 9 * DAY):
    return list(read_returned(store, site, [(f"{n}.eml", data) for n, data in enumerate(messages)], now=now))


@pytest.fixture
def reader(store):
    """One reader."""
    return add_readers(store, 1)[0]


def test_an_address_that_does_not_exist_is_suppressed_once(store, site, reader):
    """By the return path; the same report read again does nothing."""
    path = send_one(store, site, 1)
    assert [one.effect for one in read(store, site, report(path), report(path))] == ["suppressed", ""]
    assert store.subscribers.get(reader.id).status == "suppressed"
    assert "5.1.1" in store.subscribers.suppression(reader.address).reason


def test_a_report_that_did_not_come_to_one_of_our_return_paths_touches_nobody(store, site, reader):
    """Made-up reports about a reader's address are read, and that is all."""
    path = send_one(store, site, 1)
    forged = path.replace(path.rpartition(".")[0][-1] + ".", "9.", 1)
    for to in ("digest@papers.example.org", path.replace("+", "+x"), forged if forged != path else "a@b.example"):
        (one,) = read(store, site, report(to))
        assert (one.reader, one.effect) == ("", "")
        assert [bounce.address for bounce in one.bounces] == [reader.address]
    assert store.subscribers.get(reader.id).status == "active"


def test_passing_failures_are_counted_by_delivery_up_to_the_limit(store, site, reader):
    """Five digests returned within thirty days end it; the same digest twice counts once."""
    effects = []
    for number in range(1, 6):
        path = send_one(store, site, number)
        effects += [one.effect for one in read(store, site, report(path, **FULL), report(path, **FULL))]
    assert effects == ["counted", ""] * 4 + ["suppressed", ""]
    assert "5 digests were returned" in store.subscribers.suppression(reader.address).reason


def test_passing_failures_long_ago_do_not_count(store, site, reader):
    """Only those of the last thirty days."""
    for number in range(1, 7):
        path = send_one(store, site, number)
        (one,) = read(store, site, report(path, **FULL), now=MORNING + number * 10 * DAY)
        assert one.effect == "counted"
    assert store.subscribers.get(reader.id).status == "active"


def test_a_complaint_is_taken_as_leaving(store, site, reader):
    """Even when it hides the address: the return path tells."""
    path = send_one(store, site, 1)
    (one,) = read(store, site, COMPLAINT.format(to=path).encode())
    assert (one.reader, one.effect) == (reader.address, "unsubscribed")
    assert store.subscribers.get(reader.id).status == "unsubscribed"
    assert store.subscribers.suppression(reader.address).reason == "complaint"


def test_a_failure_after_a_passing_one_of_the_same_digest_counts(store, site, reader):
    """Delayed first, given up later."""
    path = send_one(store, site, 1)
    assert [one.effect for one in read(store, site, report(path, **FULL), report(path))] == ["counted", "suppressed"]
    assert store.subscribers.get(reader.id).status == "suppressed"


def test_what_it_was_forwarded_to_counts_for_the_reader(store, site, reader):
    """The report names an address we never wrote to; the return path says whose it is."""
    path = send_one(store, site, 1)
    (one,) = read(store, site, report(path, address="elsewhere@example.net"))
    assert one.effect == "suppressed"
    assert store.subscribers.get(reader.id).status == "suppressed"
