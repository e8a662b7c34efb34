"""`digest worker` as processes: they share the work, one may be killed, and each reader gets one digest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.deliver import deliver
from digest.site import Site
from digest.store import Store
from digest.store.queue import QueueState
from digest.tokens import secret_keys

from .server import MailServer
from .sites import add_readers, make_site, publish
from .test_kill import MOST_IN_FLIGHT, SESSIONS

NOW = datetime.now(UTC)
SILENCE = 2
"""Seconds after which a worker that is killed on purpose counts as gone; the others have a minute."""


@dataclass
class Process:
    """One command that runs, and its log."""

    process: subprocess.Popen[str]
    log: Path

    def end(self, number: signal.Signals | None = None) -> str:
        """Wait until it ends (told by a signal); its standard output."""
        if number is not None:
            self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, self.said
        return out

    @property
    def said(self) -> str:
        """Its log."""
        return self.log.read_text()

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


Run = Callable[..., Process]


def queue_site(folder: Path, url: str, server: MailServer, **sending: Any) -> Site:
    """A site that leaves the sending to workers, whose mail goes to `server`."""
    smtp = {"host": "127.0.0.1", "port": server.port, "security": "off", "sessions": SESSIONS, "hello": "localhost"}
    site = make_site(folder, smtp=smtp, sending={"carrier": "smtp", "queue": True} | sending)
    toml = folder / "digest.toml"
    toml.write_text(f'database = "{url}"\n{toml.read_text()}')
    secret_keys(site)
    return Site.open(folder)


def make_due(store: Store, count: int) -> None:
    """An edition, and so many readers who should have had it."""
    then = NOW - timedelta(days=2)
    publish(store, 1, first_on=then.date())
    add_readers(store, count, then)


def everyone(count: int) -> set[str]:
    return {f"reader{number}@example.com" for number in range(count)}


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts `digest` on the site in `tmp_path`; what still runs at the end is killed."""
    started = []

    def start(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "digest", "--site", str(tmp_path), *words]
        environment = os.environ | {"TZ": "UTC"}
        log = tmp_path / f"{len(started)}.log"  # a pipe that nobody reads would hold it up
        with log.open("w") as file:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=file, text=True, env=environment)
        started.append(Process(process, log))
        return started[-1]

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def queued(postgresql_url: str) -> Iterator[Store]:
    """A fresh PostgreSQL store."""
    with Store.open(postgresql_url) as opened:
        yield opened


def doing(store: Store) -> int:
    """Jobs that a worker has in hand."""
    with store._engine.connect() as connection:
        statement = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
        return connection.exec_driver_sql(statement).scalar_one()


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Look until it is so."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_three_workers_share_the_readers_and_each_gets_one_mail(tmp_path, run, queued, postgresql_url, mail_server):
    """Each has a batch in hand before the first mail is taken; afterwards nothing is left, and nobody is there."""
    server = mail_server()
    site = queue_site(tmp_path, postgresql_url, server)
    make_due(queued, 2000)
    go = threading.Event()
    server.refuse = lambda _recipient, _attempt: None if go.wait(60) else "450 too late"
    workers = [run("worker") for _ in range(3)]
    assert '"queued": 2000' in run("--json", "send").end()
    assert wait_until(lambda: doing(queued) == 3)
    go.set()
    assert server.wait_for(2000, 60)
    assert wait_until(lambda: queued.deliveries.waiting() == (0, None))
    for worker in workers:
        worker.end(signal.SIGTERM)
        assert "400 sent, 0 deferred, 0 failed" in worker.said
    assert Counter(recipient for recipient, _ in server.taken) == dict.fromkeys(everyone(2000), 1)
    report = deliver(queued, site, now=datetime.now(UTC))
    assert (report.planned, report.queued, queued.queue.state(60)) == (
        0,
        0,
        QueueState(batches=0, deliveries=0, workers=0),
    )


def test_a_worker_that_is_killed_loses_nobody(tmp_path, run, queued, postgresql_url, mail_server):
    """SIGKILL in the middle of its job: another has it after the lease; copies are of what was in flight, same id."""
    server = mail_server()
    site = queue_site(tmp_path, postgresql_url, server, lease_seconds=SILENCE)
    make_due(queued, 900)
    deliver(queued, site, now=datetime.now(UTC))
    victim = run("worker")
    assert server.wait_for(150, 60)
    victim.kill()
    assert server.wait_until_idle(10)
    taken, sent = {recipient for recipient, _ in server.taken}, 900 - queued.deliveries.waiting()[0]
    assert len(taken) < 900
    assert 0 <= len(taken) - sent <= MOST_IN_FLIGHT
    heir = run("worker")
    assert wait_until(lambda: queued.deliveries.waiting() == (0, None))
    heir.end(signal.SIGTERM)
    assert "its worker is gone; given to another" in heir.said
    assert {recipient for recipient, _ in server.taken} == everyone(900)
    assert len(server.taken) - 900 <= len(taken) - sent
    assert len(set(server.taken)) == 900, "a copy has another Message-ID"


def test_told_to_stop_it_finishes_what_is_in_flight_and_leaves_the_rest_to_others(
    tmp_path, run, queued, postgresql_url, mail_server
):
    """Within ten seconds, nothing is in hand and the job is there for the next; nobody gets a copy."""
    server = mail_server()
    site = queue_site(tmp_path, postgresql_url, server)
    make_due(queued, 400)
    deliver(queued, site, now=datetime.now(UTC))
    worker = run("worker")
    assert server.wait_for(20, 60)
    began = time.monotonic()
    worker.end(signal.SIGTERM)
    assert time.monotonic() - began < 10
    waiting = queued.deliveries.waiting()[0]
    assert waiting == 400 - len(server.taken)
    assert waiting == 0 or doing(queued) == 0 != queued.queue.state(60).batches
    assert f'"sent": {waiting},' in run("--json", "worker", "--once").end()
    assert sorted(recipient for recipient, _ in server.taken) == sorted(everyone(400))


def test_a_limit_holds_for_all_workers_together(tmp_path, run, queued, postgresql_url, mail_server):
    """Two workers and two jobs, a hundred mails a day: a hundred go out, and the rest waits for tomorrow."""
    server = mail_server()
    site = queue_site(tmp_path, postgresql_url, server, window_messages=100)
    make_due(queued, 600)
    deliver(queued, site, now=datetime.now(UTC))
    assert queued.queue.state(60).batches == 2
    workers = [run("worker", "--once") for _ in range(2)]
    for worker in workers:
        worker.end()
    assert len(server.taken) == 100
    assert queued.queue.state(60).batches == 2
    report = deliver(queued, site, now=datetime.now(UTC))
    assert (report.planned, report.queued) == (0, 500)
