"""Take again what was set aside: a record that was kept is parsed once more, what only its source has is read there.

A record of a file is both, as the file may have been mended since. What is accepted is forgotten; what is still refused
stays as it was. A kept record that is merely missing from its file stays too: another list may stand there now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from digest.curation.verdict import list_day
from digest.errors import SettingsError, SourceRefused
from digest.ingest.reader import Reader
from digest.ingest.tally import Tally
from digest.models import Reading, RejectedRecord, Rejection, SourceRun, Verdict
from digest.papers import refresh_topics
from digest.site import Site
from digest.sources import Progress, resolve
from digest.sources.fetch_arxiv import SOURCE as ARXIV
from digest.sources.fetch_hf import SOURCE as DAILY_PAPERS
from digest.sources.read_files import SOURCE as FILE
from digest.sources.recognise import parse
from digest.sources.source import silent
from digest.store import Store


def retry_rejected(
    store: Store, *, site: Site, now: datetime, source: str | None = None, progress: Progress = silent
) -> tuple[SourceRun, ...]:
    """Take again what was set aside (of one source); one run for each source, its `rejected` what is still refused.

    The runs are not kept: they say nothing about how the sources do today.

    Raises:
        SettingsError: a topic file is wrong.
        StoreError: the database cannot be written; what was stored before stays.
    """
    refresh_topics(store, site)
    by_source = attrgetter("source")
    records = sorted(store.rejections(source), key=by_source)
    with Reader(store, site, now=now) as reader:
        return tuple(
            _retry(store, reader, name, tuple(some), now=now, progress=progress)
            for name, some in groupby(records, key=by_source)
        )


def _retry(
    store: Store,
    reader: Reader,
    source: str,
    records: Sequence[RejectedRecord],
    *,
    now: datetime,
    progress: Progress,
) -> SourceRun:
    tally = Tally()
    accepted: list[int] = []
    for done, record in enumerate(one for one in records if one.raw):
        progress(done, len(records), source)
        if _taken(record, reader, tally):
            accepted.append(record.key)
    messages = []
    kept_elsewhere = [one for one in records if one.again and one.key not in accepted]
    for place in dict.fromkeys(one.again for one in kept_elsewhere):
        held = [one for one in kept_elsewhere if one.again == place]
        found = _read_again(place, reader, tally, on=_day(held[0]), progress=progress)
        if found.message:
            messages.append(found.message)
        else:
            accepted += _no_longer((one for one in held if not one.raw), found.rejected)
    store.forget_rejections(accepted)
    left = {one.key for one in store.rejections(source)}
    still = [one for one in records if one.key in left]
    return SourceRun(
        source=source,
        started_at=now,
        finished_at=now,
        verdict=Verdict.FRESH if tally.new or tally.updated else Verdict.QUIET,
        read=tally.read,
        new=tally.new,
        updated=tally.updated,
        unchanged=tally.unchanged,
        rejected=tuple(Rejection(record=one.record, reason=one.reason) for one in still),
        message="; ".join(messages),
    )


def _taken(record: RejectedRecord, reader: Reader, tally: Tally) -> bool:
    """Whether a record that was kept is a paper now; then it is stored, its signals as of when it was set aside."""
    reading = _reading(record)
    if not reading.papers or reading.rejected:
        return False
    tally.look_at(reading.papers)
    tally.count(reader.keep(record.source, reading.papers, at=record.rejected_at))
    return True


def _reading(record: RejectedRecord) -> Reading:
    try:
        return parse(record.raw, observed_at=record.rejected_at, source=_filed_under(record.source), on=_day(record))
    except SourceRefused:
        return Reading()


def _read_again(place: str, reader: Reader, tally: Tally, *, on: date | None, progress: Progress) -> Tally:
    try:
        source = resolve(place)
    except SettingsError as error:
        return Tally(message=str(error))
    found = reader.read(source, on=on, progress=progress)
    tally.read += found.read
    tally.new += found.new
    tally.updated += found.updated
    return found


def _no_longer(held: Iterable[RejectedRecord], still: Sequence[Rejection]) -> list[int]:
    """The keys of those that a whole reading does not set aside any more."""
    records, reasons = {one.record for one in still}, {one.reason for one in still}
    return [one.key for one in held if one.record not in records and one.reason not in reasons]


def _day(record: RejectedRecord) -> date | None:
    """The list day of a record of a daily list, which the record itself may not say."""
    return list_day(record.source, record.rejected_at.date())


def _filed_under(source: str) -> str:
    """The name the signals of a source are kept under."""
    if "://" in source:
        return source
    return {"hf": DAILY_PAPERS, "arxiv": ARXIV}.get(source.partition(":")[0].lower(), FILE)
