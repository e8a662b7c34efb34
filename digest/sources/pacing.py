"""One request in so many seconds, held across every process of a user.

arXiv asks for no more than one request in three seconds and one connection at a time, over all its interfaces
(https://info.arxiv.org/help/api/tou.html#rate-limits); Hugging Face gives 500 answers in five minutes to who does not
log in (https://huggingface.co/docs/hub/rate-limits). A lock file makes processes take turns; the moment written in it
says from when on the next may ask. It does not make requests.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from digest.errors import SourceUnavailable

PACES = {"arxiv.org": 3.0, "huggingface.co": 0.7}
"""The seconds between two requests that each service is given."""
_POLL_SECONDS = 0.05
_LONGEST_SECONDS = 600.0
"""Longest wait for one's turn. A moment further ahead is no promise but a clock that was set back."""


def state_folder() -> Path:
    """Where a service, or a user's programs, keep what must outlive them.

    `$STATE_DIRECTORY` is systemd's (systemd.exec(5)), `$XDG_STATE_HOME` the XDG Base Directory Specification's.
    """
    if given := os.environ.get("STATE_DIRECTORY", "").partition(":")[0]:
        return Path(given)
    root = os.environ.get("XDG_STATE_HOME", "")
    root = root if root.startswith("/") else os.path.expanduser("~/.local/state")  # noqa: PTH111 - also for who has no home
    return Path(root) / "daily-papers-digest"


def service_paces(folder: Path | None = None) -> tuple[Pace, ...]:
    """The paces of all services that have one, kept in `folder` (None: `state_folder`)."""
    folder = folder or state_folder()
    return tuple(Pace(path=folder / f"{host}.pace", host=host, seconds=seconds) for host, seconds in PACES.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The turns at one service.

    Args:
        path: the lock file; its folder is made when it is missing.
        host: the service's domain; its subdomains belong to it.
        seconds: the least time between the starts of two requests.
        sleep: waits.
        clock: the seconds since the epoch, which all processes of a machine share.
    """

    path: Path
    host: str
    seconds: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time

    def covers(self, host: str) -> bool:
        """True when `host` belongs to the service."""
        return host == self.host or host.endswith(f".{self.host}")

    @contextmanager
    def turn(self, on_wait: Callable[[float], None] = lambda _: None) -> Iterator[None]:
        """Wait for one's turn, and keep it while the block runs. `on_wait` is told the seconds before they pass.

        Raises:
            SourceUnavailable: the lock file cannot be used, or others kept the turn for ten minutes.
        """
        with self._open() as file:
            self._lock(file)
            wait = min(self._free_at(file) - self.clock(), _LONGEST_SECONDS)
            if wait > 0:
                on_wait(wait)
                self.sleep(wait)
            self._write(file, self.clock() + self.seconds)
            yield

    def hold(self, seconds: float) -> None:
        """Nobody's turn comes for `seconds` from now: the service asked for it.

        Raises:
            SourceUnavailable: as `turn`.
        """
        with self._open() as file:
            self._lock(file)
            self._write(file, max(self._free_at(file), self.clock() + seconds))

    @contextmanager
    def _open(self) -> Iterator[FileIO]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise SourceUnavailable(
                f"{self.path}: the pace of {self.host} cannot be kept there ({error.strerror}); "
                "let XDG_STATE_HOME name a folder that can be written to"
            ) from error
        with FileIO(handle, "r+") as file:
            yield file

    def _lock(self, file: FileIO) -> None:
        waited = 0.0
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if waited >= _LONGEST_SECONDS:
                    raise SourceUnavailable(f"{self.path}: other processes kept the turn for ten minutes") from error
                self.sleep(_POLL_SECONDS)
                waited += _POLL_SECONDS
            else:
                return

    def _free_at(self, file: FileIO) -> float:
        file.seek(0)
        try:
            moment = float(file.read(64))
        except ValueError:
            return 0.0
        return moment if moment - self.clock() <= _LONGEST_SECONDS else 0.0

    def _write(self, file: FileIO, moment: float) -> None:
        file.seek(0)
        file.truncate()
        file.write(f"{moment:.3f}\n".encode("ascii"))
