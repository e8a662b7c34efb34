"""Ingest: read papers from sources and remember what is new in them.

For every source: read a piece, skip the records that say nothing new, let `digest.curation` decide which are one paper
and what is known of it now, store that, and at the end judge how the reading went. A source that fails does not stop
the others; what it gave before it failed stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from digest.curation.clusters import unite
from digest.curation.fingerprint import record_mark, signals_mark, text_mark
from digest.curation.topics import Classifier
from digest.curation.verdict import Outcome, source_verdict
from digest.errors import SettingsError, SourceError
from digest.models import KnownPaper, Merged, Paper, Reading, Rejection, SourceRun
from digest.papers import refresh_topics
from digest.site import Site
from digest.sources import Progress, ReadContext, Source, resolve, site_client
from digest.sources.read_files import Files
from digest.sources.source import silent
from digest.sources.validators import Validator
from digest.store import Decide, Store

_AT_ONCE = 500
"""Papers stored in one transaction."""
_MOST_REJECTIONS = 1_000
"""Records set aside that are told one by one; the rest is counted."""
_LONGEST_NAME = 200
_COMPARED = timedelta(days=60)
"""How far back runs are looked at for what is usual."""


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
    decide = _decide_for(site)
    context = _context(store, site, now=now, on=on, progress=progress)
    return tuple(_ingest_one(store, text, context, decide) for text in sources)


def probe(source: Source, *, site: Site, now: datetime) -> str:
    """What a source answers, in a few words; nothing is stored.

    Raises:
        SourceError: it does not answer, or nothing can be read in what it says.
    """
    client = site_client(site.settings)
    reading = next(source.read(ReadContext(client=client, now=now, settings=site.settings.ingest)), Reading())
    aside = f", {len(reading.rejected)} set aside" if reading.rejected else ""
    return f"answers; {len(reading.papers)} papers at once{aside} ({reading.form})"


@dataclass(slots=True)
class _Tally:
    """What a source has given so far."""

    read: int = 0
    new: int = 0
    updated: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    unnamed: int = 0
    newest_on: date | None = None

    def reject(self, rejections: Sequence[Rejection]) -> None:
        room = max(_MOST_REJECTIONS - len(self.rejected), 0)
        self.rejected += rejections[:room]
        self.unnamed += len(rejections[room:])

    def look_at(self, papers: Sequence[Paper]) -> None:
        self.read += len(papers)
        days = [paper.listed_on for paper in papers if paper.listed_on]
        self.newest_on = max((*days, *([self.newest_on] if self.newest_on else ())), default=None)

    def count(self, decisions: Sequence[Merged]) -> None:
        new = sum(not decision.parts for decision in decisions)
        self.new += new
        self.updated += sum(decision.records for decision in decisions) - new

    def all_rejected(self) -> tuple[Rejection, ...]:
        rest = Rejection(record="the rest", reason=f"{self.unnamed:,} more were set aside")
        return (*self.rejected, rest) if self.unnamed else tuple(self.rejected)


def _ingest_one(store: Store, text: str, context: ReadContext, decide: Decide) -> SourceRun:
    tally, name, message = _Tally(), text, ""
    try:
        source = resolve(text)
        name = _called(source.name)
        for reading in _portions(source, context):
            tally.reject(reading.rejected)
            for papers in _batches(reading.papers):
                tally.look_at(papers)
                tally.count(_keep(store, name, papers, decide, context.now))
    except (SourceError, SettingsError) as error:
        message = str(error)
    run = _run(store, name, tally, context, message)
    store.save_run(run)
    return run


def _portions(source: Source, context: ReadContext) -> Iterator[Reading]:
    """What a source reads, small files joined so that a folder of them does not cost a transaction each.

    A reading of any other source is kept before the next is asked for: only then may the source be told to send it no
    more (see `Source.read`).
    """
    least = _AT_ONCE if isinstance(source, Files) else 0
    waiting: list[Reading] = []
    try:
        for reading in source.read(context):
            waiting.append(reading)
            if sum(len(one.papers) for one in waiting) >= least:
                yield Reading.join(waiting)
                waiting = []
    except SourceError:
        yield Reading.join(waiting)
        raise
    yield Reading.join(waiting)


def _keep(store: Store, source: str, papers: Sequence[Paper], decide: Decide, now: datetime) -> Sequence[Merged]:
    """Store what is new in `papers`; a record that says what it said before is passed over unseen."""
    marks = {(record_mark(source, paper, now), signals_mark(paper, now)): paper for paper in papers}
    known = store.readings(record for record, _ in marks)
    changed = {mark: paper for mark, paper in marks.items() if known.get(mark[0]) != mark[1]}
    if not changed:
        return ()
    return store.save_papers(list(changed.values()), decide, now=now, readings=dict(changed.keys()))


def _run(store: Store, name: str, tally: _Tally, context: ReadContext, message: str) -> SourceRun:
    outcome = Outcome(
        source=name,
        day=context.today,
        now=context.now,
        read=tally.read,
        new=tally.new,
        updated=tally.updated,
        rejected=len(tally.rejected),
        failed=bool(message),
        newest_on=tally.newest_on,
    )
    return SourceRun(
        source=name,
        started_at=context.now,
        finished_at=context.now,
        verdict=source_verdict(outcome, store.runs(name, context.now - _COMPARED)),
        read=tally.read,
        new=tally.new,
        updated=tally.updated,
        unchanged=tally.read - tally.new - tally.updated,
        rejected=tally.all_rejected(),
        message=message,
    )


def _decide_for(site: Site) -> Decide:
    """Which records are one paper, and the topics of those of which something new is known."""
    classifier: list[Classifier] = []

    def decide(incoming: Sequence[Paper], known: Sequence[KnownPaper]) -> tuple[Merged, ...]:
        decisions = unite(incoming, known)
        if decisions and not classifier:
            classifier.append(Classifier(site.topics()))  # made late: most readings decide nothing
        return tuple(replace(one, assignments=classifier[0].assign(one.paper)) for one in decisions)

    return decide


def _context(store: Store, site: Site, *, now: datetime, on: date | None, progress: Progress) -> ReadContext:
    client = site_client(site.settings, validators=_StoredValidators(store))
    return ReadContext(client=client, now=now, on=on, settings=site.settings.ingest, progress=progress)


@dataclass(frozen=True, slots=True)
class _StoredValidators:
    """What was said of the state of an address, kept in the store (`digest.sources.validators.Validators`)."""

    store: Store

    def get(self, url: str) -> Validator | None:
        etag, last_modified = self.store.validators(url)
        return Validator(etag=etag, last_modified=last_modified) if etag or last_modified else None

    def set(self, url: str, validator: Validator) -> None:
        if (validator or None) != self.get(url):
            self.store.save_validators(url, etag=validator.etag, last_modified=validator.last_modified)


def _called(name: str) -> str:
    """A source's name as it is kept and shown: a list of hundreds of ids is cut, and told apart by its mark."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}… ({text_mark(name)})"


def _batches(papers: Sequence[Paper]) -> Iterator[Sequence[Paper]]:
    return (papers[start : start + _AT_ONCE] for start in range(0, len(papers), _AT_ONCE))
