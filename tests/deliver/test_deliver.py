"""Plan, claim, send, record: who gets what, once, and what follows from every outcome."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.deliver import deliver, dry_run, send_test
from digest.mail.carrier import Fate
from digest.models import Preferences
from digest.store import Store
from digest.subscribe import resume, unsubscribe

from .sites import MORNING, Sent, add_readers, make_site, papers_in, publish, refusing

DAY = timedelta(days=1)


def test_each_reader_gets_the_digest_once_and_the_watermark_follows(any_store, site):
    """On SQLite and PostgreSQL; a second run at the same moment finds nothing to do."""
    publish(any_store, 1)
    readers = add_readers(any_store, 7)
    carrier = Sent()
    report = deliver(any_store, site, now=MORNING, carrier=carrier)
    assert (report.planned, report.sent, report.waiting, report.is_trouble) == (7, 7, 0, False)
    assert sorted(carrier.recipients) == sorted(reader.address for reader in readers)
    assert deliver(any_store, site, now=MORNING, carrier=carrier).sent == 0
    known = any_store.subscribers.get(readers[0].id)
    assert (known.watermark, known.last_delivered_at, known.next_at) == (1, MORNING, MORNING + DAY)
    assert [(one.id, one.status, one.attempts) for one in any_store.deliveries.of(known.id)] == [
        (f"{known.id}-1", "sent", 1)
    ]


def test_the_message_is_personal_and_can_be_left_by_one_click(store, site):
    """Address, own links, one-click headers, VERP return path, an identity that tells nothing."""
    publish(store, 1)
    (reader,) = add_readers(store, 1)
    carrier = Sent()
    deliver(store, site, now=MORNING, carrier=carrier)
    (message,), (envelope,) = carrier.messages, carrier.envelopes
    assert message["To"] == f"<{reader.address}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith("<https://papers.example.org/unsubscribe/")
    assert message["Auto-Submitted"] == "auto-generated"
    assert envelope.sender.startswith(f"digest+{reader.id}-1.")
    assert reader.id not in message["Message-ID"]
    text = message.get_payload(0).get_payload(decode=True).decode()
    assert message["List-Unsubscribe"].partition(">")[0].lstrip("<") in text
    assert "https://papers.example.org/preferences/" in text


def test_without_https_there_is_no_one_click(tmp_path):
    """RFC 8058 asks for https; by plain http the list is named and left by mail or by the page."""
    site = make_site(tmp_path)
    site = replace(site, settings=site.settings.model_copy(update={"base_url": "http://localhost:8000"}))
    with Store.open(site.database_url) as store:
        publish(store, 1)
        add_readers(store, 1)
        carrier = Sent()
        deliver(store, site, now=MORNING, carrier=carrier)
    (message,) = carrier.messages
    assert message["List-Unsubscribe-Post"] is None
    assert message["List-Unsubscribe"] == "<mailto:digest@papers.example.org?subject=unsubscribe>"


def test_downtime_is_caught_up_by_one_digest(store, site):
    """Three mornings missed: one digest with the editions of all."""
    publish(store, 1, 2, 3)
    add_readers(store, 1)
    carrier = Sent()
    deliver(store, site, now=MORNING + 3 * DAY, carrier=carrier)
    assert [papers_in(envelope.content) for envelope in carrier.envelopes] == [
        {b"00010", b"00011", b"00020", b"00021", b"00030", b"00031"}
    ]


def test_readers_with_one_choice_share_one_variant(store, site):
    """What differs in schedule only is rendered once; another choice is another digest."""
    publish(store, 1)
    add_readers(store, 3)
    for number, topics in ((10, ("agents",)), (11, ("code",)), (12, ("code",))):
        store.subscribers.add([replace(add(number), preferences=Preferences(topics=topics))])
    carrier = Sent()
    deliver(store, site, now=MORNING, carrier=carrier)
    shown = {envelope.recipient: papers_in(envelope.content) for envelope in carrier.envelopes}
    assert shown["reader10@example.com"] == {b"00010"}
    assert shown["reader11@example.com"] == shown["reader12@example.com"] == {b"00011"}
    assert len({store.deliveries.of(reader.id)[0].variant for reader in store.subscribers.all()}) == 3


def add(number: int):
    from .sites import reader

    return reader(number)


@pytest.mark.parametrize(("when_empty", "sent"), [("skip", 0), ("say", 1)])
def test_a_digest_without_papers_is_skipped_or_says_so(store, site, when_empty, sent):
    """Either way the moment and the editions are dealt with."""
    publish(store, 1)
    (reader,) = add_readers(store, 1, preferences=Preferences(topics=("science",), when_empty=when_empty))
    report = deliver(store, site, now=MORNING, carrier=Sent())
    assert (report.sent, report.skipped) == (sent, 1 - sent)
    assert store.subscribers.get(reader.id).watermark == 1


def test_a_morning_without_an_edition_sends_nothing(store, site):
    """Weekends and holidays: the moment passes, the next one comes."""
    (reader,) = add_readers(store, 1)
    assert deliver(store, site, now=MORNING, carrier=Sent()).sent == 0
    assert store.subscribers.get(reader.id).next_at == MORNING + DAY


def test_who_left_after_planning_gets_nothing(store, site):
    """Leaving is honoured at once, even for a digest that already waits."""
    publish(store, 1)
    first, _ = add_readers(store, 2)
    deliver(store, site, now=MORNING, carrier=Sent(refusing(Fate.TEMPORARY, 451, "later")))
    unsubscribe(store, first.id)
    carrier = Sent()
    report = deliver(store, site, now=MORNING + timedelta(hours=1), carrier=carrier)
    assert carrier.recipients == ["reader1@example.com"]
    assert report.skipped == 1


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


def test_a_digest_that_still_waits_when_the_next_is_due_becomes_part_of_it(store, site):
    """No server for a day: one digest with both editions, not two."""
    publish(store, 1)
    (reader,) = add_readers(store, 1)
    deliver(store, site, now=MORNING, carrier=Sent(refusing(Fate.TEMPORARY, None, "no connection")))
    publish(store, 2)
    carrier = Sent()
    deliver(store, site, now=MORNING + DAY, carrier=carrier)
    assert [papers_in(one.content) for one in carrier.envelopes] == [{b"00010", b"00011", b"00020", b"00021"}]
    assert [one.status for one in store.deliveries.of(reader.id)] == ["sent", "skipped"]


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


def test_a_failed_digest_can_be_sent_after_the_reader_is_resumed(store, site):
    """The same run again is the same delivery, planned anew."""
    publish(store, 1)
    (reader,) = add_readers(store, 1)
    deliver(store, site, now=MORNING, carrier=Sent(refusing(Fate.PERMANENT, 550, "5.1.1 no such user")))
    resume(store, reader.id, now=MORNING + timedelta(hours=1))
    carrier = Sent()
    deliver(store, site, now=MORNING + DAY, carrier=carrier)
    assert [papers_in(one.content) for one in carrier.envelopes] == [{b"00010", b"00011"}]
    assert [(one.id, one.status) for one in store.deliveries.of(reader.id)] == [(f"{reader.id}-1", "sent")]


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


def test_a_lapsed_claim_is_sent_again_and_a_live_one_is_not_touched(store, site):
    """What another process has in hand is its own until the lease ends."""
    publish(store, 1)
    add_readers(store, 3)
    deliver(store, site, now=MORNING, limit=1, carrier=Sent())
    taken, _ = store.deliveries.claim("another", MORNING, MORNING + timedelta(minutes=1), 1)
    carrier = Sent()
    report = deliver(store, site, now=MORNING, carrier=carrier)
    assert (report.sent, report.waiting) == (1, 1)
    deliver(store, site, now=MORNING + timedelta(minutes=2), carrier=carrier)
    assert carrier.recipients[-1] == taken[0][1].address
    assert store.deliveries.of(taken[0][1].id)[0].doubts == 1


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


def test_two_processes_at_once_send_each_digest_once(store, site):
    """Two threads with stores of their own, at the same moment."""
    publish(store, 1)
    add_readers(store, 200)
    carriers = [Sent(), Sent()]

    def run(carrier):
        with Store.open(site.database_url) as own:
            deliver(own, site, now=MORNING, carrier=carrier)

    threads = [threading.Thread(target=run, args=(carrier,)) for carrier in carriers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recipients = carriers[0].recipients + carriers[1].recipients
    assert len(recipients) == len(set(recipients)) == 200


def test_a_provider_window_holds_over_restarts(tmp_path):
    """Twenty a day: twenty today, the rest when the window has moved on."""
    site = make_site(tmp_path, sending={"window_messages": 20})
    with Store.open(site.database_url) as store:
        publish(store, 1)
        add_readers(store, 50)
        reports = [
            deliver(store, site, now=MORNING + hours * timedelta(hours=1), carrier=Sent()) for hours in (0, 1, 25)
        ]
    assert [(report.sent, report.waiting) for report in reports] == [(20, 30), (0, 30), (20, 10)]


def test_a_dry_run_counts_and_stores_nothing(store, site):
    """Not even the rendered digest."""
    publish(store, 1)
    add_readers(store, 4)
    assert dry_run(store, site, now=MORNING).planned == 4
    assert store.deliveries.waiting() == (0, None)
    assert deliver(store, site, now=MORNING, carrier=Sent()).sent == 4


def test_a_test_mail_is_marked_and_not_recorded(store, site):
    """To any address, of the last edition."""
    publish(store, 1)
    carrier = Sent()
    subject = send_test(store, site, "me@example.net", now=MORNING, carrier=carrier)
    assert subject.startswith("[Test] ")
    assert carrier.recipients == ["me@example.net"]
    assert store.deliveries.waiting() == (0, None)


def test_by_default_mail_goes_into_the_outbox(store, site):
    """So that everything can be tried before there is a mail server."""
    publish(store, 1)
    add_readers(store, 2)
    assert deliver(store, site, now=MORNING).sent == 2
    assert len(list((site.root / "outbox" / "new").iterdir())) == 2
