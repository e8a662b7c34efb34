"""Papers, how they are received, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from digest.models.topics import Assignment

Metric = Literal["upvotes", "comments", "github_stars"]
Announcement = Literal["new", "cross", "replace", "replace-cross"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person as the paper names them, with the organisation where the source says it."""

    name: str
    organization: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One observation of how a paper is received: `metric` had `value` at `observed_at`, as `source` told."""

    metric: Metric
    value: int
    observed_at: datetime
    source: str = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper as far as its sources describe it.

    `id` is the strongest identity known, versionless: `arxiv:2401.01234`, `doi:10.1/x`, `openreview:x`, `title:<hash>`;
    `aliases` are all identities known, `id` among them (see `digest.identity`). `signals` are the observations that
    came with it, oldest first.
    """

    id: str
    title: str
    abstract: str = ""
    abstract_version: int | None = None
    """The version the abstract is of where that is not `version` (0: unknown); set by merging only."""
    authors: tuple[Author, ...] = ()
    aliases: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    """arXiv categories, the primary one first."""
    keywords: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    summary: str | None = None
    """One line by the source (not by the authors), where it has one."""
    url: str | None = None
    pdf_url: str | None = None
    code_url: str | None = None
    project_url: str | None = None
    discussion_url: str | None = None
    thumbnail_url: str | None = None
    listed_on: date | None = None
    """The day the source's daily list showed it."""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    version: int | None = None
    """The highest version seen; 1 is the first."""
    announcement: Announcement | None = None
    withdrawn: bool = False
    venue: str | None = None
    signals: tuple[Signal, ...] = ()

    def latest(self, metric: Metric) -> int | None:
        """The newest value of `metric`: per source the last observation, of those the largest; None if never seen."""
        by_source: dict[str, Signal] = {}
        for signal in self.signals:
            if signal.metric == metric:
                known = by_source.get(signal.source)
                if known is None or signal.observed_at >= known.observed_at:
                    by_source[signal.source] = signal
        return max((signal.value for signal in by_source.values()), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPaper:
    """A paper as the store has it."""

    paper: Paper
    assignments: tuple[Assignment, ...] = ()
    first_seen_at: datetime
    edition: int | None = None
    """The number of the edition it was published in; None while it waits for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What is to be stored of a paper: the decision of `digest.curation.merge`, carried out by the store."""

    paper: Paper
    parts: tuple[str, ...] = ()
    """Ids of the stored papers that become this one; none when it is new, several when they turn out to be one."""
    news: tuple[Signal, ...] = ()
    """The observations to add to those stored."""
    records: int = 1
    """How many records it was decided from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which papers: every condition given must hold. `[since, until)` are list days."""

    text: str | None = None
    """Words, "phrases", AND, OR, NOT, over title, abstract and authors."""
    topic: str | None = None
    author: str | None = None
    organization: str | None = None
    since: date | None = None
    until: date | None = None
    sort: Literal["date", "votes", "trend"] = "date"
    limit: int | None = None
