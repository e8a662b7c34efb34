"""A worker that cannot send leaves what it has taken to those who can."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from digest.deliver import deliver
from digest.errors import SettingsError
from digest.site import Site
from digest.store import Store
from digest.worker import Worker

from .sites import MORNING, add_readers, make_site, publish


@pytest.fixture
def queued(postgresql_url: str) -> Iterator[Store]:
    """A PostgreSQL store with three readers who are due an edition."""
    with Store.open(postgresql_url) as opened:
        publish(opened, 1)
        add_readers(opened, 3)
        yield opened


def site_of(folder: Path, **sending: Any) -> Site:
    return make_site(folder, sending={"queue": True} | sending)


def jobs(store: Store) -> list[tuple[int, str, str | None]]:
    """Number, state and lock of every job."""
    with store._engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT id, status, lock FROM procrastinate_jobs ORDER BY id").all()
    return [(row.id, row.status, row.lock) for row in rows]


def worker(store: Store, site: Site, stop: threading.Event | None = None) -> Worker:
    return Worker(store, site, clock=lambda: MORNING, stop=stop or threading.Event())


def test_one_whose_files_are_wrong_ends_and_its_batch_is_for_others(tmp_path, queued):
    """A key that is not there: said by the end of the command, and nothing is in hand."""
    deliver(queued, site_of(tmp_path), now=MORNING)
    with pytest.raises(SettingsError, match=r"missing\.pem"):
        worker(queued, site_of(tmp_path, dkim_keys=["missing"])).run(once=True)
    assert jobs(queued) == [(1, "todo", None)]
    fit = worker(queued, site_of(tmp_path))
    fit.run(once=True)
    assert (fit.report.sent, jobs(queued)) == (3, [])


def test_one_whose_mail_server_is_away_takes_nothing_more(tmp_path, queued):
    """The batch is there for a worker with a better server, and what was not handed over may go at once."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    deliver(queued, site_of(tmp_path), now=MORNING)
    away = {"host": "127.0.0.1", "port": port, "security": "off"}
    unfit = worker(queued, make_site(tmp_path, sending={"queue": True, "carrier": "smtp"}, smtp=away))
    unfit.run(once=True)
    assert "127.0.0.1" in unfit.report.unavailable
    assert unfit.report.sent == 0
    assert jobs(queued) == [(1, "todo", None)]
    assert queued.deliveries.waiting()[0] == 3


def test_a_batch_from_before_there_was_a_limit_is_sent_under_it(tmp_path, queued):
    """It is put back with the lock of the others, and sent alone."""
    deliver(queued, site_of(tmp_path), now=MORNING)
    limited = worker(queued, site_of(tmp_path, window_messages=2))
    limited.run(once=True)
    assert limited.report.sent == 2
    assert jobs(queued) == [(1, "todo", "digest")]


def test_one_that_is_told_to_stop_at_once_takes_nothing(tmp_path, queued):
    """Nor does it register."""
    deliver(queued, site_of(tmp_path), now=MORNING)
    stop = threading.Event()
    stop.set()
    worker(queued, site_of(tmp_path), stop).run()
    assert jobs(queued) == [(1, "todo", None)]
    assert queued.queue.state(60).workers == 0


def test_a_batch_that_was_ended_by_another_is_no_bug(tmp_path, queued, caplog):
    """A worker that was silent for too long finds its job gone: it says so in one line, and takes the next."""
    deliver(queued, site_of(tmp_path), now=MORNING)
    slow = worker(queued, site_of(tmp_path))
    send = slow._send

    def send_late(context: Any) -> None:
        send(context)
        with queued._engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM procrastinate_jobs")

    slow._send = send_late
    slow.run(once=True)
    assert slow.report.sent == 3
    assert "Job was not found" in caplog.text
