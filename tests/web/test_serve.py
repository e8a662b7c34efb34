"""Facts about `digest serve` as a process."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest


@pytest.fixture
def site(published: Path, tmp_path: Path) -> Path:
    """A site of its own."""
    return Path(shutil.copytree(published, tmp_path / "site", copy_function=shutil.copy2))


def start(site: Path, *options: str) -> subprocess.Popen[str]:
    """`digest serve` on that site."""
    command = [sys.executable, "-m", "digest", "--site", str(site), "serve", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(site, number):
    """It says where, answers, sends a letter by the site's carrier, and ends within ten seconds without complaint."""
    process = start(site, "--port", "0")
    url = re.search(r"http://\S+", process.stdout.readline())[0]
    assert httpx2.get(url).status_code == 200
    assert httpx2.post(f"{url}subscribe", data={"address": "ada@example.org"}).status_code == 202
    process.send_signal(number)
    _, complaints = process.communicate(timeout=10)
    assert (process.returncode, complaints) == (0, "")
    (letter,) = (site / "outbox" / "new").iterdir()
    assert b"ada@example.org" in letter.read_bytes()


def test_a_taken_address_is_said_in_one_line(site):
    """Exit code 1 and the reason."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(site, "--port", str(taken.getsockname()[1]))
        _, complaints = process.communicate(timeout=30)
    assert process.returncode == 1
    assert complaints.startswith("digest: cannot listen on 127.0.0.1 port")
    assert complaints.count("\n") == 1
