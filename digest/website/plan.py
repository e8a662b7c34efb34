"""The plan of a website: every file, what goes into it, and how it is made. Making it is left to who needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from digest.models import Edition, EditionPaper, Verdict
from digest.render import pages
from digest.render.feeds import RENDERERS
from digest.render.feeds.archive import Document, documents
from digest.render.feeds.entries import digest_entry
from digest.render.feeds.feed import EMPTY_SINCE, Entry, Feed, distinct
from digest.render.imprint import Imprint
from digest.render.opml import render_opml
from digest.website import runs as runs_of
from digest.website.channels import run_feeds, topic_feed
from digest.website.runs import Run, digest_of
from digest.website.shelf import Printed, Shelf

_DIGESTS = 30
"""Most entries in a document of digests, which are long."""
_ON_TOPIC_PAGE = 60
"""Papers on the page of a topic; the feed's archives have all."""
_NEWEST = 7
"""Issues on the front page."""


@dataclass(frozen=True, slots=True)
class Job:
    """A file of the website. The same `inputs` always make the same bytes."""

    path: str
    newest: int
    """The newest edition that goes into it; 0 when none does."""
    inputs: object
    make: Callable[[], bytes]


def plan(shelf: Shelf, imprint: Imprint) -> list[Job]:
    """Every file of the website, by age: what the same editions go into is made together, while they are at hand."""
    every, *of_runs = run_feeds(imprint)
    kinds = (runs_of.editions(shelf.lines), runs_of.weeks(shelf.lines), runs_of.months(shelf.lines))
    topics = [topic_feed(imprint, topic) for topic in imprint.topics]
    log = [printed for line in shelf.lines for printed in reversed(line.papers)]
    jobs = [*_paper_feed(every, log, shelf, imprint)]
    for feed, runs in zip(of_runs, kinds, strict=True):
        jobs += _run_feed(feed, runs, shelf, imprint)
        jobs += _run_pages(feed, runs, shelf, imprint)
    for feed in topics:
        of_topic = [printed for printed in log if feed.name in printed.topics]
        jobs += _paper_feed(feed, of_topic, shelf, imprint)
        jobs.append(_topic_page(feed, of_topic, shelf))
    jobs += _front((every, *of_runs), topics, kinds[0], imprint)
    return sorted(jobs, key=lambda job: job.newest)


def _paper_feed(feed: Feed, log: Sequence[Printed], shelf: Shelf, imprint: Imprint) -> Iterator[Job]:
    """The documents of a feed of papers; `log` is oldest first."""
    for document in documents(feed.name, [printed.at for printed in log], imprint.settings.feeds.entries):
        printed = log[document.start : document.stop]
        if document.paging.current is None:  # only the subscription document may still change
            printed = [each for each in printed if each.paper not in shelf.withdrawn]
        inputs = [(each.number, each.paper) for each in printed]
        newest = printed[-1].number if printed else 0
        yield from _formats(feed, document, newest, inputs, lambda printed=printed: map(shelf.entry, reversed(printed)))  # type: ignore[misc]


def _run_feed(feed: Feed, runs: Sequence[Run], shelf: Shelf, imprint: Imprint) -> Iterator[Job]:
    """The documents of a feed of editions, weeks or months; `runs` are oldest first."""
    size = min(imprint.settings.feeds.entries, _DIGESTS)
    entry = cache(lambda run: _run_entry(run, shelf, imprint))
    for document in documents(feed.name, [run.updated_at for run in runs], size):
        shown = runs[document.start : document.stop]
        inputs = [(run.name, run.numbers) for run in shown]
        newest = shown[-1].numbers[-1] if shown else 0
        yield from _formats(feed, document, newest, inputs, lambda shown=shown: map(entry, reversed(shown)))  # type: ignore[misc]


def _formats(
    feed: Feed, document: Document, newest: int, inputs: object, entries: Callable[[], Iterator[Entry]]
) -> Iterator[Job]:
    """One document in every format; its entries are made once."""
    filled = cache(lambda: replace(feed, name=document.name, paging=document.paging, entries=distinct(entries())))
    for extension, write in RENDERERS.items():
        yield Job(
            f"{document.name}.{extension}",
            newest,
            (feed.name, document.paging, inputs),
            lambda write=write: write(filled()),  # type: ignore[misc]
        )


