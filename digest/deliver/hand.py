"""What a process has in hand: claimed from the ledger, handed to the carrier, recorded as the outcomes come.

Outcomes are recorded a batch at a time. A thread of its own records what a slow server leaves lying, and keeps the
claims from lapsing.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic, sleep
from types import TracebackType
from typing import Self, TypeVar

from digest.deliver.report import DeliveryReport
from digest.deliver.settling import given_back, names_no_mailbox, settlement
from digest.errors import StoreError
from digest.mail.carrier import Outcome
from digest.models import Delivery, Suppression
from digest.settings import SendingSettings
from digest.store import Store
from digest.store.deliveries import Settlement

_BATCH, _BATCH_SECONDS = 100, 0.03
"""Outcomes recorded at once, and how long the first waits for others: with what is in flight, a crash doubles these."""
_WATCH_SECONDS = 0.1
"""How often the thread looks whether something was left."""
_TRIES = 5
"""To write the ledger, before the run is given up."""


T = TypeVar("T")

_log = logging.getLogger(__name__)


class Hand:
    """The claims of one process. Entered, it records; left, it gives back what was not handed over."""

    def __init__(
        self, store: Store, rules: SendingSettings, clock: Callable[[], datetime], report: DeliveryReport
    ) -> None:
        self._store, self._ledger, self._clock, self._report = store, store.deliveries, clock, report
        self._patience = timedelta(hours=rules.retry_hours)
        self._lease = timedelta(seconds=rules.lease_seconds)
        self._claim = secrets.token_hex(8)
        self._claimed: dict[str, Delivery] = {}
        self._handed: dict[str, Delivery] = {}
        self._unwritten: list[Outcome] = []
        self._oldest = 0.0
        self._writing = threading.Lock()
        self._done = threading.Event()
        self._renewed_at = monotonic()
        self._lapses_at = float("inf")
        self._refused = 0
        """How often in a row nothing could be written."""
        self._failure: Exception | None = None
        self._watch = threading.Thread(target=self._keep_watch, name="ledger", daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._done.set()
        self._watch.join()
        self._flush()
        now = self._clock()
        if self._claimed and self._failure is None:
            self._ledger.settle([given_back(delivery, now) for delivery in self._claimed.values()], self._claim, now)
        if self._failure is not None and kind is None:
            raise self._failure

    @property
    def is_sound(self) -> bool:
        """Whether what is handed over now can be recorded: the ledger takes it, and the claims have not lapsed."""
        return self._failure is None and monotonic() < self._lapses_at

    def claim(self, most: int) -> tuple[Delivery, ...]:
        """Take up to `most` deliveries that may be tried."""
        now, began = self._clock(), monotonic()
        taken, gone = self._persevere(lambda: self._ledger.claim(self._claim, now, now + self._lease, most))
        self._report.skipped += gone
        if not self._claimed and not self._handed:
            self._renewed_at, self._lapses_at = began, began + self._lease.total_seconds()
        self._claimed |= {delivery.id: delivery for delivery in taken}
        return taken

    def hand_over(self, delivery: Delivery) -> None:
        """It goes to the carrier now: from here on it may have been sent."""
        self._handed[delivery.id] = self._claimed.pop(delivery.id)

    def record(self, outcome: Outcome) -> None:
        """Record what became of a delivery that was handed over, at once or a moment later."""
        with self._writing:
            if not self._unwritten:
                self._oldest = monotonic()
            self._unwritten.append(outcome)
        if len(self._unwritten) >= _BATCH or monotonic() - self._oldest >= _BATCH_SECONDS:
            self._flush()

    def _keep_watch(self) -> None:
        pause = self._lease.total_seconds() / 4
        while not self._done.wait(min(_WATCH_SECONDS, pause)):
            if self._unwritten and monotonic() - self._oldest >= _WATCH_SECONDS:
                self._flush()
            if monotonic() - self._renewed_at >= pause:
                self._flush(self._renew)

    def _flush(self, also: Callable[[], None] | None = None) -> None:
        """Write what is not written. A failure is kept, and raised when the hand is left."""
        with self._writing:
            try:
                if self._unwritten:
                    self._persevere(self._write)
                if also:
                    self._persevere(also)
            except Exception as failure:  # noqa: BLE001 - a thread's failure is raised where its work was asked for
                self._failure = failure

    def _persevere(self, write: Callable[[], T]) -> T:
        """Write, and try again when the database is busy or full: what is not recorded is sent twice."""
        attempt = 0
        while True:
            attempt += 1
            try:
                done = write()
            except StoreError as error:
                self._complain(error)
                if attempt == _TRIES:
                    raise
                sleep(attempt / 2)
            else:
                self._refused = 0
                return done

    def _complain(self, error: StoreError) -> None:
        """Say at once that nothing can be recorded, and again whenever it was tried twice as often."""
        self._refused += 1
        if self._refused & (self._refused - 1) == 0:
            _log.warning("%s; it is tried again, and what was sent meanwhile is recorded then", error)

    def _renew(self) -> None:
        began = monotonic()
        self._ledger.renew(self._claim, self._clock() + self._lease)
        self._renewed_at, self._lapses_at = began, began + self._lease.total_seconds()

    def _write(self) -> None:
        now, outcomes = self._clock(), self._unwritten
        settlements = [
            settlement(self._handed[outcome.id], outcome, now, patience=self._patience) for outcome in outcomes
        ]
        self._ledger.settle(settlements, self._claim, now)
        for outcome in filter(names_no_mailbox, outcomes):
            self._suppress(outcome, now)
        self._unwritten = []
        for outcome, settled in zip(outcomes, settlements, strict=True):
            self._count(settled)
            del self._handed[outcome.id]

    def _count(self, settled: Settlement) -> None:
        match settled.status:
            case "sent":
                self._report.sent += 1
            case "failed":
                self._report.failed += 1
            case _:
                self._report.deferred += 1

    def _suppress(self, outcome: Outcome, now: datetime) -> None:
        reason = f"{outcome.code} {outcome.text}".strip()
        self._store.subscribers.suppress(Suppression(address=outcome.recipient, reason=reason, at=now))
        self._report.suppressed += 1
