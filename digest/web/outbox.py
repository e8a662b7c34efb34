"""Sign-ups are answered at once and dealt with here, one after the other, in a thread of their own.

So the answer tells nothing about an address: neither its words nor the time it takes depend on whether the address is
known, had enough letters, or can be reached. It decides nothing; that is `digest.subscribe`.
"""

from __future__ import annotations

import heapq
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from digest.errors import CarrierUnavailable, DigestError, StoreError

_MOST = 1000
"""Jobs that may wait."""
_AGAIN = (60.0, 300.0, 1800.0)
"""Seconds until it is tried again; then it is given up, and the reader asks once more."""
_LAST_SECOND = 1.0
"""What is in hand when the time is over may still end by itself."""
_log = logging.getLogger("digest.web")


@dataclass(order=True, slots=True)
class _Job:
    at: float
    number: int
    tries: int = field(compare=False)
    work: Callable[[], None] = field(compare=False)


class Outbox:
    """Does what it is given in order.

    What fails for a time (nobody takes mail, the database is busy) is done again after each of the seconds of `again`.
    """

    def __init__(self, again: Sequence[float] = _AGAIN) -> None:
        self._again = again
        self._jobs: list[_Job] = []
        self._number = 0
        self._working = self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="digest-outbox", daemon=True)
        self._thread.start()

    def put(self, work: Callable[[], None]) -> bool:
        """Take `work` over; False when too much waits already."""
        return self._put(work, delay=0.0, tries=0)

    @property
    def waiting(self) -> int:
        """How many wait, those to be tried again included."""
        with self._changed:
            return len(self._jobs) + self._working

    def settle(self, seconds: float = 10.0) -> bool:
        """Wait until all that can be done now is done; whether that was within the time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._working and not self._is_due(), seconds)

    def close(self, seconds: float = 4.0) -> None:
        """Finish what can be done now, within the time, and stop. What was to be tried again is dropped."""
        self.settle(seconds)
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(_LAST_SECOND)

    def _put(self, work: Callable[[], None], *, delay: float, tries: int) -> bool:
        with self._changed:
            if len(self._jobs) >= _MOST or self._closing:
                return False
            self._number += 1
            heapq.heappush(self._jobs, _Job(monotonic() + delay, self._number, tries, work))
            self._changed.notify_all()
        return True

    def _is_due(self) -> bool:
        return bool(self._jobs) and self._jobs[0].at <= monotonic()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            self._do(job)
            with self._changed:
                self._working = False
                self._changed.notify_all()

    def _next(self) -> _Job | None:
        """The job that is due, as soon as one is; None when it is time to stop."""
        with self._changed:
            while not self._closing:
                if self._is_due():
                    self._working = True
                    return heapq.heappop(self._jobs)
                self._changed.wait(self._jobs[0].at - monotonic() if self._jobs else None)
        return None

    def _do(self, job: _Job) -> None:
        try:
            job.work()
        except (CarrierUnavailable, StoreError) as error:
            if job.tries < len(self._again) and self._put(job.work, delay=self._again[job.tries], tries=job.tries + 1):
                _log.warning("a sign-up waits: %s", error)
            else:
                _log.error("a sign-up is given up: %s", error)
        except DigestError as error:
            _log.error("a sign-up came to nothing: %s", error)
        except Exception:  # noqa: BLE001 - a bug in one sign-up is told and does not end the others
            _log.exception("a sign-up came to nothing")
