"""Housekeeping: forget what nobody needs any more.

What ingesting gathers (signals, rejections, runs of sources) is thinned by `digest.ingest` itself, once a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from digest.store import Store
from digest.subscribe import forget_unconfirmed

_DELIVERIES = timedelta(days=90)
"""How long it can be looked up what was sent to a reader; how far they are is never forgotten."""
_PERSONAL_MAILS = timedelta(days=4)
"""How long a mail that was rendered for one reader alone is kept after it was dealt with."""
_JOB_RUNS = timedelta(days=60)
"""How long it can be looked up what the scheduler did."""


def housekeep(store: Store, *, now: datetime) -> str:
    """Forget sign-ups never confirmed, old deliveries, mails and runs of the scheduler; says how many, in one line."""
    unconfirmed = forget_unconfirmed(store, now=now)
    deliveries = store.deliveries.forget(now - _DELIVERIES)
    mails = store.forget_variants(now - _PERSONAL_MAILS)
    runs = store.jobs.remove(now - _JOB_RUNS)
    return (
        f"{unconfirmed} unconfirmed sign-ups, {deliveries} old deliveries, {mails} old mails of single readers and "
        f"{runs} old runs forgotten"
    )
