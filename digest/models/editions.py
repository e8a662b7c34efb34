"""Editions, what one reader asked for, the digest made of both, and its rendered form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from digest.models.papers import Paper
from digest.models.sources import Verdict
from digest.models.topics import OTHER, Assignment, Score

Reason = Literal["new", "late", "revised", "rising"]


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
    also: tuple[str, ...] = ()
    """Other phrases that rose in much the same papers: with `phrase` they are one cluster."""

    @property
    def name(self) -> str:
        """All of its phrases, the most surprising first."""
        return " / ".join((self.phrase, *self.also))


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
    reader: str = ""
    """The id of the only reader it is for; empty: it may be shared."""
    mail: Mail
