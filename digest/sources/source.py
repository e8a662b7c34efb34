"""What every source is, and what it is given to read with.

A source fetches or opens, and hands the bytes to the pure parsers; it decides nothing about papers, except that arXiv
announcements the site does not want are left out here, in one place for all sources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol

from digest.models import Content, Reading
from digest.settings import IngestSettings
from digest.sources.client import MEGABYTE, Answer, Client
from digest.sources.recognise import parse, parse_in_chunks

Progress = Callable[[int, int | None, str], None]
"""Told how much is done, out of how much (None: unknown), and what is being done."""


def silent(_done: int, _total: int | None, _what: str) -> None:
    """The progress nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadContext:
    """What a source reads with.

    `on` is the list day the operator named, for sources and data that do not say it themselves; `now` is the moment
    of the observations; `contents` is what the source's places held before, by place.
    """

    client: Client
    now: datetime
    on: date | None = None
    settings: IngestSettings
    progress: Progress = silent
    contents: Mapping[int, Content] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day a daily list is asked for: the named one, else that of `now`."""
        return self.on or self.now.date()

    def get(self, url: str, *, done: int = 0, total: int | None = None, conditional: bool = False) -> Answer:
        """The answer of an address the operator gave, with every pause shown beside the progress made so far.

        Raises:
            SourceError: as `digest.sources.client.Client.get`.
        """
        return self.client.get(
            url,
            trusted=True,
            conditional=conditional,
            on_wait=lambda seconds, why: self.progress(done, total, f"waiting {seconds:.0f} s: {why}"),
        )

    def interpret(self, data: bytes, *, source: str, hint: str, on: date | None = None) -> Reading:
        """The papers in one answer, announced as the site wants them.

        Raises:
            SourceRefused: `data` is of no known form.
        """
        return self._wanted(parse(data, observed_at=self.now, source=source, on=on or self.on, hint=hint))

    def interpret_in_chunks(self, data: bytes, *, source: str, hint: str, content_type: str = "") -> Iterator[Reading]:
        """As `interpret`, for a document of any number of papers: a thousand at a time, at least one reading.

        Raises:
            SourceRefused: `data` is of no known form.
        """
        largest = self.settings.max_megabytes * MEGABYTE
        readings = parse_in_chunks(
            data,
            observed_at=self.now,
            source=source,
            on=self.on,
            hint=hint,
            content_type=content_type,
            max_bytes=largest,
        )
        yield from map(self._wanted, readings)

    def _wanted(self, reading: Reading) -> Reading:
        """Without the arXiv announcements that `[ingest] announcements` leaves out."""
        wanted = (None, *self.settings.announcements)
        papers = tuple(paper for paper in reading.papers if paper.announcement in wanted)
        return reading if len(papers) == len(reading.papers) else replace(reading, papers=papers)


class Source(Protocol):
    """Somewhere papers come from."""

    @property
    def name(self) -> str:
        """The source string it was resolved from, in its plainest spelling."""

    def read(self, context: ReadContext) -> Iterator[Reading]:
        """One reading for each answer, file or piece, in order.

        What a reading holds has been kept when the next one is asked for; only then is the source told to send it no
        more.

        Raises:
            SourceUnavailable: nobody answered, or with an error; what was yielded before still counts.
            SourceRefused: an answer or a file may not or cannot be read.
        """
