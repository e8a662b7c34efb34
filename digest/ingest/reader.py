"""One source read to its end: piece by piece, each stored before the next is asked for.

How the reading went is counted, not judged; what is one paper and which field wins is `digest.curation`'s.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import ceil
from types import TracebackType
from typing import Self

from digest.assigning import Assigner
from digest.curation.clusters import unite
from digest.curation.fingerprint import record_mark, signals_mark
from digest.errors import SourceError, SourceRefused
from digest.ingest.collecting import few_collections
from digest.ingest.tally import Tally
from digest.models import Assignment, KnownPaper, Merged, Paper, Reading, Rejection
from digest.papers import assigner_of
from digest.site import Site
from digest.sources import Progress, ReadContext, Source, site_client
from digest.sources.fetch_hf import DailyPapers
from digest.sources.fetch_web import WebPage
from digest.sources.read_files import Files, StandardInput
from digest.sources.source import silent
from digest.sources.validators import Validator
from digest.store import Store

AT_ONCE = 1_000
"""Papers stored in one transaction, about: fewer cost more for the full-text index, more hold up other writers."""
_AHEAD = 250
"""Papers of files read before the ones before them are stored: meanwhile their topics can be found."""


class Reader:
    """Reads sources into one store, at one moment, until it is left.

    Its sources share one client, so also its manners, and what finds topics.
    """

    def __init__(self, store: Store, site: Site, *, now: datetime) -> None:
        self._store = store
        self._site = site
        self._now = now
        self._client = site_client(site.settings, validators=_StoredValidators(store))
        self._made: Assigner | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._made:
            self._made.__exit__(kind, error, at)

    def read(self, source: Source, *, on: date | None = None, progress: Progress = silent) -> Tally:
        """Read a source and store what is new. It never raises for a source that fails: the tally's message says so.

        `on` is the list day for sources and data that do not say it.

        Raises:
            StoreError: the database cannot be written; what was stored before stays.
        """
        context = ReadContext(
            client=self._client,
            now=self._now,
            on=on,
            settings=self._site.settings.ingest,
            progress=progress,
            contents=self._store.contents(source.name),
        )
        tally = Tally()
        try:
            with few_collections():
                for reading in self._portions(source, context):
                    tally.reject(_with_address(reading.rejected, source, context))
                    tally.look_at(reading.papers)
                    tally.pass_over(reading.unchanged)
                    for papers in _batches(reading.papers):
                        tally.count(self.keep(source.name, papers))
                    if self._made:
                        self._made.forget(reading.papers)
                    self._store.save_contents(source.name, reading.contents, self._now)
        except SourceError as error:
            tally.message = str(error)
            if isinstance(error, SourceRefused) and _is_there(source):
                tally.refused = Rejection(record=source.name, reason=tally.message, again=_address(source, context))
        return tally

    def keep(self, source: str, papers: Sequence[Paper], *, at: datetime | None = None) -> Sequence[Merged]:
        """Store what is new in `papers`, read `at` (now); a record that says what it said before is passed over."""
        at = at or self._now
        marks = {(record_mark(source, paper, at), signals_mark(paper, at)): paper for paper in papers}
        known = self._store.readings(record for record, _ in marks)
        changed = {mark: paper for mark, paper in marks.items() if known.get(mark[0]) != mark[1]}
        if not changed:
            return ()
        return self._store.save_papers(
            list(changed.values()), self._decide, self._assign, now=self._now, readings=dict(changed.keys())
        )

    def _decide(self, incoming: Sequence[Paper], known: Sequence[KnownPaper]) -> tuple[Merged, ...]:
        """Which records are one paper. Finding the topics of those of which something new is known begins."""
        decisions = unite(incoming, known, now=self._now)
        if decisions:
            self._assigner.foresee(one.paper for one in decisions)
        return decisions

    def _assign(self, papers: Sequence[Paper]) -> Sequence[tuple[Assignment, ...]]:
        return self._assigner.assign(papers)

    @property
    def _assigner(self) -> Assigner:
        """Made late: most readings have nothing new."""
        if self._made is None:
            self._made = assigner_of(self._store, self._site)
        return self._made

    def _portions(self, source: Source, context: ReadContext) -> Iterator[Reading]:
        """What a source reads, small files joined so that a folder of them does not cost a transaction each.

        A reading of any other source is kept before the next is asked for: only then may the source be told to send it
        no more (see `Source.read`).
        """
        if not isinstance(source, Files):
            yield from source.read(context)
            return
        waiting: deque[Reading] = deque()
        held = 0
        try:
            for reading in source.read(context):
                waiting.append(reading)
                held += _size(reading)
                if _is_new(reading, context):
                    self._assigner.foresee(reading.papers)
                if held >= AT_ONCE + _AHEAD:
                    portion = _taken(waiting)
                    held -= sum(map(_size, portion))
                    yield Reading.join(portion)
        except SourceError:
            yield Reading.join(waiting)
            raise
        yield Reading.join(waiting)


def _taken(waiting: deque[Reading]) -> list[Reading]:
    """The first of the readings, as many as make a portion; the others stay."""
    portion: list[Reading] = []
    while sum(map(_size, portion)) < AT_ONCE:
        portion.append(waiting.popleft())
    return portion


def _size(reading: Reading) -> int:
    return max(len(reading.papers), 1)


def _is_new(reading: Reading, context: ReadContext) -> bool:
    """Whether its papers are most likely new: nothing was ever read to its end where they come from."""
    return bool(reading.contents) and not any(content.place in context.contents for content in reading.contents)


def _with_address(rejected: Iterable[Rejection], source: Source, context: ReadContext) -> tuple[Rejection, ...]:
    """Rejections that say where they can be read again: those that cannot be kept themselves, and all of files."""
    mended = isinstance(source, Files)
    return tuple(
        one if one.again or (one.raw and not mended) else replace(one, again=_address(source, context))
        for one in rejected
    )


def _address(source: Source, context: ReadContext) -> str:
    """The source string that reads the same again, whenever and wherever it is asked; empty where nothing does."""
    if isinstance(source, StandardInput):
        return ""
    if isinstance(source, Files):
        return str(source.path.absolute())
    if isinstance(source, DailyPapers) and source.days is None:
        return f"{source.name}:{context.today}"
    return source.url if isinstance(source, WebPage) else source.name


def _is_there(source: Source) -> bool:
    """Whether a source that was refused as a whole is worth keeping in mind: a file or address, not a wrong path."""
    return isinstance(source, WebPage) or (isinstance(source, Files) and source.path.exists())


def _batches(papers: Sequence[Paper]) -> Iterator[Sequence[Paper]]:
    """About `AT_ONCE` in each, and none much smaller than the others."""
    size = ceil(len(papers) / max(round(len(papers) / AT_ONCE), 1))
    return (papers[start : start + size] for start in range(0, len(papers), max(size, 1)))


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
