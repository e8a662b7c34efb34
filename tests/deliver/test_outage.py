"""`digest worker` when the database goes away under it and comes back: it waits, and goes on by itself."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from digest.deliver import deliver
from digest.store import Store
from tests.postgresql import server_in

from .test_kill import MOST_IN_FLIGHT
from .test_worker import SILENCE, everyone, make_due, queue_site, run, wait_until  # noqa: F401 - `run` is a fixture

READERS, EARLY = 600, 100


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A PostgreSQL server of one's own, to stop and start."""
    with server_in(tmp_path_factory.mktemp("own")) as server:
        yield server


def test_a_batch_outlives_the_database(tmp_path, run, database, mail_server):  # noqa: F811
    """It goes away under a worker that has mail in flight: when it is back, each reader gets the digest.

    Copies are of what was in flight, and carry the same Message-ID.
    """
    url, server, gone = database.get_uri(), mail_server(), threading.Event()
    with Store.open(url) as store:
        site = queue_site(tmp_path, url, server, lease_seconds=SILENCE)
        make_due(store, READERS)
        deliver(store, site, now=datetime.now(UTC))
    server.refuse = lambda _recipient, _attempt: None if len(server.taken) < EARLY or gone.wait(60) else "450 too late"
    worker = run("worker")
    assert server.wait_for(EARLY, 60)
    database.stop()
    gone.set()
    assert server.wait_for(EARLY + 1, 60), "nothing was taken while nothing could be recorded"
    assert len(server.taken) < READERS
    assert wait_until(lambda: "what was sent meanwhile is recorded then" in worker.said), "it waits without a word"
    database.start()
    assert wait_until(lambda: {recipient for recipient, _ in server.taken} == everyone(READERS), 60)
    with Store.open(url) as store:
        assert wait_until(lambda: store.deliveries.waiting() == (0, None))
        assert wait_until(lambda: store.queue.state(60).batches == 0)
    worker.end(signal.SIGTERM)
    assert len(server.taken) - READERS <= MOST_IN_FLIGHT
    assert len(set(server.taken)) == READERS, "a copy has another Message-ID"


def test_a_worker_outlives_the_database(tmp_path, run, database, mail_server):  # noqa: F811
    """It has nothing to do when the database goes: it says so, and sends what is planned when it is back."""
    url, server = database.get_uri(), mail_server()
    with Store.open(url) as store:
        site = queue_site(tmp_path, url, server, lease_seconds=SILENCE)
        store.queue.prepare()
        make_due(store, 3)
        worker = run("worker")
        assert wait_until(lambda: store.queue.state(60).workers == 1)
    database.stop()
    assert wait_until(lambda: "tried again in 5 seconds" in worker.said)
    database.start()
    with Store.open(url) as store:
        assert deliver(store, site, now=datetime.now(UTC)).queued == 3
        assert server.wait_for(3, 60)
        assert wait_until(lambda: store.deliveries.waiting() == (0, None))
    worker.end(signal.SIGTERM)
    assert sorted(recipient for recipient, _ in server.taken) == sorted(everyone(3))
