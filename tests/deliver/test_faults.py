"""Real servers, databases and disks that fail: nothing is lost, and nothing that was answered for goes out twice."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import threading
from collections import Counter
from contextlib import closing, suppress
from datetime import timedelta

import pytest

from digest.deliver import deliver
from digest.errors import StoreError
from digest.mail.carrier import Fate, outcome
from digest.store import Store

from .sites import MORNING, Sent, add_readers, make_site, publish

MANY = 5000 if "DIGEST_KILLS" in os.environ else 300
"""Readers of the test in which a disk is full."""
LATER = MORNING + timedelta(minutes=30)


@pytest.fixture
def prepared(tmp_path, mail_server):
    """A mail server, a site that sends to it, and its store with an edition."""
    server = mail_server()
    smtp = {"host": "127.0.0.1", "port": server.port, "security": "off", "sessions": 3, "hello": "localhost"}
    site = make_site(tmp_path, smtp=smtp | {"timeout_seconds": 2}, sending={"carrier": "smtp"})
    with Store.open(site.database_url, busy_seconds=0.2) as store:
        publish(store, 1)
        yield server, site, store


def test_greylisting_and_partial_refusals_are_settled_reader_by_reader(prepared):
    """Of one run some are taken, some are taken later, some never; each reader for themselves."""
    server, site, store = prepared
    readers = add_readers(store, 40)

    def refuse(recipient, attempt):
        number = int(recipient.partition("@")[0].removeprefix("reader"))
        if number % 10 == 3:
            return "550 5.1.1 no such user"
        return "450 4.2.0 greylisted" if number % 4 == 1 and not attempt else None

    server.refuse = refuse
    first = deliver(store, site, now=MORNING)
    assert (first.sent, first.deferred, first.failed, first.suppressed) == (28, 8, 4, 4)
    second = deliver(store, site, now=LATER)
    assert (second.sent, second.deferred, second.failed, second.waiting) == (8, 0, 0, 0)
    assert Counter(Counter(recipient for recipient, _ in server.taken).values()) == {1: 36}
    assert store.subscribers.counts() == {"active": 36, "suppressed": 4}
    assert store.subscribers.suppression(readers[3].address).reason == "550 5.1.1 no such user"


def test_a_connection_lost_after_the_message_is_settled_by_the_same_message_again(prepared):
    """Nobody can know whether it was taken: it is sent again under its Message-ID, and nobody else is."""
    server, site, store = prepared
    add_readers(store, 30)
    silent = {"reader4@example.com", "reader11@example.com"}
    server.silent = lambda recipient: recipient in silent and server.offered[recipient] == 1
    first = deliver(store, site, now=MORNING)
    assert (first.sent, first.deferred) == (28, 2)
    second = deliver(store, site, now=LATER)
    assert (second.sent, second.waiting) == (2, 0)
    copies = Counter(recipient for recipient, _ in server.taken)
    assert {recipient for recipient, count in copies.items() if count > 1} == silent
    assert len(set(server.taken)) == 30


def test_a_text_that_is_not_taken_now_goes_out_later_and_one_that_never_is_ends(prepared):
    """4xx after DATA is tried again for those readers alone; 5xx about the content fails and suppresses nobody."""
    server, site, store = prepared
    add_readers(store, 20)

    def refuse_text(recipient, offered):
        number = int(recipient.partition("@")[0].removeprefix("reader"))
        if number == 7:
            return "554 5.7.1 looks like spam"
        return "451 4.3.0 not now" if number % 5 == 0 and offered == 1 else None

    server.refuse_text = refuse_text
    first = deliver(store, site, now=MORNING)
    assert (first.sent, first.deferred, first.failed, first.suppressed) == (15, 4, 1, 0)
    second = deliver(store, site, now=LATER)
    assert (second.sent, second.waiting) == (4, 0)
    assert set(Counter(server.taken).values()) == {1}
    assert len(server.taken) == 19


def test_a_server_slower_than_the_patience_has_a_doubt_and_not_the_others(prepared):
    """No answer within `smtp.timeout_seconds`: that one is sent again under its Message-ID, all others once."""
    server, site, store = prepared
    add_readers(store, 12)
    slow = threading.Event()
    server.hold = lambda recipient: slow if recipient == "reader5@example.com" and not slow.is_set() else None
    first = deliver(store, site, now=MORNING)
    slow.set()
    assert (first.sent, first.deferred) == (11, 1)
    assert deliver(store, site, now=LATER).sent == 1
    copies = Counter(server.taken)
    assert {recipient for (recipient, _), count in copies.items() if count == 2} == {"reader5@example.com"}
    assert sum(copies.values()) == 13


def test_nobody_there_is_said_and_everything_waits(prepared):
    """No attempt counts against the readers; when the server is back, all goes out."""
    server, site, store = prepared
    add_readers(store, 5)
    server.kill()
    report = deliver(store, site, now=MORNING)
    assert "refused" in report.unavailable.lower()
    assert (report.sent, report.failed, report.waiting) == (0, 0, 5)
    assert deliver(store, site, now=LATER, carrier=Sent()).sent == 5


def test_a_server_without_the_tls_that_is_required_gets_nothing(tmp_path, mail_server):
    """It fails closed, before any address is named."""
    server = mail_server()
    smtp = {"host": "127.0.0.1", "port": server.port, "security": "required", "hello": "localhost"}
    site = make_site(tmp_path, smtp=smtp, sending={"carrier": "smtp"})
    with Store.open(site.database_url) as store:
        publish(store, 1)
        add_readers(store, 1)
        assert "STARTTLS" in deliver(store, site, now=MORNING).unavailable
    assert not server.offered


def test_a_locked_database_delays_the_record_and_doubles_nothing(prepared):
    """Another process holds the lock for longer than a writer waits: outcomes are kept until it lets go."""
    server, site, store = prepared
    add_readers(store, 60)
    locker = closing(sqlite3.connect(site.root / "digest.db", check_same_thread=False, isolation_level=None))
    released = threading.Event()
    with locker as other:

        def hold(_done, _total, _what):
            if not released.is_set() and not other.in_transaction:
                other.execute("PRAGMA busy_timeout = 5000")
                other.execute("BEGIN IMMEDIATE")
                threading.Timer(0.6, let_go).start()

        def let_go():
            other.execute("ROLLBACK")
            released.set()

        report = deliver(store, site, now=MORNING, progress=hold)
        released.wait(5)
    assert (report.sent, report.waiting) == (60, 0)
    assert len(server.taken) == 60


def test_a_full_disk_stops_the_run_and_loses_nobody(tmp_path):
    """The ledger cannot be written: nothing more is handed over; with room again, everyone gets it."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can make a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={3 + MANY // 300}m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        site = make_site(disk)
        with Store.open(site.database_url, busy_seconds=1) as store:
            publish(store, 1)
            add_readers(store, MANY)
            carrier = Sent()
            carrier.answer = filling(disk, carrier, after=MANY // 2)
            with pytest.raises(StoreError, match="disk is full"):
                deliver(store, site, now=MORNING, carrier=carrier)
            recorded = store.deliveries.counts(MORNING)["sent"]
            (disk / "filler").unlink()
            again = Sent()
            deliver(store, site, now=LATER, carrier=again)
            assert store.deliveries.waiting()[0] == 0
        copies = Counter([*carrier.recipients, *again.recipients])
        assert len(copies) == MANY
        assert sum(copies.values()) - MANY == len(carrier.envelopes) - recorded <= 2 * 200
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def filling(folder, carrier, *, after):
    """The carrier's answer; when it has taken so many, there is no room left on the disk of `folder`."""

    def answer(envelope):
        if len(carrier.envelopes) == after:
            with closing(sqlite3.connect(folder / "digest.db")) as connection:  # else its journal has room of its own
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            with suppress(OSError), (folder / "filler").open("wb", buffering=0) as file:
                while file.write(b"x" * 4096):
                    pass
        return outcome(envelope, Fate.ACCEPTED, "2.0.0 ok", 250)

    return answer
