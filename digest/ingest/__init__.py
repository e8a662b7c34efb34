"""Ingest: read papers from sources and remember what is new in them.

For every source: read a piece, skip the records that say nothing new, let `digest.curation` decide which are one paper
and what is known of it now, store that, and at the end judge how the reading went. A source that fails does not stop
the others; what it gave before it failed stays.

::

    reader     one source, read to its end        retry     what was set aside, taken again
    tally      what it gave, counted              states    how the sources do
    collecting how rarely garbage is looked for
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from digest.curation.fingerprint import text_mark
from digest.curation.verdict import Outcome, source_verdict
from digest.errors import SettingsError
from digest.ingest.reader import Reader
from digest.ingest.retry import retry_rejected
from digest.ingest.states import source_states
from digest.ingest.tally import Tally
from digest.models import Reading, SourceRun
from digest.papers import refresh_topics
from digest.site import Site
from digest.sources import Progress, ReadContext, Source, resolve, site_client
from digest.sources.source import silent
from digest.store import Store

__all__ = ["ingest", "probe", "retry_rejected", "source_states"]

_LONGEST_NAME = 200
_COMPARED = timedelta(days=60)
"""How far back runs are looked at for what is usual."""
_WHOLE = timedelta(days=7)
"""Older observations and runs are thinned to about one a day …"""
_REJECTIONS_KEPT = timedelta(days=90)
"""… older rejections forgotten, as nobody will look at them …"""
_RUNS_KEPT = timedelta(days=400)
"""… and older runs."""


def ingest(
    store: Store,
    sources: Sequence[str],
    *,
    site: Site,
    now: datetime,
    on: date | None = None,
    progress: Progress = silent,
) -> tuple[SourceRun, ...]:
    """Read every source and store what is new; one run for each, in order.

    `on` is the list day for sources and data that do not say it. A source string of no known form, and a source that
    does not answer, is a run with the verdict `down` and the reason as its message.

    Raises:
        SettingsError: a topic file is wrong.
        StoreError: the database cannot be written; what was stored before stays.
    """
    refresh_topics(store, site)
    with Reader(store, site, now=now) as reader:
        runs = tuple(_ingest_one(store, reader, text, now=now, on=on, progress=progress) for text in sources)
    _tidy(store, now)
    return runs


def probe(source: Source, *, site: Site, now: datetime) -> str:
    """What a source answers, in a few words; nothing is stored.

    Raises:
        SourceError: it does not answer, or nothing can be read in what it says.
    """
    client = site_client(site.settings)
    reading = next(source.read(ReadContext(client=client, now=now, settings=site.settings.ingest)), Reading())
    aside = f", {len(reading.rejected)} set aside" if reading.rejected else ""
    return f"answers; {len(reading.papers)} papers at once{aside} ({reading.form})"


def _ingest_one(
    store: Store, reader: Reader, text: str, *, now: datetime, on: date | None, progress: Progress
) -> SourceRun:
    try:
        source = resolve(text)
    except SettingsError as error:
        name, tally = text, Tally(message=str(error))
    else:
        name, tally = _called(source.name), reader.read(source, on=on, progress=progress)
    past = store.runs(name, now - _COMPARED)
    outcome = Outcome(
        source=name,
        day=on or now.date(),
        now=now,
        read=tally.read,
        new=tally.new,
        updated=tally.updated,
        rejected=len(tally.rejected),
        failed=bool(tally.message),
        newest_on=tally.newest_on,
    )
    run = SourceRun(
        source=name,
        started_at=now,
        finished_at=now,
        verdict=source_verdict(outcome, past),
        read=tally.read,
        new=tally.new,
        updated=tally.updated,
        unchanged=tally.unchanged,
        rejected=tally.rejected,
        message=tally.message,
    )
    store.save_run(run, tally.to_keep)
    return run


def _called(name: str) -> str:
    """A source's name as it is kept and shown: a list of hundreds of ids is cut, and told apart by its mark."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}… ({text_mark(name)})"


def _tidy(store: Store, now: datetime) -> None:
    """Once a day, on the first ingest: what is old takes less room."""
    today = now.date()
    if (store.tidied_on() or date.min) < today:
        store.tidy(today, old=now - _WHOLE, rejections=now - _REJECTIONS_KEPT, runs=now - _RUNS_KEPT)
