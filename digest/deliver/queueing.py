"""Planning for others: what is due is put into the queue, and workers send it (`digest.worker`)."""

from __future__ import annotations

import threading
from datetime import datetime
from functools import partial

from digest.deliver.pace import limits_of
from digest.deliver.planning import Progress, plan
from digest.deliver.report import DeliveryReport
from digest.settings import SendingSettings
from digest.site import Site
from digest.store import Store
from digest.tokens import secret_keys


def hand_out(
    store: Store,
    site: Site,
    report: DeliveryReport,
    now: datetime,
    *,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Plan what is due at `now`, and give it to the workers together with what was left of earlier batches.

    Raises:
        StoreError: there is no queue: the database is not PostgreSQL, or the extra is not installed.
        SettingsError, TemplateError: the site's files are wrong; nothing was planned.
    """
    queue, alone = store.queue, goes_alone(site.settings.sending)
    queue.prepare()
    secret_keys(site)  # made here, where it is missing: the machines of the workers have to have the same
    planned = plan(store, site, now, progress, carry_out=partial(queue.plan, alone=alone), stop=stop)
    report.planned, report.skipped, report.held = planned.planned, planned.skipped, planned.held
    queue.put(now, alone=alone)
    state = queue.state(site.settings.sending.lease_seconds)
    report.queued = state.deliveries if state else 0


def goes_alone(rules: SendingSettings) -> bool:
    """Whether one batch may be sent at a time, on all machines: nobody who sees a part can keep a limit."""
    total, each, named = limits_of(rules)
    return bool(total or each or any(named.values()))
