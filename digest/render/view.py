"""What templates are given: the site, and each paper in words ready to print.

The values here are documented for operators in `docs/templates.md`. They hold no markup except where a field says so,
and nothing in them is left to escape or to check: addresses are safe or None, texts are plain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from markupsafe import Markup

from digest.models import EditionPaper, Metric, Paper, Topic
from digest.render.language import title_language
from digest.render.math import to_html, to_text
from digest.render.safety import plain, safe_url
from digest.render.sentences import first_sentences, shorten
from digest.settings import MailSettings, Settings

_SHOWN_AUTHORS = 3
_SUMMARY, _SHORT = 420, 150
"""Characters of a summary in the full and in the shortened form."""
_MAX_TITLE, _MAX_NAME = 300, 120
_METRICS: tuple[tuple[Metric, str, str], ...] = (
    ("upvotes", "upvote", "upvotes"),
    ("comments", "comment", "comments"),
    ("github_stars", "star", "stars"),
)

_GROWTH = re.compile(r"\d+ upvotes?, \+(\d+) since yesterday")
_QUOTED = re.compile(r'"([^"]*)"')
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_COUNTED = re.compile(r"[\d,]+ (?:upvotes?|comments?|GitHub stars?)|no signal yet")

LinkKind = Literal["abstract", "pdf", "code", "discussion", "project", "cite"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """The site as its templates see it."""

    title: str
    """The name of the digest, as in `digest.toml`."""
    description: str
    """One line under it."""
    base_url: str
    """Without a final slash."""
    language: str = "en"
    """BCP 47 tag of the digest's own words."""
    mail: MailSettings = field(default_factory=MailSettings)
    """The table `[mail]` of `digest.toml`."""
    topics: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Slug to title."""
    sign_up: bool = False
    """Whether pages link the sign-up page."""

    @classmethod
    def of(cls, settings: Settings, topics: Sequence[Topic] = ()) -> SiteView:
        """The view of a site's settings and topics."""
        return cls(
            title=settings.title,
            description=settings.description,
            base_url=settings.base_url,
            language=settings.language,
            mail=settings.mail,
            topics=MappingProxyType({topic.slug: topic.title for topic in topics}),
            sign_up=settings.web.sign_up_link,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where more of a paper is found."""

    kind: LinkKind
    """`abstract`, `pdf`, `code`, `discussion`, `project` or `cite` (arXiv's BibTeX of it)."""
    url: str
    """Safe: http, https or mailto."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How a paper is received: `42`, `upvotes`."""

    value: int
    """How many."""
    unit: str
    """Of what, in the right number: `upvote` or `upvotes`, `comments`, `stars`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """A paper in words."""

    id: str
    """Such as `arxiv:2401.01234`."""
    rank: int
    """Its place in the digest, 1 is the first."""
    title: str
    """Plain Unicode, formulas included."""
    title_html: Markup
    """The same with `<i>`, `<sub>`, `<sup>` and the like."""
    language: str | None
    """BCP 47 tag of the title's language, where it is known."""
    url: str | None
    """The abstract page, else the best other address."""
    authors: tuple[str, ...]
    """The first three, or all of up to four."""
    more_authors: int
    """How many are not in `authors`."""
    all_authors: tuple[str, ...]
    """Every one of them."""
    organization: str | None
    """Of the paper, else of its first author who has one."""
    summary: str
    """The source's summary, else the abstract's first sentences. Plain Unicode; may be empty."""
    summary_html: Markup
    """The same as HTML."""
    short: str
    """One line of it."""
    short_html: Markup
    """The same as HTML."""
    counts: tuple[Count, ...]
    """Upvotes, comments, stars, as far as they are known and not zero."""
    listed_on: date | None
    """The day of the list it was on."""
    reason: Literal["new", "late", "revised", "rising"]
    """Why it is in this issue."""
    previous: int | None
    """The edition it was first in, for a rising or revised paper."""
    version: int | None
    """The newest version known."""
    withdrawn: bool
    """Its authors took it back."""
    why: str
    """One line without a full stop: why it is in this topic, and what its counts do not say. May be empty."""
    links: tuple[Link, ...]
    """As far as they are known, each address once."""
    thumbnail_url: str | None
    """https only; None unless the site shows thumbnails."""


def title_source(entry: EditionPaper) -> str:
    """The title as LaTeX, at the length every form of the digest shows."""
    return shorten(plain(entry.paper.title, limit=2000), _MAX_TITLE) or "Untitled"


def view_paper(entry: EditionPaper, *, rank: int, thumbnails: bool = False) -> PaperView:
    """`entry` in words, at place `rank`."""
    paper = entry.paper
    title = title_source(entry)
    links = _links(entry)
    names = tuple(name for author in paper.authors if (name := to_text(author.name[:_MAX_NAME])))
    shown = names if len(names) <= _SHOWN_AUTHORS + 1 else names[:_SHOWN_AUTHORS]
    summary = _summary(entry, _SUMMARY)
    short = shorten(summary, _SHORT)
    return PaperView(
        id=paper.id,
        rank=rank,
        title=to_text(title),
        title_html=to_html(title),
        language=title_language(paper),
        url=links[0].url if links else None,
        authors=shown,
        more_authors=len(names) - len(shown),
        all_authors=names,
        organization=_organization(entry),
        summary=to_text(summary),
        summary_html=to_html(summary),
        short=to_text(short),
        short_html=to_html(short),
        counts=_counts(entry),
        listed_on=paper.listed_on,
        reason=entry.reason,
        previous=entry.previous,
        version=paper.version,
        withdrawn=paper.withdrawn,
        why=why(entry),
        links=links,
        thumbnail_url=safe_url(paper.thumbnail_url, https_only=True) if thumbnails else None,
    )


def _links(entry: EditionPaper) -> tuple[Link, ...]:
    paper = entry.paper
    found: tuple[tuple[LinkKind, str | None], ...] = (
        ("abstract", paper.url),
        ("pdf", paper.pdf_url),
        ("code", paper.code_url),
        ("discussion", paper.discussion_url),
        ("project", paper.project_url),
        ("cite", _bibtex_url(paper)),
    )
    links: dict[str, Link] = {}
    for kind, address in found:
        url = safe_url(address)
        if url is not None:
            links.setdefault(url, Link(kind=kind, url=url))
    return tuple(links.values())


def _bibtex_url(paper: Paper) -> str | None:
    """Where arXiv gives the BibTeX of its papers."""
    ids = (alias.removeprefix("arxiv:") for alias in (paper.id, *paper.aliases) if alias.startswith("arxiv:"))
    return next((f"https://arxiv.org/bibtex/{id_}" for id_ in ids), None)


def _organization(entry: EditionPaper) -> str | None:
    """What the source says first; else the organisation of the first author who has one."""
    named = (*entry.paper.organizations, *(author.organization for author in entry.paper.authors))
    return next((name for given in named if given and (name := to_text(given[:_MAX_NAME]))), None)


def _summary(entry: EditionPaper, limit: int) -> str:
    """LaTeX source of the summary, cut between sentences or words, never inside a formula."""
    paper = entry.paper
    if paper.summary and (summary := plain(paper.summary)):
        return shorten(summary, limit)
    return first_sentences(plain(paper.abstract), limit)


def _counts(entry: EditionPaper) -> tuple[Count, ...]:
    counts = ((entry.paper.latest(metric), one, many) for metric, one, many in _METRICS)
    return tuple(Count(value=value, unit=one if value == 1 else many) for value, one, many in counts if value)


def why(entry: EditionPaper) -> str:
    """Why it is in this topic, and what its counts do not say; one line without a full stop."""
    reasons = [entry.assignments[0].why] if entry.assignments else []
    reasons.append(_beyond_counts(entry.score.why))
    lines = dict.fromkeys(to_text(reason[:300]).rstrip(".") for reason in reasons)
    line = _QUOTED.sub(r"“\1”", "; ".join(line for line in lines if line))
    line = _APOSTROPHE.sub("’", line)
    return line if line.startswith("arXiv") else line[:1].upper() + line[1:]


def _beyond_counts(why: str) -> str:
    """What the line of a score (`digest.curation.trend`) says beyond the counts, which are printed anyway."""
    parts = _GROWTH.sub(_growth, why).split("; ")
    return "; ".join(part for part in parts if not _COUNTED.fullmatch(part))


def _growth(found: re.Match[str]) -> str:
    growth = int(found[1])
    return f"+{growth:,} {'upvote' if growth == 1 else 'upvotes'} since yesterday"
