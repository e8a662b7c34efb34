"""What templates are given of a digest as a whole: its issue, its sections, its subject and preheader.

One paper in words is `digest.render.view`'s; how much of it is shown is decided in `digest.render.email`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from digest.errors import SettingsError
from digest.models import Digest
from digest.render.math import to_text
from digest.render.safety import plain, safe_url
from digest.render.sentences import shorten
from digest.render.view import PaperView, SiteView


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergingView:
    """A phrase that rose, or a cluster of them, as templates see it."""

    phrase: str
    """In small letters, singular; of a cluster the first few, with ` / ` between them."""
    count: int
    """Papers of the week that have it."""
    title: str
    """One of them that is in this digest, in plain Unicode."""
    url: str | None
    """Where that is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """The digest as a whole, as its templates see it."""

    first: int
    """The number of the first issue it covers."""
    last: int
    """The number of the last one; the same for a daily digest."""
    since_on: date
    """The date of the first issue."""
    dated_on: date
    """The date of the last issue."""
    verdict: str
    """`fresh`, `quiet`, `holiday`, `partial`, `stale` or `down`."""
    verdicts: tuple[tuple[str, str], ...]
    """Source and verdict."""
    count: int
    """Papers in all sections, shown or not."""
    left_out: int
    """Papers beyond the reader's own limit."""
    emerging: tuple[EmergingView, ...]
    """What rose this week; mostly empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPaper:
    """A paper at the level of detail there was room for."""

    paper: PaperView
    """The paper in words."""
    level: str
    """`title`, `short` or `full`."""
    html: Markup
    """`email/paper.html`, rendered."""
    mark_url: str | None
    """Where a reader with an own order asks for more or less like it; None in the mails of all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """One topic as its templates see it."""

    slug: str
    """The topic's, such as `agents`; also `rising` and `other`."""
    anchor: str
    """Its id in the mail and on the web."""
    title: str
    """The topic's, such as `Agents`."""
    count: int
    """Papers in it, shown or not."""
    papers: tuple[ShownPaper, ...]
    """Those there was room for, best first."""
    more: int
    """Papers there was no room for."""
    url: str
    """Where they are found."""


def view_url(digest: Digest, site: SiteView) -> str:
    """Where the digest is found on the web: the page of its last edition."""
    return f"{site.base_url}/editions/{digest.last}.html"


def anchor_of(slug: str) -> str:
    """The id of a section; style sheets and some checkers want a letter first."""
    return slug if slug[:1].isalpha() else f"topic-{slug}"


def subject_of(digest: Digest, site: SiteView) -> str:
    """The subject, by the pattern of `mail.subject`.

    Raises:
        SettingsError: the pattern names something there is not.
    """
    papers = digest.papers
    best = max(papers, key=lambda entry: entry.score.value, default=None)
    values = {
        "title": site.title,
        "date": f"{digest.dated_on.day} {digest.dated_on:%B} {digest.dated_on.year}",
        "number": digest.last,
        "papers": len(papers),
        "top": to_text(shorten(plain(best.paper.title), 100)) if best else "",
    }
    try:
        return plain(site.mail.subject.format(**values), limit=300)
    except (KeyError, IndexError, ValueError, AttributeError, TypeError) as error:
        known = ", ".join(f"{{{name}}}" for name in values)
        raise SettingsError(f"mail.subject: {error!s} cannot be filled in; use {known}") from error


def preheader_of(digest: Digest) -> str:
    """The best titles, as far as a mailbox shows them behind the subject."""
    best = sorted(digest.papers, key=lambda entry: -entry.score.value)[:3]
    return shorten(" · ".join(to_text(shorten(plain(entry.paper.title), 90)) for entry in best), 200)


def ranks_of(digest: Digest) -> list[int]:
    """The place of each paper by score, 1 is the best; equal scores in the order they stand in."""
    papers = digest.papers
    by_score = sorted(range(len(papers)), key=lambda index: (-papers[index].score.value, index))
    ranks = [0] * len(papers)
    for rank, index in enumerate(by_score, 1):
        ranks[index] = rank
    return ranks


def view_digest(digest: Digest) -> DigestView:
    """The digest as its templates see it."""
    return DigestView(
        first=digest.first,
        last=digest.last,
        since_on=digest.since_on,
        dated_on=digest.dated_on,
        verdict=digest.verdict.value,
        verdicts=tuple((plain(source, limit=120), verdict.value) for source, verdict in digest.verdicts),
        count=len(digest.papers),
        left_out=digest.left_out,
        emerging=view_emerging(digest),
    )


def view_emerging(digest: Digest) -> tuple[EmergingView, ...]:
    """What rose, each with the first of its papers in this digest."""
    shown = {entry.paper.id: entry.paper for entry in digest.papers}
    found = []
    for entry in digest.emerging:
        best = next((shown[paper] for paper in entry.papers if paper in shown), None)
        if best is not None:
            found.append(
                EmergingView(
                    phrase=" / ".join(shorten(plain(phrase), 60) for phrase in (entry.phrase, *entry.also)),
                    count=len(entry.papers),
                    title=to_text(shorten(plain(best.title), 90)),
                    url=safe_url(best.url),
                )
            )
    return tuple(found)
