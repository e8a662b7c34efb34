"""Entries of closed editions: one for a paper, one for an edition, a week or a month.

Content is HTML by `templates/feed/`, with absolute addresses only. An entry is published when its edition closed; a
paper that a later edition prints again keeps its id and date and is `updated` when that edition closed.
"""

from __future__ import annotations

from datetime import datetime

from digest.models import OTHER, Digest, EditionPaper
from digest.render.environment import render
from digest.render.feeds.feed import Category, Entry
from digest.render.imprint import Imprint
from digest.render.math import to_text
from digest.render.note import note_html
from digest.render.safety import plain
from digest.render.sheets import Sheet, Sheets
from digest.render.view import PaperView

MOST_AUTHORS = 100
"""Names in one entry; collaborations of thousands end in "and N more"."""
_MOST_ORGANIZATIONS = 10
_MOST_CATEGORIES = 20
MOST_PAPERS = 100
"""Papers listed in the entry of a digest; the page has all of them."""


def paper_entry(sheet: Sheet, imprint: Imprint, *, number: int, published_at: datetime, updated_at: datetime) -> Entry:
    """The entry of a paper of edition `number`."""
    entry, paper = sheet.entry, sheet.view
    page = imprint.url(f"editions/{number}.html")
    links = [link for link in paper.links if link.url.startswith(("http://", "https://"))]
    content = render(
        imprint.templates,
        "feed/paper.html",
        site=imprint.site,
        paper=paper,
        names=paper.all_authors[:MOST_AUTHORS],
        organizations=_organizations(entry),
        abstract=sheet.abstract,
        topics=[imprint.topic_title(assignment.topic) for assignment in entry.assignments],
        number=number,
        page=page,
    )
    return Entry(
        id=imprint.id("paper", entry.paper.id),
        url=links[0].url if links else page,
        title=paper.title,
        summary=paper.summary,
        content_html=content,
        authors=paper.all_authors[:MOST_AUTHORS],
        categories=_categories(entry, imprint),
        related=tuple(link.url for link in links[1:] if link.kind != "cite"),
        comments_url=next((link.url for link in links if link.kind == "discussion"), None),
        published_at=published_at,
        updated_at=updated_at,
    )


def digest_entry(digest: Digest, sheets: Sheets, *, id_: str, path: str, title: str, published_at: datetime) -> Entry:
    """The entry of a digest whose page is `path`."""
    imprint = sheets.imprint
    page = imprint.url(path)
    shown = _best(digest)[:MOST_PAPERS]
    views = {entry.paper.id: sheets.of(entry).view for entry in shown}
    content = render(
        imprint.templates,
        "feed/digest.html",
        site=imprint.site,
        note=note_html(digest.note),
        verdict=digest.verdict.value,
        sections=[
            {"title": plain(section.title, limit=120), "papers": papers}
            for section in digest.sections
            if (papers := [views[entry.paper.id] for entry in section.papers if entry.paper.id in views])
        ],
        more=len(digest.papers) - len(shown),
        page=page,
    )
    return Entry(
        id=id_,
        url=page,
        title=title,
        summary=_contents(digest, views),
        content_html=content,
        categories=tuple(
            Category(term=section.slug, label=plain(section.title, limit=120)) for section in digest.sections
        ),
        published_at=published_at,
        updated_at=digest.closed_at,
    )


def _best(digest: Digest) -> list[EditionPaper]:
    return sorted(digest.papers, key=lambda entry: (-entry.score.value, entry.paper.id))


def _organizations(entry: EditionPaper) -> tuple[str, ...]:
    named = (*entry.paper.organizations, *(author.organization or "" for author in entry.paper.authors))
    return tuple(dict.fromkeys(name for given in named if (name := to_text(given[:120]))))[:_MOST_ORGANIZATIONS]


def _categories(entry: EditionPaper, imprint: Imprint) -> tuple[Category, ...]:
    """Topics by title, then arXiv's categories as they are; each term once (RFC 4287 §4.2.2)."""
    found = {
        assignment.topic: imprint.topic_title(assignment.topic)
        for assignment in entry.assignments
        if assignment.topic != OTHER
    }
    for given in entry.paper.categories[:_MOST_CATEGORIES]:
        if name := plain(given, limit=120):
            found.setdefault(name, name)
    return tuple(Category(term=term, label=label) for term, label in found.items())


def _contents(digest: Digest, views: dict[str, PaperView]) -> str:
    """The best titles and how many more there are."""
    best = _best(digest)
    titles = [views[entry.paper.id].title for entry in best if entry.paper.id in views][:3]
    more = len(best) - len(titles)
    return "; ".join(titles) + (f"; and {more:,} more" if more > 0 else "") if titles else "Nothing new."
