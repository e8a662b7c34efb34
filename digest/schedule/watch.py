"""Tell the operator, once, of what needs a hand: a source that is dead, mail that is kept back.

Readers learn of a dead source from the footer of the digest: the edition carries each source's verdict.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from digest.deliver import DeliveryReport
from digest.ingest import source_states
from digest.models import SourceState, Verdict
from digest.site import Site
from digest.store import Store

Tell = Callable[[str, str, datetime], None]
"""Sends a subject and a text to the operator, as of a moment."""

_FAILING = (Verdict.DOWN, Verdict.PARTIAL)
_LOOKED_BACK = timedelta(days=60)
_log = logging.getLogger(__name__)


def watch_sources(store: Store, site: Site, *, now: datetime, tell: Tell) -> None:
    """Tell of every source that did not answer whole for `ingest.dead_after_hours`, and of those that do again.

    Raises:
        MailError: the operator could not be told; it is tried again the next time.
    """
    longest = timedelta(hours=site.settings.ingest.dead_after_hours)
    for state in source_states(store, site.sources, now=now):
        subject = f"source {state.source}"
        since = silent_since(store, state, now)
        if since is not None and now - since >= longest:
            if not store.jobs.is_told(subject):
                _log.error("has not answered since %s", f"{since:%Y-%m-%d %H:%MZ}", extra={"source": state.source})
                tell(f"{state.source} does not answer", _death_notice(state, since, now), now)
                store.jobs.set_told(subject, now=now)
        elif since is None and store.jobs.is_told(subject):
            _log.warning("answers again", extra={"source": state.source})
            tell(f"{state.source} answers again", f"The source {state.source} answers again; all is well.\n", now)
            store.jobs.unset_told(subject)


def watch_delivery(store: Store, report: DeliveryReport, *, now: datetime, tell: Tell) -> None:
    """Tell of mail that is kept back and of a pause, and no more once they have passed.

    Raises:
        MailError: as `watch_sources`.
    """
    for subject, said in (
        ("digests are kept back", "\n\n".join(report.held)),
        (
            "nothing is sent any more",
            f"{report.paused}\n\n`digest send --resume` lets it go on." if report.paused else "",
        ),
    ):
        if not said:
            store.jobs.unset_told(subject)
        elif not store.jobs.is_told(subject):
            _log.error("%s: %s", subject, said)
            tell(subject, f"{said}\n", now)
            store.jobs.set_told(subject, now=now)


def silent_since(store: Store, state: SourceState, now: datetime) -> datetime | None:
    """When a source that fails last answered whole, or was first asked in vain; None while it answers."""
    if state.last is None or state.last.verdict not in _FAILING:
        return None
    if state.last_success_at is not None:
        return state.last_success_at
    return min((run.started_at for run in store.runs(state.source, now - _LOOKED_BACK)), default=state.last.started_at)


def _death_notice(state: SourceState, since: datetime, now: datetime) -> str:
    said = state.last.message if state.last and state.last.message else "nothing that could be read"
    hours = (now - since) // timedelta(hours=1)
    return (
        f"The source {state.source} has not answered whole for {hours} hours, since {since:%d %B %Y, %H:%M} UTC.\n"
        f"What it said last: {said}\n\n"
        f"Editions are closed without it, and say so. `digest ingest {state.source}` tries it now;\n"
        "when it is gone for good, take it out of `sources` in digest.toml.\n"
    )
