"""Hugging Face's Daily Papers, by day: https://huggingface.co/docs/hub/api#get-apidailypapers.

A week or a month is read day by day, although the API knows them: its weeks end with number 52, and a failure in the
middle loses no day that was read. It does not look into the records.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from digest.models import Reading
from digest.sources.addresses import shown
from digest.sources.source import ReadContext

SOURCE = "hf"
"""What its signals are filed under, whichever day was asked for."""
PAGE_SIZE = 100
"""Records asked for at once, the most the API gives; it may give fewer."""
MAX_PAGES = 50
"""Longest list that is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyPapers:
    """The lists of `days`; None: of today."""

    name: str
    days: tuple[date, ...] | None = None

    def read(self, context: ReadContext) -> Iterator[Reading]:
        """One reading a page. Days that have not come yet are not asked for.

        Raises:
            SourceError: as `Source.read`.
        """
        days = self.days if self.days is not None else (context.today,)
        due = days if len(days) == 1 else tuple(day for day in days if day <= context.now.date())
        for done, day in enumerate(due):
            context.progress(done, len(due), f"Daily Papers of {day}")
            yield from _pages(day, context, done, len(due))


def _pages(day: date, context: ReadContext, done: int, total: int) -> Iterator[Reading]:
    """The pages of one day, up to the first that is shorter than the first one, or has nothing the others had not.

    The first page's length is the only honest measure of a full page: what is asked for may be capped, at 50 or 100.
    """
    seen: set[str] = set()
    full = 0
    for page in range(MAX_PAGES):
        query = urlencode({"date": f"{day:%Y-%m-%d}", "limit": PAGE_SIZE, "p": page})
        url = f"{context.settings.hf_url}?{query}"
        reading = _reading(context.get(url, done=done, total=total).data, url, day, context)
        known = len(seen)
        seen.update(paper.id for paper in reading.papers)
        seen.update(rejection.record for rejection in reading.rejected)
        if page and len(seen) == known:
            return
        yield reading
        size = len(reading.papers) + len(reading.rejected)
        full = full or size
        if size == 0 or size < full:
            return


def _reading(data: bytes, url: str, day: date, context: ReadContext) -> Reading:
    if data.strip() == b"[]":
        return Reading(form="daily-papers")
    return context.interpret(data, source=SOURCE, hint=shown(url), on=day)
