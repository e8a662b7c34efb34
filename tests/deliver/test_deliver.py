"""Plan and send: who gets what, when, and once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.deliver import deliver, dry_run, send_test
from digest.mail.carrier import Fate
from digest.models import Preferences
from digest.store import Store
from digest.subscribe import unsubscribe

from .sites import MORNING, Sent, add_readers, make_site, papers_in, publish, reader, refusing

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


def test_who_left_after_planning_gets_nothing(any_store, site):
    """Leaving is honoured at once, even for a digest that already waits."""
    publish(any_store, 1)
    first, _ = add_readers(any_store, 2)
    deliver(any_store, site, now=MORNING, carrier=Sent(refusing(Fate.TEMPORARY, 451, "later")))
    unsubscribe(any_store, first.id)
    carrier = Sent()
    report = deliver(any_store, site, now=MORNING + timedelta(hours=1), carrier=carrier)
    assert carrier.recipients == ["reader1@example.com"]
    assert report.skipped == 1


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


def test_a_mail_that_is_not_fit_is_held_until_the_template_is_mended(store, site):
    """Nobody gets it, everybody stays due, and the report says what is wrong."""
    publish(store, 1)
    add_readers(store, 3)
    template = site.root / "templates" / "email" / "digest.html"
    template.parent.mkdir(parents=True)
    template.write_text(
        '{% extends "shipped/email/digest.html" %}{% block footer %}{{ recipient }}{{ preferences_url }}{% endblock %}',
        encoding="utf-8",
    )
    report = deliver(store, site, now=MORNING, carrier=Sent())
    assert (report.planned, report.waiting) == (0, 0)
    assert "unsubscribe" in report.held[0]
    template.unlink()
    assert deliver(store, site, now=MORNING + timedelta(hours=1), carrier=Sent()).sent == 3


def test_a_dry_run_renders_nothing(store, site):
    """It counts whatever is wrong with the templates; a digest with nothing in it is skipped."""
    publish(store, 1)
    add_readers(store, 2)
    nothing = Preferences(topics=("audio",), when_empty="skip")
    store.subscribers.add([reader(7, preferences=nothing)])
    template = site.root / "templates" / "email" / "digest.html"
    template.parent.mkdir(parents=True)
    template.write_text("{% nonsense %}", encoding="utf-8")
    report = dry_run(store, site, now=MORNING)
    assert (report.planned, report.skipped) == (2, 1)


def test_old_deliveries_are_forgotten_but_each_reader_s_last(any_store, site):
    """And what was sent can be counted."""
    (reader,) = add_readers(any_store, 1)
    for number in range(1, 4):
        publish(any_store, number)
        deliver(any_store, site, now=MORNING + (number - 1) * DAY, carrier=Sent())
    assert any_store.deliveries.counts(MORNING + DAY) == {"sent": 2}
    assert any_store.deliveries.forget(MORNING + 9 * DAY) == 2
    assert [one.last for one in any_store.deliveries.of(reader.id)] == [3]
