"""A long span cut into sources of one day each, so that a backfill can record each day and go on after a break.

It neither reads nor records; the verb does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from digest.errors import SettingsError
from digest.sources.fetch_arxiv import DAY_RESULTS, ArxivAnnouncements, ArxivHarvest, ArxivSearch
from digest.sources.fetch_hf import DailyPapers
from digest.sources.source import Source
from digest.sources.source_strings import days_between, resolve

_ARCHIVES = frozenset(
    {"astro-ph", "cond-mat", "cs", "econ", "eess", "math", "nlin", "physics", "q-bio", "q-fin", "stat"}
)
"""The archives that are divided into subjects (https://arxiv.org/category_taxonomy)."""


def days(text: str, since: date, until: date) -> Sequence[tuple[date, Source]]:
    """The days of `[since, until)`, oldest first, each with the source of that day. The names are stable.

    arXiv's announcement feeds know only today: past days of categories are searched by the day of submission.

    Raises:
        SettingsError: `text` is no source or one without a past, or the span is empty.
    """
    if until <= since:
        raise SettingsError(f"there is no day from {since} to {until}; the last day is not included")
    source = resolve(text)
    return tuple((day, _of_day(source, day)) for day in days_between(since, until))


def _of_day(source: Source, day: date) -> Source:
    if isinstance(source, DailyPapers) and source.days is None:
        return DailyPapers(name=f"hf:{day}", days=(day,))
    if isinstance(source, ArxivHarvest) and source.since is None:
        after = day + timedelta(days=1)
        return ArxivHarvest(name=f"{source.name}/{day}/{after}", subset=source.subset, since=day, until=after)
    if isinstance(source, ArxivAnnouncements):
        categories = " OR ".join(f"cat:{_with_subjects(name)}" for name in source.categories.split("+"))
        return _search(categories, day)
    if isinstance(source, ArxivSearch):
        return _search(source.query, day)
    raise SettingsError(f"`{source.name}` has no past that could be read day by day; hf and arxiv:… have")


def _with_subjects(category: str) -> str:
    """As arXiv's search wants it: an archive that has subjects is found by those alone."""
    return f"{category}.*" if category in _ARCHIVES else category


def _search(query: str, day: date) -> ArxivSearch:
    """A search within one day of submission (GMT, both ends included, to the minute)."""
    dated = f"({query}) AND submittedDate:[{day:%Y%m%d}0000 TO {day:%Y%m%d}2359]"
    return ArxivSearch(name=f"arxiv:search:{dated}", query=dated, limit=DAY_RESULTS)
