"""The vocabulary: frozen values that every room speaks in.

Moments (`*_at`) are aware UTC datetimes; days (`*_on`) are calendar dates. A value holds facts and small questions
about itself; what to do with it is decided in `digest.curation`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

OTHER = "other"
"""The topic of a paper that fits none of the site's topics."""

Metric = Literal["upvotes", "comments", "github_stars"]
Announcement = Literal["new", "cross", "replace", "replace-cross"]
Reason = Literal["new", "late", "revised", "rising"]


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
class Rejection:
    """A record that was set aside: a short piece of it to recognise it by, and the reason one can act on."""

    record: str
    reason: str
    raw: bytes = b""
    """The record itself, as something `digest.sources.recognise.parse` reads; empty where it cannot stand alone."""
    again: str = ""
    """The source that has it, where it cannot stand alone: to read it once more is to read that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one answer, file or stream of a source held."""

    papers: tuple[Paper, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    form: str = "unknown"
    """The form it was recognised as, such as `daily-papers` or `arxiv-atom`."""

    @staticmethod
    def join(readings: Iterable[Reading]) -> Reading:
        """One reading of several, in order (the pages of a list, the files of a folder)."""
        parts = tuple(readings)
        return Reading(
            papers=tuple(paper for part in parts for paper in part.papers),
            rejected=tuple(rejection for part in parts for rejection in part.rejected),
            form=parts[0].form if parts else "unknown",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRecord:
    """A record set aside, as the store keeps it: which source gave it, and when it first did."""

    key: int
    """What the store knows it by."""
    source: str
    rejected_at: datetime
    record: str
    reason: str
    raw: bytes = b""
    again: str = ""
    """Both as in `Rejection`; neither, when it was too large or has been kept too long."""


class Verdict(enum.StrEnum):
    """How far a source, or an edition, can be trusted to be whole. Ordered from good to bad."""

    FRESH = "fresh"
    """New papers, about as many as that weekday usually has."""
    QUIET = "quiet"
    """It answered and had nothing new, which happens on such a day."""
    HOLIDAY = "holiday"
    """No list is made on this day (weekend, or an announced pause)."""
    PARTIAL = "partial"
    """It answered with clearly less than that weekday usually has, or broke off."""
    STALE = "stale"
    """It answered with what it had said before although a new list was due."""
    DOWN = "down"
    """It did not answer, or with nothing that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What decides by itself that a paper belongs to a topic. Words are matched whole, case-insensitively."""

    categories: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    min_upvotes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One file of `feeds/`: a section of the digest, a feed, a page."""

    slug: str
    title: str
    description: str = ""
    order: int = 100
    rules: Rules = field(default_factory=Rules)
    examples: tuple[str, ...] = ()
    """Ids of papers that belong to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A paper's belonging to a topic; the first of a paper's assignments is its primary one."""

    topic: str
    confidence: float
    """0 to 1."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A paper's place in the order of the day, with the line that explains it."""

    value: float
    why: str


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
    assignments: tuple[Assignment, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRun:
    """One attempt to read one source."""

    source: str
    started_at: datetime
    finished_at: datetime
    verdict: Verdict
    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: tuple[Rejection, ...] = ()
    message: str = ""
    """What went wrong, in one line; empty when nothing did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How a source does: its last run, when it last answered whole, what it usually has, when it has something next."""

    source: str
    last: SourceRun | None = None
    """None: it was never read."""
    last_success_at: datetime | None = None
    """When it last answered, and not in part."""
    usual: float | None = None
    """Papers it usually has on this weekday; None when too little is known."""
    due_at: datetime | None = None
    """When a daily list is next expected to be out; None: whenever it is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionPaper:
    """A paper as an edition recorded it: never changed afterwards, whatever is learned later."""

    paper: Paper
    assignments: tuple[Assignment, ...]
    score: Score
    reason: Reason = "new"
    previous: int | None = None
    """The edition it was first in, for a paper that came back (`rising`, `revised`)."""

    @property
    def topic(self) -> str:
        """The slug of its primary topic."""
        return self.assignments[0].topic if self.assignments else OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Emerging:
    """A phrase that rose within a week against the weeks before."""

    phrase: str
    """Words as `digest.curation.words` spells them: small letters, singular."""
    papers: tuple[str, ...]
    """The ids of the week's papers that have it, those with it in their title first."""
    before: int
    """How many papers of the weeks before had it."""
    surprise: float
    """How unlikely that is by chance: the log-likelihood ratio (see `digest.curation.emerging`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The papers first seen since the edition before, closed and numbered. Immutable."""

    number: int
    closed_at: datetime
    dated_on: date
    """The calendar date of `closed_at` in the site's zone."""
    verdict: Verdict
    papers: tuple[EditionPaper, ...]
    """Best first."""
    verdicts: tuple[tuple[str, Verdict], ...] = ()
    """Per source."""
    note: str = ""
    """The curator's note, Markdown."""
    withdrawn: tuple[str, ...] = ()
    """Ids of papers of earlier editions that were withdrawn since the edition before: later digests leave them out."""
    emerging: tuple[Emerging, ...] = ()
    """What rose in the week up to it and no edition of that week has named yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What one reader asked for. The default asks for everything."""

    topics: tuple[str, ...] = ()
    """Slugs; empty means all, unless searches or authors are given."""
    searches: tuple[str, ...] = ()
    """Search texts: papers that match one of them come too."""
    authors: tuple[str, ...] = ()
    """Names: papers by one of them come too."""
    max_papers: int | None = None
    min_upvotes: int = 0
    personal: str = ""
    """The id of the reader whose marks order the sections; empty: nobody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One topic's papers within a digest, best first. `Rising` is a section of its own."""

    slug: str
    title: str
    papers: tuple[EditionPaper, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A run of consecutive editions narrowed to a selection, ranked and grouped."""

    first: int
    last: int
    """The run's editions, both included."""
    since_on: date
    dated_on: date
    """The dates of the first and of the last edition of the run."""
    closed_at: datetime
    verdict: Verdict
    """Of the last edition, as are `verdicts`."""
    verdicts: tuple[tuple[str, Verdict], ...] = ()
    selection: Selection
    sections: tuple[Section, ...]
    left_out: int = 0
    """Papers that match but fell to `Selection.max_papers`."""
    note: str = ""
    emerging: tuple[Emerging, ...] = ()
    """What rose, as its editions recorded it, where the digest has a paper of it; newest first."""

    @property
    def papers(self) -> tuple[EditionPaper, ...]:
        """All papers, section by section."""
        return tuple(paper for section in self.sections for paper in section.papers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A rendered digest before it is addressed to anyone. Personal places are placeholders of `digest.render.email`."""

    subject: str
    preheader: str
    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One rendered digest, stored: what is previewed, sent and shown on the web are these same bytes."""

    key: str
    """Digest of the run and the selection: readers with the same key share it."""
    first: int
    last: int
    mail: Mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a reader said of a paper: that they want more like it, or less."""

    paper: Paper
    """As far as its words go: id, title and abstract."""
    wish: Literal["more", "less"]
    at: datetime


Status = Literal["pending", "active", "paused", "unsubscribed", "suppressed"]
"""`pending` has not confirmed; `suppressed` may not be written to (see `Suppression`). Only `active` gets mail."""
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `date.weekday()`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a reader wants, and when."""

    topics: tuple[str, ...] = ()
    """Slugs; empty means all, unless searches or authors are given."""
    searches: tuple[str, ...] = ()
    """As `Query.text`: papers that match one of them come too."""
    authors: tuple[str, ...] = ()
    """Names: papers by one of them come too."""
    cadence: Literal["daily", "weekdays", "weekly", "monthly"] = "daily"
    weekdays: tuple[Weekday, ...] = ()
    """The days of `weekdays` (none: Monday to Friday) or the day of `weekly` (none: Monday)."""
    hour: int = 7
    """0 to 23, in `zone`."""
    zone: str = "UTC"
    """An IANA time zone."""
    max_papers: int | None = None
    min_upvotes: int = 0
    when_empty: Literal["skip", "say"] = "skip"
    """Whether a digest without papers is sent."""
    pause_until: date | None = None
    """The first day, in `zone`, on which digests come again."""
    personal: str = ""
    """The reader's own id when they want sections ordered by what they marked; empty: they do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A reader."""

    id: str
    """Random and never used again; says nothing about the reader. Lower-case letters and digits."""
    address: str
    """`local@domain`, the domain in A-labels."""
    status: Status
    preferences: Preferences = field(default_factory=Preferences)
    watermark: int = 0
    """The last edition delivered: the next digest starts after it."""
    created_at: datetime
    confirmed_at: datetime | None = None
    """When they consented to get mail."""
    source: str = "web"
    """Where the consent was given: `web`, `operator`, or what an imported list says."""
    epoch: int = 0
    """Links made in an earlier epoch are revoked."""
    schedule_since: datetime | None = None
    """From when their schedule counts: it was set then, or they came back. Earlier moments are not caught up."""
    last_delivered_at: datetime | None = None
    """The last delivery moment that was dealt with: the moment by schedule, not that of sending."""
    next_at: datetime | None = None
    """The next delivery moment; None while none is to come."""

    @property
    def needs_smtputf8(self) -> bool:
        """Whether the address has letters only servers with SMTPUTF8 (RFC 6531) take."""
        return not self.address.isascii()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """An address that may not be written to, and why (`complaint`, `550 5.1.1 no such user`)."""

    address: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One digest on its way to one reader: the editions `first` to `last`, due at `due_at`."""

    id: str
    """Made of reader and edition (`READER-LAST`): a second plan of the same digest is the same delivery."""
    subscriber: str
    address: str
    epoch: int = 0
    """Of the reader's links, as `Subscriber.epoch`."""
    first: int
    last: int
    variant: str | None = None
    """The key of the rendered digest; None: there is nothing to send."""
    due_at: datetime
    status: Literal["planned", "claimed", "sent", "failed", "skipped"] = "planned"
    attempts: int = 0
    doubts: int = 0
    """Tries after which it may have been taken although nobody said so: the process or the connection was lost."""
    try_at: datetime | None = None
    """When to try (again); None when it is settled."""
    message: str = ""
    """What the mail server said last."""
