"""How fast mail may go: limits for all, per domain and per provider window, and the order that keeps them.

Pure: time is a number of seconds that is handed in. Who sleeps until `ready_at` is the caller.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `count` messages in any `seconds`, wherever the window is laid.

    `Limit(count=500, seconds=86_400)` is a provider's daily quota, `Limit(count=1, seconds=0.1)` an even ten a second.
    """

    count: int
    seconds: float


class Window:
    """What went out under one limit. Exact: it remembers the last `count` moments."""

    def __init__(self, limit: Limit) -> None:
        self._seconds = limit.seconds
        self._taken: deque[float] = deque(maxlen=limit.count)

    def ready_at(self) -> float:
        """The earliest moment the next message may go."""
        return self._taken[0] + self._seconds if len(self._taken) == self._taken.maxlen else float("-inf")

    def take(self, moment: float) -> None:
        """One message goes at `moment`; moments come in order."""
        self._taken.append(moment)


class Rates:
    """All limits of a site: `total` for all mail together, `per_domain` for each domain, `domains` for those named.

    Before the first message, `take` is given what went out already, so that a restart does not forget a quota.
    """

    def __init__(
        self,
        total: Sequence[Limit] = (),
        per_domain: Sequence[Limit] = (),
        domains: Mapping[str, Sequence[Limit]] | None = None,
    ) -> None:
        self._total = [Window(limit) for limit in total]
        self._per_domain = tuple(per_domain)
        self._named = dict(domains or {})
        self._domains: dict[str, list[Window]] = {}

    def ready_at(self, domain: str) -> float:
        """The earliest moment a message to `domain` may go, in the caller's seconds; minus infinity: any."""
        return max(_ready_at(self._total), self.domain_ready_at(domain))

    def domain_ready_at(self, domain: str) -> float:
        """The same by the limits of `domain` alone."""
        return _ready_at(self._windows(domain))

    def take(self, domain: str, moment: float) -> None:
        """One message to `domain` goes at `moment`."""
        for window in (*self._total, *self._windows(domain)):
            window.take(moment)

    def _windows(self, domain: str) -> list[Window]:
        if domain not in self._domains:
            self._domains[domain] = [Window(limit) for limit in self._named.get(domain, self._per_domain)]
        return self._domains[domain]


class Addressed(Protocol):
    """What goes to one address."""

    @property
    def address(self) -> str:
        """Bare: `local@domain`."""


A = TypeVar("A", bound=Addressed)


def paced(
    mails: Iterable[A],
    rates: Rates,
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    held: int = 1000,
) -> Iterator[A | None]:
    """`mails` as they may go. Those of a busy domain wait, up to `held` of them, and let others pass.

    Within a domain the order stays. No more is taken than it needs to find one that may go. Where there is none,
    `sleep` is asked to wait; it may come back earlier, and then None says that still nothing may go.
    """
    supply, more = iter(mails), True
    waiting: dict[str, deque[A]] = {}
    while True:
        domain = min(waiting, key=rates.domain_ready_at, default="")
        if more and (not waiting or rates.domain_ready_at(domain) > clock()) and _count(waiting) < held:
            mail = next(supply, None)
            if mail is not None:
                waiting.setdefault(mail.address.rpartition("@")[2].lower(), deque()).append(mail)
            more = mail is not None
            continue
        if not waiting:
            return
        pause = rates.ready_at(domain) - clock()
        if pause > 0:
            sleep(pause)
            if rates.ready_at(domain) > clock():
                yield None
                continue
        rates.take(domain, clock())
        yield waiting[domain].popleft()
        if not waiting[domain]:
            del waiting[domain]


def _ready_at(windows: Iterable[Window]) -> float:
    return max((window.ready_at() for window in windows), default=float("-inf"))


def _count(waiting: Mapping[str, deque[A]]) -> int:
    return sum(map(len, waiting.values()))
