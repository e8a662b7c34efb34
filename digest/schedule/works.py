"""What each job does: it calls the verb and says in one line what came of it."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial

from digest.bounces import read_returned
from digest.deliver import deliver
from digest.deliver.carriers import carrier_of
from digest.errors import DigestError, MailError, SettingsError
from digest.housekeeping import housekeep
from digest.ingest import ingest
from digest.mail.mailboxes import read_imap, read_messages
from digest.models import Verdict
from digest.publish import publish
from digest.schedule.carrying import Logged
from digest.schedule.runner import Stopped, Work
from digest.schedule.watch import Tell, watch_delivery, watch_sources
from digest.site import Site
from digest.store import Store
from digest.website import write_website

_log = logging.getLogger(__name__)
WEBSITE = "public"
"""The folder of a site that feeds and pages are written to."""


def works_of(store: Store, site: Site, *, tell: Tell) -> dict[str, Work]:
    """The work of every job, by its name in the timetable; `tell` reaches the operator."""
    return {
        "ingest": partial(_ingest, store, site, tell),
        "publish": partial(_publish, store, site),
        "feeds": partial(_feeds, store, site),
        "bounces": partial(_bounces, store, site),
        "deliver": partial(_deliver, store, site, tell),
        "housekeeping": partial(_housekeeping, store),
    }


def _ingest(store: Store, site: Site, tell: Tell, now: datetime, stop: threading.Event) -> str:
    runs = ingest(store, site.sources, site=site, now=now, progress=_until(stop))
    _told(lambda: watch_sources(store, site, now=now, tell=tell))
    down = [run for run in runs if run.verdict is Verdict.DOWN]
    if runs and len(down) == len(runs):
        raise DigestError(f"no source answered; {down[0].source}: {down[0].message or 'nothing could be read'}")
    new, updated = sum(run.new for run in runs), sum(run.updated for run in runs)
    silent = f"; no answer: {', '.join(run.source for run in down)}" if down else ""
    return f"{new} new, {updated} updated, from {len(runs)} sources{silent}"


def _publish(store: Store, site: Site, now: datetime, _stop: threading.Event) -> str:
    edition = publish(store, site, now=now)
    if edition is None:
        return "nothing new, no edition"
    return f"edition {edition.number}, {len(edition.papers)} papers ({edition.verdict})"


def _feeds(store: Store, site: Site, _now: datetime, stop: threading.Event) -> str:
    done = write_website(store, site, site.root / WEBSITE, progress=_until(stop))
    return f"{len(done.written)} files written, {len(done.removed)} removed"


def _bounces(store: Store, site: Site, now: datetime, stop: threading.Event) -> str:
    place = site.settings.bounces.mailbox.get_secret_value()
    if not place:
        return "no mailbox to read (bounces.mailbox)"
    is_imap = place.startswith(("imap://", "imaps://"))
    messages = read_imap(place) if is_imap else read_messages(site.root / place)
    effects: Counter[str] = Counter()
    for read, returned in enumerate(read_returned(store, site, messages, now=now), start=1):
        effects[returned.effect or "without effect"] += 1
        _until(stop)(read, None, returned.file)
    return ", ".join(f"{count} {effect}" for effect, count in sorted(effects.items())) or "nothing came back"


def _deliver(store: Store, site: Site, tell: Tell, now: datetime, stop: threading.Event) -> str:
    report = deliver(store, site, now=now, stop=stop, carrier=Logged(carrier_of(site)))
    _told(lambda: watch_delivery(store, report, now=now, tell=tell))
    if report.stopped:
        raise Stopped
    if report.unavailable or report.paused:
        raise DigestError(report.unavailable or report.paused)
    held = f", {len(report.held)} kept back" if report.held else ""
    if site.settings.sending.queue:
        return f"{report.planned} planned, {report.skipped} skipped, {report.queued} in the queue{held}"
    return f"{report.sent} sent, {report.deferred} deferred, {report.failed} failed, {report.skipped} skipped{held}"


def _housekeeping(store: Store, now: datetime, _stop: threading.Event) -> str:
    return housekeep(store, now=now)


def _told(watch: Callable[[], None]) -> None:
    """A letter to the operator that nobody takes does not undo the work; it is tried again the next time."""
    try:
        watch()
    except (MailError, SettingsError) as error:
        _log.error("the operator could not be told: %s", error)


def _until(stop: threading.Event) -> Callable[[int, int | None, str], None]:
    """Progress that breaks off the work it watches; what was finished is kept."""

    def watch(_done: int, _total: int | None, _what: str) -> None:
        if stop.is_set():
            raise Stopped

    return watch
