"""Housekeeping: forget what nobody needs any more.

What ingesting gathers (signals, rejections, runs of sources) is thinned by `digest.ingest` itself, once a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from digest.store import Store
from digest.subscribe import forget_unconfirmed

_DELIVERIES = timedelta(days=90)
"""How long it can be looked up what was sent to a reader; how far they are is never forgotten."""
_JOB_RUNS = timedelta(days=60)
"""How long it can be looked up what the scheduler did."""


def housekeep(store: Store, *, now: datetime) -> str:
    """Forget sign-ups never confirmed, old deliveries and old runs of the scheduler; says how many, in one line."""
    unconfirmed = forget_unconfirmed(store, now=now)
    deliveries = store.deliveries.forget(now - _DELIVERIES)
    runs = store.jobs.remove(now - _JOB_RUNS)
    return f"{unconfirmed} unconfirmed sign-ups, {deliveries} old deliveries and {runs} old runs forgotten"
