"""What the operator's page shows, gathered from the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.health import Health, health
from digest.models import Edition, RejectedRecord, Suppression
from digest.web.service import Service

_EDITIONS, _LINES = 7, 20
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The state of a site at one moment."""

    health: Health
    editions: tuple[Edition, ...]
    """The last ones, newest first."""
    waiting: int
    """Papers that wait for the next edition."""
    letters: int
    """Sign-ups that are being dealt with."""
    queue: int
    """Digests that are to be sent."""
    queue_at: datetime | None
    """When the first of them may be tried."""
    settled: Mapping[str, int]
    """Digests of the last 24 hours by what became of them."""
    paused: str
    """Why nothing is sent; empty when it is."""
    suppressions: tuple[Suppression, ...]
    """The last ones."""
    set_aside: tuple[RejectedRecord, ...]
    """The last ones."""


def overview(service: Service) -> Overview:
    """How the site is doing."""
    store, now = service.store, service.now
    last = store.last_edition()
    first = max(1, last.number - _EDITIONS + 1) if last else 1
    queue, queue_at = store.deliveries.waiting()
    return Overview(
        health=health(store, service.site, now),
        editions=tuple(reversed(tuple(store.editions(first=first)))),
        waiting=len(store.unpublished()),
        letters=service.outbox.waiting,
        queue=queue,
        queue_at=queue_at,
        settled=store.deliveries.counts(now - _DAY),
        paused=store.deliveries.paused(),
        suppressions=store.subscribers.suppressions()[:_LINES],
        set_aside=store.rejections()[:_LINES],
    )