def _run_entry(run: Run, shelf: Shelf, imprint: Imprint) -> Entry:
    title = f"Issue {run.name} · {run.title}" if run.kind == "edition" else run.title
    return digest_entry(
        digest_of(run, shelf, imprint),
        shelf.sheets,
        id_=imprint.id(run.kind, run.name),
        path=run.path,
        title=title,
        published_at=run.published_at,
    )


def _run_pages(feed: Feed, runs: Sequence[Run], shelf: Shelf, imprint: Imprint) -> Iterator[Job]:
    """A page for each run, and the list of them."""
    names = [run.path.rsplit("/", 1)[1] for run in runs]
    for place, run in enumerate(runs):
        neighbours = pages.Neighbours(
            earlier=names[place - 1] if place else None,
            later=names[place + 1] if place + 1 < len(runs) else None,
        )
        yield Job(
            run.path,
            run.numbers[-1],
            (run.numbers, neighbours, run.mail),
            lambda run=run, neighbours=neighbours: pages.render_digest_page(  # type: ignore[misc]
                digest_of(run, shelf, imprint),
                shelf.sheets,
                path=run.path,
                title=run.title,
                feed=feed,
                neighbours=neighbours,
                mail=run.mail_path.rsplit("/", 1)[1] if run.mail else None,
            ),
        )
        if run.mail:
            yield Job(run.mail_path, run.numbers[-1], run.mail, lambda run=run: shelf.mail(run.mail))  # type: ignore[misc]
    listings = [_listing(run) for run in reversed(runs)]
    yield Job(f"{feed.name}.html", 0, listings, lambda: pages.render_list_page(listings, imprint, feed=feed))


def _listing(run: Run) -> pages.Listing:
    return pages.Listing(
        path=run.path,
        title=run.title,
        count=len({printed.paper for line in run.lines for printed in line.papers}),
        verdict=run.lines[-1].verdict if run.kind == "edition" else Verdict.FRESH,
        top=run.lines[-1].top if run.kind == "edition" else "",
    )


def _topic_page(feed: Feed, log: Sequence[Printed], shelf: Shelf) -> Job:
    newest = [each for each in reversed(log[-_ON_TOPIC_PAGE:]) if each.paper not in shelf.withdrawn]
    return Job(
        f"{feed.name}.html",
        newest[0].number if newest else 0,
        [(each.number, each.paper) for each in newest],
        lambda: pages.render_topic_page(_by_edition(newest, shelf), shelf.sheets, feed=feed),
    )


def _by_edition(newest: Sequence[Printed], shelf: Shelf) -> list[tuple[Edition, list[EditionPaper]]]:
    """The papers in their editions, newest edition first; a paper that came back stands where it came last."""
    wanted: dict[int, set[str]] = {}
    seen: set[str] = set()
    for each in newest:
        if each.paper not in seen:
            seen.add(each.paper)
            wanted.setdefault(each.number, set()).add(each.paper)
    editions = [shelf.edition(number) for number in wanted]
    return [
        (edition, [entry for entry in edition.papers if entry.paper.id in wanted[edition.number]])
        for edition in editions
    ]


def _front(feeds: Sequence[Feed], topics: Sequence[Feed], editions: Sequence[Run], imprint: Imprint) -> Iterator[Job]:
    """The files that stand for the whole."""
    newest = [_listing(run) for run in reversed(editions[-_NEWEST:])]
    created_at = editions[0].published_at if editions else EMPTY_SINCE
    yield Job("index.html", 0, newest, lambda: pages.render_index(imprint, runs=feeds, topics=topics, newest=newest))
    yield Job("feeds.opml", 0, created_at, lambda: render_opml(imprint.site.title, (*feeds, *topics), created_at))
    yield Job("style.css", 0, (), lambda: pages.stylesheet(imprint, "web/style.css"))
    yield Job("feed.css", 0, (), lambda: pages.stylesheet(imprint, "feed/feed.css"))
