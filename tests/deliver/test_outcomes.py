"""What follows from every outcome: done, later, never, or never again to that address."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from digest.deliver import deliver
from digest.mail.carrier import Fate
from digest.models import Preferences
from digest.subscribe import resume

from .sites import MORNING, Sent, add_readers, papers_in, publish, refusing

DAY = timedelta(days=1)


def test_a_greylisted_digest_is_tried_again_with_the_same_message_id(store, site):
    """Five minutes later, then ten, then twenty; never before."""
    publish(store, 1)
    (reader,) = add_readers(store, 1)
    carrier = Sent(refusing(Fate.TEMPORARY, 450, "4.2.0 greylisted"))
    tried = []
    for minute in range(40):
        now = MORNING + timedelta(minutes=minute)
        if deliver(store, site, now=now, carrier=carrier).deferred:
            tried.append(minute)
    assert tried == [0, 6, 17, 38]  # the first whole minute after 5, 10 and 20
    assert len({message["Message-ID"] for message in carrier.messages}) == 1
    accepting = Sent()
    deliver(store, site, now=MORNING + timedelta(hours=2), carrier=accepting)
    assert accepting.messages[0]["Message-ID"] == carrier.messages[0]["Message-ID"]
    assert store.subscribers.get(reader.id).watermark == 1


def test_a_server_that_never_takes_it_is_given_up_and_the_papers_come_later(store, site):
    """After `retry_hours`; a weekly reader has them in the digest of the next week."""
    publish(store, 1)
    (reader,) = add_readers(store, 1, preferences=Preferences(cadence="weekly", weekdays=("tue",)))
    carrier = Sent(refusing(Fate.TEMPORARY, 450, "busy"))
    now = MORNING
    while store.deliveries.of(reader.id)[:1] == () or store.deliveries.of(reader.id)[0].status == "planned":
        deliver(store, site, now=now, carrier=carrier)
        now += timedelta(hours=1)
    assert timedelta(hours=48) < now - MORNING <= timedelta(hours=54)
    assert store.subscribers.get(reader.id).status == "active"
    publish(store, 2)
    carrier = Sent()
    deliver(store, site, now=MORNING + 7 * DAY, carrier=carrier)
    assert papers_in(carrier.envelopes[0].content) == {b"00010", b"00011", b"00020", b"00021"}


def test_a_digest_that_still_waits_when_the_next_is_due_becomes_part_of_it(any_store, site):
    """No server for a day: one digest with both editions, not two."""
    publish(any_store, 1)
    (reader,) = add_readers(any_store, 1)
    deliver(any_store, site, now=MORNING, carrier=Sent(refusing(Fate.TEMPORARY, None, "no connection")))
    publish(any_store, 2)
    carrier = Sent()
    deliver(any_store, site, now=MORNING + DAY, carrier=carrier)
    assert [papers_in(one.content) for one in carrier.envelopes] == [{b"00010", b"00011", b"00020", b"00021"}]
    assert [one.status for one in any_store.deliveries.of(reader.id)] == ["sent", "skipped"]


def test_one_that_may_have_arrived_is_settled_before_the_next_is_planned(store, site):
    """The answer was lost: the same message again, and the next edition only afterwards."""
    publish(store, 1)
    add_readers(store, 1)
    lost = Sent(refusing(Fate.UNKNOWN, None, "the connection was lost after the message"))
    deliver(store, site, now=MORNING, carrier=lost)
    publish(store, 2)
    carrier = Sent()
    deliver(store, site, now=MORNING + DAY, carrier=carrier)
    deliver(store, site, now=MORNING + DAY + timedelta(minutes=1), carrier=carrier)
    assert [papers_in(one.content) for one in carrier.envelopes] == [{b"00010", b"00011"}, {b"00020", b"00021"}]
    assert carrier.messages[0]["Message-ID"] == lost.messages[0]["Message-ID"]


@pytest.mark.parametrize(
    ("code", "text", "suppressed"),
    [
        (550, "5.1.1 no such user", True),
        (550, "mailbox unavailable", True),
        (553, "5.1.3 bad address", True),
        (550, "5.7.1 message refused as spam", False),
        (552, "5.2.2 mailbox full", False),
        (554, "5.7.1 you are on a block list", False),
        (554, "transaction failed", False),
        (530, "5.7.0 authentication required", False),
        (None, "the address needs SMTPUTF8", False),
    ],
)
def test_a_refusal_for_good_ends_the_delivery_and_the_reader_only_where_it_says_so(store, site, code, text, suppressed):
    """A filter, a quota or our own refusal says nothing against the address."""
    publish(store, 1)
    (reader,) = add_readers(store, 1)
    report = deliver(store, site, now=MORNING, carrier=Sent(refusing(Fate.PERMANENT, code, text)))
    assert (report.failed, report.suppressed, report.waiting) == (1, suppressed, 0)
    assert store.subscribers.get(reader.id).status == ("suppressed" if suppressed else "active")
    assert bool(store.subscribers.suppression(reader.address)) is suppressed


def test_a_failed_digest_can_be_sent_after_the_reader_is_resumed(any_store, site):
    """The same run again is the same delivery, planned anew."""
    publish(any_store, 1)
    (reader,) = add_readers(any_store, 1)
    deliver(any_store, site, now=MORNING, carrier=Sent(refusing(Fate.PERMANENT, 550, "5.1.1 no such user")))
    resume(any_store, reader.id, now=MORNING + timedelta(hours=1))
    carrier = Sent()
    deliver(any_store, site, now=MORNING + DAY, carrier=carrier)
    assert [papers_in(one.content) for one in carrier.envelopes] == [{b"00010", b"00011"}]
    assert [(one.id, one.status) for one in any_store.deliveries.of(reader.id)] == [(f"{reader.id}-1", "sent")]


def test_too_many_refusals_pause_everything_until_the_operator_says_go_on(store, site):
    """Nothing more goes out, also in later runs; the message says why."""
    publish(store, 1)
    add_readers(store, 60)
    report = deliver(store, site, now=MORNING, carrier=Sent(refusing(Fate.PERMANENT, 550, "5.7.1 go away")))
    assert report.failed == 10
    assert report.waiting == 50
    assert "10 of the last 10 digests were refused for good" in report.paused
    carrier = Sent()
    assert deliver(store, site, now=MORNING + DAY, carrier=carrier).paused == report.paused
    assert not carrier.envelopes
    assert store.deliveries.resume()
    assert deliver(store, site, now=MORNING + DAY, carrier=carrier).sent == 60


def test_a_lapsed_claim_is_sent_again_and_a_live_one_is_not_touched(any_store, site):
    """What another process has in hand is its own until the lease ends."""
    publish(any_store, 1)
    add_readers(any_store, 3)
    deliver(any_store, site, now=MORNING, limit=1, carrier=Sent())
    taken, _ = any_store.deliveries.claim("another", MORNING, MORNING + timedelta(minutes=1), 1)
    carrier = Sent()
    report = deliver(any_store, site, now=MORNING, carrier=carrier)
    assert (report.sent, report.waiting) == (1, 1)
    deliver(any_store, site, now=MORNING + timedelta(minutes=2), carrier=carrier)
    assert carrier.recipients[-1] == taken[0].address
    assert any_store.deliveries.of(taken[0].subscriber)[0].doubts == 1


def test_told_to_stop_it_gives_back_what_it_has_not_handed_over(store, site):
    """The next run sends the rest at once, and what was given back was no attempt."""
    publish(store, 1)
    readers = add_readers(store, 30)
    stop = threading.Event()
    carrier = Sent()

    def stop_after_five(envelope):
        if len(carrier.envelopes) == 5:
            stop.set()
        return Sent().answer(envelope)

    carrier.answer = stop_after_five
    report = deliver(store, site, now=MORNING, carrier=carrier, stop=stop)
    assert (report.sent, report.waiting, report.stopped) == (5, 25, True)
    assert deliver(store, site, now=MORNING + timedelta(seconds=30), carrier=Sent()).sent == 25
    assert {store.deliveries.of(reader.id)[0].attempts for reader in readers} == {1}
