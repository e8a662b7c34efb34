"""The verb: plan, claim, send, record."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from time import monotonic

from digest.beside import has_cores
from digest.deliver.carriers import carrier_of
from digest.deliver.hand import Hand
from digest.deliver.letters import Letter, Writer
from digest.deliver.pace import Pace
from digest.deliver.planning import Planned, Progress, foresee, plan
from digest.deliver.queueing import hand_out
from digest.deliver.report import DeliveryReport
from digest.errors import CarrierUnavailable, MailError
from digest.mail.carrier import Carrier, Envelope, Fate, Outcome
from digest.mail.signing import Signatory
from digest.models import Delivery
from digest.site import Site
from digest.store import Store

_CLAIMED = 150
"""Deliveries claimed at once: few enough that the server is not done with what it has before more comes."""
_MANY = 500
"""Digests for which it is worthwhile to start a process that signs."""
_PROGRESS_SECONDS = 0.1
_JUDGED, _FEWEST = 100, 10
"""Outcomes that decide whether too many are refused, and refusals it takes at least."""


def deliver(
    store: Store,
    site: Site,
    *,
    now: datetime,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    limit: int | None = None,
    carrier: Carrier | None = None,
    batch: int | None = None,
) -> DeliveryReport:
    """Send what is due at `now`, and what was due before and is not settled.

    With `sending.queue` it plans, and the workers send: each calls it with the `batch` that it has in hand.

    `progress` is called with how many are done, how many there are, and what is being done. When `stop` is set, what is
    in flight is finished and recorded (a few seconds) and the rest, planned or not, is left for the next run. `limit`:
    hand over at most so many. `carrier`: instead of the site's.

    It is harmless at any time, in any number of processes: a run that finds nothing does nothing.

    Raises:
        StoreError: the database cannot be written; what was handed over and not recorded is sent again later.
        SettingsError, TemplateError: the site's files are wrong; nothing was sent.
    """
    began = monotonic()
    stop = stop or threading.Event()
    store = store if batch is None else store.of_batch(batch)
    report = DeliveryReport(paused=store.deliveries.paused())
    if not report.paused and batch is None and site.settings.sending.queue:
        hand_out(store, site, report, now, progress=progress, stop=stop)
    elif not report.paused:
        planned = plan(store, site, now, progress, stop=stop) if batch is None else Planned()
        report.planned, report.skipped, report.held = planned.planned, planned.skipped, planned.held
        run = _Run(store, site, report, lambda: now + timedelta(seconds=monotonic() - began), stop)
        run.send(carrier or carrier_of(site), limit, progress)
    report.stopped = stop.is_set()
    report.waiting, report.next_at = store.deliveries.waiting()
    report.seconds = monotonic() - began
    return report


def dry_run(store: Store, site: Site, *, now: datetime) -> DeliveryReport:
    """What `deliver` would plan; nothing is stored or sent. What was planned before is `waiting`."""
    planned = foresee(store, site, now)
    waiting, next_at = store.deliveries.waiting()
    return DeliveryReport(
        planned=planned.planned,
        skipped=planned.skipped,
        waiting=waiting,
        next_at=next_at,
        paused=store.deliveries.paused(),
    )


class _Run:
    """One run's sending: the supply of envelopes on one side, their outcomes on the other."""

    def __init__(
        self,
        store: Store,
        site: Site,
        report: DeliveryReport,
        clock: Callable[[], datetime],
        stop: threading.Event,
    ) -> None:
        self._store, self._site, self._report, self._clock, self._stop = store, site, report, clock, stop
        self._refusals: deque[bool] = deque(maxlen=_JUDGED)

    def send(self, carrier: Carrier, limit: int | None, progress: Progress | None) -> None:
        """Send what may be tried now, at most `limit`."""
        ready = self._store.deliveries.ready(self._clock())
        if not ready or self._stop.is_set():
            return
        writer = Writer(self._store, self._site)
        pace = Pace(self._store, self._site.settings.sending, self._clock, self._stop)
        total = ready if limit is None else min(ready, limit)
        watch = _Watch(progress, total)
        with ExitStack() as stack:
            hand = stack.enter_context(Hand(self._store, self._site.settings.sending, self._clock, self._report))
            signatory = stack.enter_context(
                Signatory(
                    writer.keys, beside=total >= _MANY and has_cores() and any(key.is_slow for key in writer.keys)
                )
            )
            letters = self._letters(hand, writer, pace.keep(self._claimed(hand, limit)))
            try:
                for answer in carrier.send(self._envelopes(hand, signatory.sign(letters))):
                    hand.record(answer)
                    self._judge(answer)
                    watch.look()
            except CarrierUnavailable as error:
                self._report.unavailable = str(error)
        self._report.resumes_at = pace.resumes_at

    def _claimed(self, hand: Hand, limit: int | None) -> Iterator[Delivery]:
        """Claimed as they are needed. They are written when their turn has come, so that they get the right date."""
        left = limit
        while left is None or left > 0:
            taken = hand.claim(_CLAIMED if left is None else min(_CLAIMED, left)) if self._goes_on(hand) else ()
            if not taken:
                return
            yield from taken
            left = None if left is None else left - len(taken)

    def _letters(self, hand: Hand, writer: Writer, deliveries: Iterator[Delivery | None]) -> Iterator[Letter | None]:
        for delivery in deliveries:
            if not self._goes_on(hand):
                return
            if delivery is None:
                yield None
                continue
            try:
                yield writer.letter(delivery, self._clock())
            except MailError as error:
                hand.hand_over(delivery)
                refused = Outcome(id=delivery.id, recipient=delivery.address, fate=Fate.PERMANENT, text=str(error))
                hand.record(refused)

    def _envelopes(self, hand: Hand, signed: Iterator[tuple[Letter, list[bytes]] | None]) -> Iterator[Envelope | None]:
        for each in signed:
            if each is None:
                yield None
                continue
            if not self._goes_on(hand):
                return
            letter, signatures = each
            hand.hand_over(letter.delivery)
            yield letter.envelope(signatures)

    def _goes_on(self, hand: Hand) -> bool:
        return hand.is_sound and not self._stop.is_set() and not self._report.paused

    def _judge(self, outcome: Outcome) -> None:
        """Pause when too many are refused for good: a wrong list or a bad name is not made better by more mail."""
        is_refusal = outcome.fate is Fate.PERMANENT and outcome.code is not None
        self._refusals.append(is_refusal)
        if not is_refusal or self._report.paused:
            return
        refused, most = sum(self._refusals), self._site.settings.sending.pause_percent
        if refused < _FEWEST or refused * 100 <= most * len(self._refusals):
            return
        self._report.paused = (
            f"{refused} of the last {len(self._refusals)} digests were refused for good, the last with: "
            f"{outcome.code} {outcome.text}"
        )
        self._store.deliveries.pause(self._report.paused)


class _Watch:
    """Tells how far it is, ten times a second at most."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total = progress, total
        self._done = 0
        self._began = self._told_at = monotonic()

    def look(self) -> None:
        """One more is done."""
        self._done += 1
        now = monotonic()
        if self._progress and (now - self._told_at >= _PROGRESS_SECONDS or self._done == self._total):
            self._told_at = now
            rate = self._done / max(now - self._began, _PROGRESS_SECONDS)
            self._progress(self._done, max(self._total, self._done), f"Sending, {rate:.0f}/s")
