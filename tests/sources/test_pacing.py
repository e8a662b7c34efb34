"""The pace of services: one request in so many seconds, whoever asks."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from digest.errors import SourceUnavailable
from digest.sources.pacing import Pace
from digest.sources.retry import RetryPolicy
from tests.sources.clients import patient
from tests.sources.misbehaving import (
    Server,
    answers,
    in_turn,
)


class Hours:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.now += seconds

    def read(self) -> float:
        """What it shows."""
        return self.now


@pytest.fixture
def hours() -> Hours:
    """A clock of one's own."""
    return Hours()


@pytest.fixture
def pace(tmp_path: Any, hours: Hours) -> Pace:
    """The pace of the local server."""
    return Pace(path=tmp_path / "state" / "pace", host="127.0.0.1", seconds=3.0, sleep=hours.sleep, clock=hours.read)


def test_requests_keep_three_seconds_apart(server: Server, pace: Pace, hours: Hours) -> None:
    """The first goes at once, each further one three seconds after the one before."""
    url = server.on("/", answers(b"here"))
    began = hours.now
    told: list[float] = []
    for number in range(3):
        patient(paces=(pace,)).get(url, trusted=True, on_wait=lambda seconds, _why: told.append(seconds))
        assert hours.now - began == pytest.approx(3 * number, abs=0.01)
    assert told == pytest.approx([3, 3], abs=0.01)


def test_other_hosts_are_not_paced(server: Server, pace: Pace, hours: Hours) -> None:
    """Only the hosts of the service, and those below them."""
    url = server.on("/", answers(b"here"))
    began = hours.now
    for _ in range(3):
        patient(paces=(replace(pace, host="arxiv.org"),)).get(url, trusted=True)
    assert hours.now == began
    arxiv = replace(pace, host="arxiv.org")
    assert [arxiv.covers(host) for host in ("arxiv.org", "rss.arxiv.org", "notarxiv.org")] == [True, True, False]


def test_a_retry_after_is_kept_by_all(server: Server, pace: Pace, hours: Hours) -> None:
    """When the service asks one process to wait, the next one waits as well."""
    url = server.on("/", in_turn(answers(status=503, headers={"Retry-After": "60"}), answers(b"here")))
    with pytest.raises(SourceUnavailable):
        patient(paces=(pace,), retry=RetryPolicy(attempts=1)).get(url, trusted=True)
    began = hours.now
    patient(paces=(pace,)).get(url, trusted=True)
    assert hours.now - began == pytest.approx(60, abs=0.01)


@pytest.mark.parametrize("content", [b"", b"rubbish", b"nan", b"99999999999999", b"\xff\xfe", b"inf"])
def test_a_damaged_pace_file_does_not_stop_anything(pace: Pace, hours: Hours, content: bytes) -> None:
    """What cannot be a moment, or lies impossibly far ahead, is as if there was none."""
    pace.path.parent.mkdir()
    pace.path.write_bytes(content)
    began = hours.now
    with pace.turn():
        assert hours.now == began


def test_a_pace_file_that_cannot_be_made_is_said(pace: Pace) -> None:
    """The message names the file."""
    pace.path.parent.write_text("in the way")
    with pytest.raises(SourceUnavailable, match="pace"), pace.turn():
        pass


OTHER_PROCESS = """
import sys, time
from pathlib import Path
from digest.sources.pacing import Pace

def wait(seconds):
    print("waiting", flush=True)
    time.sleep(seconds)

with Pace(path=Path(sys.argv[1]), host="arxiv.org", seconds=0.0, sleep=wait).turn():
    print("mine", flush=True)
"""


def test_turns_are_kept_across_processes(tmp_path: Path) -> None:
    """Another process waits until the turn is given back, and then has it."""
    path = tmp_path / "pace"
    with Pace(path=path, host="arxiv.org", seconds=0.0).turn():
        command = [sys.executable, "-c", OTHER_PROCESS, str(path)]
        other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert other.stdout.readline() == "waiting\n"
    rest = other.communicate(timeout=20)[0].splitlines()
    assert rest[-1] == "mine"
    assert set(rest[:-1]) <= {"waiting"}


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"STATE_DIRECTORY": "/var/lib/digest", "XDG_STATE_HOME": "/state"}, "/var/lib/digest"),
        ({"XDG_STATE_HOME": "/state", "HOME": "/home/ada"}, "/state/daily-papers-digest"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/home/ada"}, "/home/ada/.local/state/daily-papers-digest"),
    ],
)
def test_all_sites_of_a_user_share_one_pace(environment: dict[str, str], folder: str) -> None:
    """It is kept where systemd or the user's desktop says, not in a site."""
    script = "from digest.sources.pacing import service_paces; print(*(pace.path for pace in service_paces()))"
    output = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert output.stdout.split() == [f"{folder}/arxiv.org.pace", f"{folder}/huggingface.co.pace"]
