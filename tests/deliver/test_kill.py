"""Whatever is killed, whenever: every reader has the digest, and copies are only of what was in flight.

`DIGEST_KILLS=50` runs the long version: 50 kills during one run of 5,000 readers, and ten deaths of their mail server.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.site import Site
from digest.store import Store

from .server import MailServer
from .sites import add_readers, make_site, publish

KILLS = int(os.environ.get("DIGEST_KILLS", "8"))
READERS = 100 * KILLS if "DIGEST_KILLS" in os.environ else 320
DEATHS = max(2, KILLS // 5)
"""Of the mail server."""
SESSIONS = 4
MOST_IN_FLIGHT = 2 * 100 + 4 * SESSIONS
"""Two batches of outcomes on their way to the ledger, and what the carrier has taken."""


def start(site: Site, **environment: str) -> subprocess.Popen[bytes]:
    """`digest send` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "digest", "--site", str(site.root), "--json", "send"],
        env=os.environ | {"DIGEST_SENDING__LEASE_SECONDS": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def smtp_site(folder: Path, server: MailServer, count: int) -> Site:
    """A site whose `count` readers are due now, and whose mail goes to `server`."""
    smtp = {"host": "127.0.0.1", "port": server.port, "security": "off", "sessions": SESSIONS, "hello": "localhost"}
    site = make_site(folder, smtp=smtp, sending={"carrier": "smtp"})
    yesterday = datetime.now(UTC) - timedelta(days=2)
    with Store.open(site.database_url) as store:
        publish(store, 1, first_on=yesterday.date())
        add_readers(store, count, yesterday)
    return site


def sent(site: Site) -> set[str]:
    """The addresses whose digest the ledger has as sent."""
    with closing(sqlite3.connect(site.root / "digest.db")) as connection, connection:
        rows = connection.execute(
            "SELECT address FROM deliveries JOIN subscribers ON id = subscriber WHERE deliveries.status = 'sent'"
        ).fetchall()
    connection.close()
    return {row[0] for row in rows}


def send_until_done(site: Site, readers: int) -> None:
    """Run `digest send` again and again, as a scheduler does, until all is settled."""
    for _ in range(60):
        process = start(site)
        _, said = process.communicate(timeout=120)
        assert process.returncode in {0, 3}, said
        if len(sent(site)) == readers:
            return
    raise AssertionError(f"{readers - len(sent(site))} of {readers} readers have no digest")


def test_killed_at_random_moments_nobody_is_lost_and_copies_are_of_what_was_in_flight(tmp_path, mail_server):
    """SIGKILL in any phase; copies carry the same Message-ID; a last run sends nothing."""
    server = mail_server()
    site = smtp_site(tmp_path, server, READERS)
    moments = random.Random(20261121)  # noqa: S311 - repeatable
    in_flight = 0
    for _ in range(KILLS):
        process, before = start(site), len(server.taken)
        server.wait_for(before + moments.randint(1, READERS // KILLS), moments.choice((0.2, 0.4, 0.8, 20, 20, 20)))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert server.wait_until_idle(10)
        unrecorded = {recipient for recipient, _ in server.taken[before:]} - sent(site)
        assert len(unrecorded) <= MOST_IN_FLIGHT
        in_flight += len(unrecorded)
    send_until_done(site, READERS)
    copies = Counter(recipient for recipient, _ in server.taken)
    assert len(copies) == READERS
    assert sum(copies.values()) - READERS <= in_flight
    assert len(set(server.taken)) == READERS, "a copy has another Message-ID"
    before = len(server.taken)
    process = start(site)
    process.communicate(timeout=60)
    assert (process.returncode, len(server.taken)) == (0, before)
    sys.stderr.write(f"{KILLS} kills, {READERS} readers, {in_flight} in flight, {before - READERS} copies\n")


def test_told_to_stop_it_does_not_wait_for_a_server_that_never_answers(tmp_path, mail_server):
    """SIGTERM: gone within ten seconds, what was answered for is recorded, and the rest goes out the next time."""
    server, answer = mail_server(), threading.Event()
    site = smtp_site(tmp_path, server, 30)
    server.hold = lambda _: None if len(server.taken) < 10 or answer.is_set() else answer
    process = start(site)
    assert server.wait_for(10 + SESSIONS, 30)
    before = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=20)
    assert time.monotonic() - before < 10
    assert process.returncode == 3
    assert b"gone on with by the next run" in said
    assert len(sent(site)) >= 10 - 1
    answer.set()
    let_no_one_wait(site)
    send_until_done(site, 30)
    assert len(set(server.taken)) == 30
    assert len(server.taken) - 30 <= SESSIONS + 1


def test_a_mail_server_that_dies_and_comes_back_loses_nobody(tmp_path, mail_server):
    """What was taken before is not sent again, except what it died over; as often as it dies."""
    server = mail_server()
    port, readers = server.port, READERS // 2
    site = smtp_site(tmp_path, server, readers)
    moments = random.Random(20261127)  # noqa: S311 - repeatable
    taken: list[tuple[str, str]] = []
    in_flight = 0
    for _ in range(DEATHS):
        dying, most = threading.Event(), moments.randint(1, readers // DEATHS)
        server.hold = holding(server, most, dying)
        process = start(site)
        assert server.wait_for(most, 30)
        server.kill()
        dying.set()
        out, said = process.communicate(timeout=60)
        assert process.returncode == 3, said
        assert f'"unavailable": "127.0.0.1:{port}'.encode() in out
        in_flight += len({recipient for recipient, _ in server.taken} - sent(site))
        taken += server.taken
        server = mail_server(port)
        let_no_one_wait(site)
    send_until_done(site, readers)
    everything = taken + server.taken
    assert {recipient for recipient, _ in everything} == {f"reader{number}@example.com" for number in range(readers)}
    assert len(everything) - readers <= in_flight
    assert len(set(everything)) == readers
    sys.stderr.write(f"{DEATHS} deaths, {readers} readers, {in_flight} in flight, {len(everything) - readers} copies\n")


def holding(server, most, until):
    """Answers for `most` messages; who comes later waits, so that a quick run is not over before the server dies."""
    return lambda _: None if len(server.taken) <= most else until


def let_no_one_wait(site: Site) -> None:
    """The minutes until the next try are over."""
    with closing(sqlite3.connect(site.root / "digest.db")) as connection, connection:
        connection.execute("UPDATE deliveries SET try_at = due_at WHERE try_at IS NOT NULL")
    connection.close()
