"""Readers with an own order: mails of their own, the links in them, and everybody else's mail as it was."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import timedelta
from email.message import Message

import pytest

from digest.curation.digest import build_digest
from digest.deliver import deliver
from digest.deliver.planning import plan
from digest.housekeeping import housekeep
from digest.models import Mark, Preferences, Selection
from digest.press import mail_of
from digest.printing import Job, Printer
from digest.subscribe.marks import set_personal, subject_of
from digest.tokens import Tokens
from tests.builders import make_paper
from tests.store.saving import save

from .sites import MORNING, Sent, add_readers, publish

DAY = timedelta(days=1)
LINK = re.compile(r"https://papers\.example\.org/mark/([A-Za-z0-9._-]+)\?paper=(arxiv:[0-9.]+)")


def bodies(message: Message) -> list[str]:
    """Text and HTML."""
    return [part.get_payload(decode=True).decode() for part in message.get_payload()]  # type: ignore[union-attr]


def by_address(carrier: Sent) -> dict[str, Message]:
    """What was sent, by whom it was sent to."""
    return dict(zip(carrier.recipients, carrier.messages, strict=True))


def test_each_paper_has_a_link_of_the_readers_own(any_store, site):
    """Text and HTML name every paper once, by a token that is theirs and for this alone; others have none of it."""
    publish(any_store, 1)
    ada, bob = add_readers(any_store, 2)
    set_personal(any_store, ada, on=True)
    carrier = Sent()
    assert deliver(any_store, site, now=MORNING, carrier=carrier).sent == 2
    sent = by_address(carrier)
    for body in bodies(sent[ada.address]):
        links = LINK.findall(body)
        assert [paper for _, paper in links] == [make_paper(10).id, make_paper(11).id]
        claims = {Tokens.of(site).read("mark", token, now=MORNING).subscriber for token, _ in links}
        assert claims == {ada.id}
    assert not any("/mark/" in body or "More" in body for body in bodies(sent[bob.address]))


def test_the_links_lead_to_the_papers(store, site):
    """Each names a paper that can be marked."""
    publish(store, 1)
    (ada,) = add_readers(store, 1)
    save(store, make_paper(10), make_paper(11))
    set_personal(store, ada, on=True)
    carrier = Sent()
    deliver(store, site, now=MORNING, carrier=carrier)
    found = [subject_of(store, ada, name).paper.id for _, name in LINK.findall(bodies(carrier.messages[0])[1])]
    assert found == [make_paper(10).id, make_paper(11).id]


def test_others_mails_do_not_change_by_a_byte(store, site):
    """What readers without an own order share is what is rendered with nobody's marks in sight."""
    publish(store, 1)
    ada, bob, _ = add_readers(store, 3)
    set_personal(store, ada, on=True)
    carrier = Sent()
    deliver(store, site, now=MORNING, carrier=carrier)
    used = {name: store.deliveries.of(reader.id)[0].variant for name, reader in (("ada", ada), ("bob", bob))}
    shared, own = store.variant(used["bob"]), store.variant(used["ada"])
    edition = store.edition(1)
    assert shared.mail == mail_of(site, build_digest([edition], Selection(), site.topics()))
    assert (shared.reader, own.reader) == ("", ada.id)
    assert own.mail.html.count("XMARKURLX") == 2


def test_what_is_printed_beside_is_what_would_be_printed_here(store, site):
    """The mails of a run in which somebody has an order of their own, that one's and those of the others."""
    publish(store, 1)
    ada, bob = add_readers(store, 2)
    set_personal(store, ada, on=True)
    marks = (Mark(paper=make_paper(10), wish="more", at=MORNING), Mark(paper=make_paper(21), wish="less", at=MORNING))
    store.marks.save(ada.id, marks)
    assert plan(store, site, MORNING).planned == 2
    printer = Printer(site, store.edition)
    for reader, personal, given in ((ada, ada.id, marks), (bob, "", ())):
        kept = store.variant(store.deliveries.of(reader.id)[0].variant)
        job = Job(first=1, last=1, selection=Selection(personal=personal), skip_empty=False, marks=given)
        assert (kept.reader, kept.mail) == (personal, printer.proof(job).mail)


@pytest.mark.parametrize("personal", [0, 450])
def test_planning_tells_how_far_it_is(store, site, personal):
    """Readers with an own order are planned one by one, each once; where there is little to plan nothing is told."""
    publish(store, 1)
    readers = add_readers(store, 450)
    for reader in readers[:personal]:
        set_personal(store, reader, on=True)
    told: list[tuple[int, int | None]] = []
    planned = plan(store, site, MORNING, lambda done, total, _: told.append((done, total)))
    assert planned.planned == 450
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert len(told) >= personal // 50
    assert {total for _, total in told} == ({personal} if personal else set())
    assert plan(store, site, MORNING).planned == 0


def test_planning_can_be_stopped(store, site):
    """What was decided stays, the others stay due, and nothing is sent; the next run goes on."""
    publish(store, 1)
    for reader in add_readers(store, 90):
        set_personal(store, reader, on=True)
    stop, carrier = threading.Event(), Sent()
    report = deliver(store, site, now=MORNING, carrier=carrier, stop=stop, progress=lambda *_: stop.set())
    assert 0 < report.planned < 90
    assert (report.stopped, report.sent) == (True, 0)
    assert deliver(store, site, now=MORNING, carrier=carrier).sent == 90
    assert len(set(carrier.recipients)) == len(carrier.recipients) == 90


def test_mails_of_single_readers_are_forgotten(any_store, site):
    """Housekeeping drops them some days after they were dealt with, when a newer edition has come; no shared one."""
    publish(any_store, 1, 2)
    ada, bob = add_readers(any_store, 2)
    set_personal(any_store, ada, on=True)
    deliver(any_store, site, now=MORNING + DAY, carrier=Sent())
    own, shared = (any_store.deliveries.of(reader.id)[0].variant for reader in (ada, bob))
    publish(any_store, 3)
    housekeep(any_store, now=MORNING + 4 * DAY)
    assert any_store.variant(own) is not None
    assert "1 old mails of single readers" in housekeep(any_store, now=MORNING + 8 * DAY)
    assert any_store.variant(own) is None
    assert any_store.variant(shared) is not None


def test_only_the_order_is_their_own(store, site):
    """Two readers with an own order and different topics get mails of their own, with the papers they asked for."""
    publish(store, 1)
    ada, bob = add_readers(store, 2)
    store.subscribers.change(bob.id, lambda known: replace(known, preferences=Preferences(topics=("code",))))
    for reader in (ada, bob):
        set_personal(store, reader, on=True)
    carrier = Sent()
    deliver(store, site, now=MORNING, carrier=carrier)
    counts = {address: len(LINK.findall(bodies(message)[1])) for address, message in by_address(carrier).items()}
    assert counts == {ada.address: 2, bob.address: 1}
