"""The pace of a run: the limits of `[sending]`, over restarts, and how far waiting for them goes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from digest.mail.rate import Limit, Rates, paced
from digest.models import Delivery
from digest.settings import SendingSettings
from digest.store import Store

_LONGEST_SECONDS = 60.0
"""A run does not wait longer for its turn; the next one goes on."""
_MINUTE = 60.0
_NAP_SECONDS = 0.1
"""How long it waits at once: in between, the carrier sees to what it has in flight."""


def limits_of(rules: SendingSettings) -> tuple[list[Limit], list[Limit], dict[str, list[Limit]]]:
    """For all mail together, for each domain, and for those named."""
    total = []
    if rules.per_second:
        total.append(Limit(count=rules.per_second, seconds=1.0))
    if rules.window_messages:
        total.append(Limit(count=rules.window_messages, seconds=timedelta(hours=rules.window_hours).total_seconds()))
    each = [Limit(count=rules.domain_per_minute, seconds=_MINUTE)] if rules.domain_per_minute else []
    named = {
        domain.lower(): [Limit(count=count, seconds=_MINUTE)] if count else []
        for domain, count in rules.domains.items()
    }
    return total, each, named


class Pace:
    """Lets deliveries pass as fast as they may."""

    def __init__(
        self, store: Store, rules: SendingSettings, clock: Callable[[], datetime], stop: threading.Event
    ) -> None:
        self._clock, self._stop = clock, stop
        self._rates: Rates | None = None
        self.resumes_at: datetime | None = None
        """When it goes on, where that is too far away to wait for it."""
        total, each, named = limits_of(rules)
        limits = [*total, *each, *(limit for some in named.values() for limit in some)]
        if limits:
            self._rates = Rates(total, each, named)
            longest = timedelta(seconds=max(limit.seconds for limit in limits))
            for moment, address in store.deliveries.sent(clock() - longest, max(limit.count for limit in limits)):
                self._rates.take(address.rpartition("@")[2].lower(), moment.timestamp())

    def keep(self, deliveries: Iterable[Delivery]) -> Iterator[Delivery | None]:
        """`deliveries` at this pace, and None where nothing may go.

        It ends early when it is told to stop, or would have to wait for long.
        """
        if self._rates is None:
            yield from deliveries
            return
        try:
            yield from paced(deliveries, self._rates, clock=lambda: self._clock().timestamp(), sleep=self._wait)
        except _TooLong:
            return

    def _wait(self, seconds: float) -> None:
        if seconds > _LONGEST_SECONDS:
            self.resumes_at = self._clock() + timedelta(seconds=seconds)
            raise _TooLong
        if self._stop.wait(min(seconds, _NAP_SECONDS)):
            raise _TooLong


class _TooLong(Exception):  # noqa: N818 - reads as the fact it states
    """The turn is too far away."""
