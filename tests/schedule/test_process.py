"""Facts about `digest run` as a process: it starts, catches up, stops when told, and two are as good as one."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.store import Store
from tests.cli.conftest import record

TIMETABLE = '[publish]\nat = "00:00"\n[feeds]\nafter = "publish"\n[deliver]\nat = "00:00"\n'


@dataclass
class Running:
    """One `digest --json run`, and the lines of its log so far."""

    process: subprocess.Popen[str]
    lines: list[dict[str, Any]]

    def until(self, what: str) -> dict[str, Any]:
        """The next line whose message holds `what`."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(json.loads(line))
            if what in self.lines[-1]["message"]:
                return self.lines[-1]
        raise AssertionError(f"it ended without saying `{what}`: {self.lines}")

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Tell it to stop; how long that took, in seconds."""
        before = time.monotonic()
        self.process.send_signal(number)
        assert self.process.stderr is not None
        self.lines += [json.loads(line) for line in self.process.stderr]
        assert self.process.wait(20) == 0
        return time.monotonic() - before


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `digest run` on the site in `tmp_path`; what still runs at the end is killed."""
    (tmp_path / "cron").mkdir()
    (tmp_path / "cron" / "schedule.toml").write_text(TIMETABLE)
    started = []

    def begin(*words: str) -> Running:
        command = [sys.executable, "-m", "digest", "--site", str(tmp_path), "--json", "run", *words]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | {"TZ": "UTC"})
        started.append(process)
        return Running(process, [])

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def missed(store, digest, write_papers):
    """A site whose scheduler was last up three days ago, with papers that wait."""
    for job in ("publish", "feeds", "deliver"):
        store.jobs.register(job, now=datetime.now(UTC) - timedelta(days=3))
    assert digest("ingest", write_papers(record(1), record(2))).code == 0
    return store


def outcomes(store: Store, job: str) -> list[str]:
    return [run.outcome for run in store.jobs.runs(job)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_waits_and_stops(start, number):
    """A site that was just made: nothing was missed, nothing runs, and it goes when told."""
    running = start()
    running.until("started with publish, feeds, deliver")
    assert running.stop(number) < 10
    assert [line["message"] for line in running.lines[1:]] == [
        "stopping; what is in flight is finished",
        "stopped",
    ]


def test_what_was_missed_is_done_once_at_the_start(start, missed, tmp_path):
    """Three days down: one edition, then its feeds, then the mail; a second start does nothing."""
    running = start()
    line = running.until("sent")
    running.stop()
    assert [line["job"] for line in running.lines if "run" in line] == ["publish", "feeds", "deliver"]
    assert isinstance(line["run"], int)
    assert [edition.number for edition in missed.editions()] == [1]
    assert (tmp_path / "public" / "index.html").exists()
    again = start()
    again.until("started")
    again.stop()
    assert outcomes(missed, "publish") == ["done", "first"]
    assert outcomes(missed, "deliver") == ["done", "first"]


def test_two_processes_are_as_good_as_one(start, missed):
    """Started together on a site that missed its edition: each job runs once."""
    both = [start(), start()]
    for running in both:
        running.until("started")
    deadline = time.monotonic() + 20
    while outcomes(missed, "deliver")[0] != "done" and time.monotonic() < deadline:
        time.sleep(0.05)
    for running in both:
        running.stop()
    for job in ("publish", "feeds", "deliver"):
        assert outcomes(missed, job) == ["done", "first"]
    assert [edition.number for edition in missed.editions()] == [1]


def test_a_source_that_never_answers_does_not_hold_it_up(start, store, tmp_path):
    """Told to stop while a source keeps it waiting: gone within 10 seconds, and the job is gone on with later."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        (tmp_path / "cron" / "schedule.toml").write_text('[ingest]\nat = "00:00"\n')
        (tmp_path / "digest.toml").write_text(
            f'sources = ["http://127.0.0.1:{deaf.getsockname()[1]}/feed"]\n[ingest]\ntimeout_seconds = 600\n'
        )
        store.jobs.register("ingest", now=datetime.now(UTC) - timedelta(days=3))
        running = start()
        connection, _ = deaf.accept()
        with connection:
            assert running.stop() < 10
    assert outcomes(store, "ingest")[0] in {"running", "interrupted"}
    lost = store.jobs.running("ingest")
    if lost is not None:
        later = lost.lease_until
        assert store.jobs.claim("ingest", due_at=later, now=later, owner="b", lease_until=later) is not None


def test_killed_in_the_middle_it_goes_on_after_the_lease(start, store, tmp_path):
    """SIGKILL during a job: the next process waits for the lease, and no longer."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        (tmp_path / "cron" / "schedule.toml").write_text('[ingest]\nat = "00:00"\n')
        (tmp_path / "digest.toml").write_text(f'sources = ["http://127.0.0.1:{deaf.getsockname()[1]}/feed"]\n')
        store.jobs.register("ingest", now=datetime.now(UTC) - timedelta(days=3))
        running = start()
        connection, _ = deaf.accept()
        running.process.kill()
        running.process.wait()
        connection.close()
        lost = store.jobs.running("ingest")
        assert timedelta() < lost.lease_until - datetime.now(UTC) <= timedelta(seconds=60)
        again = start()
        assert again.until("another process has it in hand")["job"] == "ingest"
        again.stop()


def test_once_can_be_broken_off(start, store, tmp_path):
    """Asked twice it does not wait for a source that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        (tmp_path / "digest.toml").write_text(f'sources = ["http://127.0.0.1:{deaf.getsockname()[1]}/feed"]\n')
        (tmp_path / "cron" / "schedule.toml").write_text('[ingest]\nat = "00:00"\n')
        running = start("--once", "ingest")
        connection, _ = deaf.accept()
        with connection:
            running.process.send_signal(signal.SIGINT)
            deadline = time.monotonic() + 10
            while running.process.poll() is None and time.monotonic() < deadline:
                running.process.send_signal(signal.SIGINT)
                time.sleep(0.05)
            assert running.process.wait(1) in {130, -signal.SIGINT}  # the last signal may meet it on its way out
    assert outcomes(store, "ingest") == ["running"]


def test_once_does_what_is_due_and_ends(digest, missed):
    """For a system's own scheduler: by name at once, else what was missed; exit code 1 when a job failed."""
    done = digest("--now", datetime.now(UTC).isoformat(), "run", "--once")
    assert done.code == 0
    assert "publish: edition 1, 2 papers" in done.err
    assert outcomes(missed, "feeds") == ["done", "first"]
    named = digest(
        "--now", (datetime.now(UTC) + timedelta(minutes=1)).isoformat(), "--json", "run", "--once", "publish"
    )
    assert next(json.loads(line)["message"] for line in named.err.splitlines()) == "nothing new, no edition"
    assert named.document == {"jobs": {"publish": "done"}}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "publish"), "jobs are named with --once only"),
        (("run",), "--now goes with --once only"),
        (("run", "--once", "lunch"), "`lunch` is not in the timetable"),
    ],
)
def test_what_makes_no_sense_is_refused(digest, words, said):
    """With exit code 2 and one line."""
    done = digest(*words)
    assert done.code == 2
    assert said in done.err


def test_a_wrong_timetable_is_said_at_the_start(digest, tmp_path):
    """One line with the file and the key; nothing runs."""
    (tmp_path / "cron").mkdir()
    (tmp_path / "cron" / "schedule.toml").write_text('[publish]\nat = "noon"')
    done = digest("run", "--once")
    assert done.code == 1
    assert "publish.at: `noon` is no time of day" in done.err
