"""Pages of the website: the index, an edition, a week or month, a topic. Valid HTML by `templates/web/`, no JavaScript.

Links between pages are relative, so that the folder can be opened from a disk; canonical and feed links are absolute.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from markupsafe import Markup

from digest.models import Digest, Edition, EditionPaper, Verdict
from digest.render.digest_view import anchor_of, view_emerging
from digest.render.environment import day, environment, render
from digest.render.feeds.feed import MEDIA_TYPES, Feed
from digest.render.imprint import Imprint
from digest.render.note import note_html
from digest.render.safety import plain
from digest.render.sheets import Sheets
from digest.site import Site

_LONG = 300
"""Papers; a page with more shows no whole abstracts, which would make it of several megabytes."""
_FORMS = {"rss": "RSS", "atom": "Atom", "json": "JSON"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An edition, week or month as a line in a list."""

    path: str
    """Of its page, from the front page."""
    title: str
    """Such as `Saturday 21 November 2026`."""
    count: int
    """Its papers."""
    verdict: Verdict = Verdict.FRESH
    """Of an edition."""
    top: str = ""
    """The title of its best paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSection:
    """Papers under one heading."""

    anchor: str
    """Its id."""
    title: str
    """The topic's title, or the edition's date."""
    href: str | None
    """The page of the heading, relative."""
    cards: tuple[Markup, ...]
    """`web/paper.html` for each paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The pages before and after, relative; None where there is none."""

    earlier: str | None = None
    """Address of the page before."""
    later: str | None = None
    """Address of the page after."""


def render_digest_page(
    digest: Digest,
    sheets: Sheets,
    *,
    path: str,
    title: str,
    feed: Feed,
    neighbours: Neighbours,
    mail: str | None = None,
) -> bytes:
    """The page of an edition, a week or a month; `mail` is the relative address of the mail as it was sent."""
    topics = sheets.imprint.site.topics
    sections = [
        PageSection(
            anchor=anchor_of(section.slug),
            title=plain(section.title, limit=120),
            href=f"../{section.slug}.html" if section.slug in topics else None,
            cards=_cards(section.papers, sheets, brief=len(digest.papers) > _LONG),
        )
        for section in digest.sections
    ]
    return _page(
        sheets.imprint,
        "web/digest.html",
        path=path,
        feeds=(feed,),
        title=title,
        digest=digest,
        verdict=digest.verdict.value,
        note=note_html(digest.note),
        emerging=view_emerging(digest),
        sections=sections,
        neighbours=neighbours,
        mail=mail,
    )


def render_topic_page(groups: Sequence[tuple[Edition, Sequence[EditionPaper]]], sheets: Sheets, *, feed: Feed) -> bytes:
    """The newest papers of a topic, edition by edition, newest first."""
    sections = [
        PageSection(
            anchor=f"edition-{edition.number}",
            title=day(edition.dated_on),
            href=f"editions/{edition.number}.html",
            cards=_cards(papers, sheets),
        )
        for edition, papers in groups
    ]
    return _page(
        sheets.imprint,
        "web/topic.html",
        path=f"{feed.name}.html",
        feeds=(feed,),
        title=feed.label,
        description=feed.description,
        sections=sections,
        feed=feed,
    )


def render_list_page(listings: Sequence[Listing], imprint: Imprint, *, feed: Feed) -> bytes:
    """All editions, weeks or months, newest first."""
    return _page(
        imprint,
        "web/list.html",
        path=f"{feed.name}.html",
        feeds=(feed,),
        title=feed.label,
        listings=listings,
        feed=feed,
    )


def render_index(imprint: Imprint, *, runs: Sequence[Feed], topics: Sequence[Feed], newest: Sequence[Listing]) -> bytes:
    """The front page: what this is, the newest editions, every feed in every format."""
    return _page(
        imprint,
        "web/index.html",
        path="index.html",
        feeds=runs,
        title=imprint.site.title,
        runs=runs,
        topics=topics,
        newest=newest,
    )


def render_demo(site: Site, digest: Digest, editions: Sequence[Edition], *, files: Sequence[str]) -> bytes:
    """The page that shows around a demo: the digest in its forms, the website in `site/` and its feeds."""
    imprint = Imprint(settings=site.settings, topics=site.topics(), templates=environment(site.folders("templates")))
    feeds = sorted({PurePosixPath(name).stem for name in files if name.endswith(".rss") and "/" not in name})
    runs = [name for name in ("all", "editions", "weekly", "monthly") if name in feeds]
    return _page(
        imprint,
        "web/demo.html",
        path="index.html",
        feeds=(),
        style="site/style.css",
        title=imprint.site.title,
        digest=digest,
        editions=len(editions),
        papers=sum(len(edition.papers) for edition in editions),
        runs=runs,
        topics=[(name, imprint.topic_title(name)) for name in feeds if name not in runs],
    )


def stylesheet(imprint: Imprint, name: str) -> bytes:
    """A stylesheet of the templates, as it is."""
    loader = imprint.templates.loader
    assert loader is not None  # noqa: S101 - `environment` always sets one
    return loader.get_source(imprint.templates, name)[0].encode()


def _page(
    imprint: Imprint, template: str, *, path: str, feeds: Sequence[Feed], style: str = "", **values: object
) -> bytes:
    """`template` with what every page needs."""
    up = "../" * path.count("/")
    html = render(
        imprint.templates,
        template,
        site=imprint.site,
        up=up,
        style=style or f"{up}style.css",
        canonical=imprint.url("" if path == "index.html" else path),
        forms=_FORMS,
        alternates=[
            {"type": type_, "title": f"{feed.title} ({_FORMS[extension]})", "href": feed.url(extension)}
            for feed in feeds
            for extension, type_ in MEDIA_TYPES.items()
        ],
        **values,
    )
    return (re.sub(r"[ \t]*\n\s*", "\n", html).strip() + "\n").encode()


def _cards(papers: Sequence[EditionPaper], sheets: Sheets, *, brief: bool = False) -> tuple[Markup, ...]:
    return tuple(sheets.of(paper).brief if brief else sheets.of(paper).card for paper in papers)
