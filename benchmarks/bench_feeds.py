"""Feeds and website: how fast entries become feeds, and what 10,000 papers cost from scratch, unchanged and one new.

Run: `python -m benchmarks.bench_feeds [PAPERS]`. The naive rebuild renders and writes every file each time; "feedgen
alone" is the library building Atom of the same entries with nothing around it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from feedgen.feed import FeedGenerator

from digest.models import Assignment, Author, Edition, EditionPaper, Paper, Score, Signal, Verdict
from digest.render.environment import environment
from digest.render.feeds import RENDERERS
from digest.render.feeds.entries import paper_entry
from digest.render.feeds.feed import Entry, Feed
from digest.render.imprint import Imprint
from digest.render.sheets import Sheets
from digest.site import Site
from digest.store import Store
from digest.website import write_website

PER_EDITION = 40
START = date(2025, 1, 1)
SENTENCE = "We study how model {n} behaves when $n \\to {n}$ and find that $O(n^2)$ memory is not needed in practice. "


def make_edition(number: int, slugs: list[str]) -> Edition:
    day = START + timedelta(days=number)
    at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    papers = tuple(make_paper(number * PER_EDITION + offset, slugs, at) for offset in range(PER_EDITION))
    return Edition(number=number, closed_at=at, dated_on=day, verdict=Verdict.FRESH, papers=papers)


def make_paper(key: int, slugs: list[str], at: datetime) -> EditionPaper:
    url = f"https://arxiv.org/abs/2501.{key:06}"
    paper = Paper(
        id=f"arxiv:2501.{key:06}",
        title=f"On the behaviour of model {key} with $\\ell_{{{key % 9}}}$ regularisation",
        abstract=SENTENCE.format(n=key) + "It says more about data, training and evaluation than its title. " * 15,
        authors=tuple(Author(name=f"Author {key} {place}") for place in range(6)),
        categories=("cs.LG", "cs.CL"),
        url=url,
        pdf_url=url.replace("abs", "pdf"),
        signals=(Signal(metric="upvotes", value=key % 90, observed_at=at),),
        listed_on=at.date(),
    )
    topics = dict.fromkeys((slugs[key % len(slugs)], slugs[key // 7 % len(slugs)]))
    assignments = tuple(Assignment(topic=slug, confidence=0.7, why=f'"{slug}" in the title') for slug in topics)
    return EditionPaper(paper=paper, assignments=assignments, score=Score(value=key % 90, why=f"{key % 90} upvotes"))


def timed(work: Callable[[], object]) -> float:
    """Seconds of processor time: what else the machine does is left out."""
    start = time.process_time()
    work()
    return time.process_time() - start


def feedgen_alone(entries: tuple[Entry, ...]) -> bytes:
    generator = FeedGenerator()
    generator.id("x")
    generator.title("x")
    for entry in entries:
        item = generator.add_entry(order="append")
        item.id(entry.id)
        item.title(entry.title)
        item.link(href=entry.url)
        item.author([{"name": name} for name in entry.authors])
        item.summary(entry.summary)
        item.content(entry.content_html, type="html")
        item.published(entry.published_at)
        item.updated(entry.updated_at)
    return bytes(generator.atom_str())


def feeds(imprint: Imprint, editions: list[Edition]) -> None:
    sheets = Sheets(imprint)
    entries: list[Entry] = []

    def make() -> None:
        for edition in editions:
            at = edition.closed_at
            entries.extend(
                paper_entry(sheets.of(paper), imprint, number=1, published_at=at, updated_at=at)
                for paper in edition.papers
            )

    print(f"  entries from papers     {PER_EDITION * len(editions) / timed(make):8,.0f} entries/s")
    site = imprint.site
    feed = Feed(
        name="all",
        id="tag:x",
        title="x",
        label="x",
        description="x",
        site_title="x",
        base_url=site.base_url,
        html_url=imprint.url(),
        entries=tuple(entries),
    )
    alone = timed(lambda: feedgen_alone(feed.entries))
    print(f"  feedgen alone (Atom)    {len(entries) / alone:8,.0f} entries/s")
    for extension, write in RENDERERS.items():
        taken = timed(lambda write=write: write(feed))  # type: ignore[misc]
        print(f"  {extension:<23} {len(entries) / taken:8,.0f} entries/s   {alone / taken:.2f} x feedgen alone")


def website(site: Site, folder: Path, papers: int, slugs: list[str]) -> None:
    editions = [make_edition(number, slugs) for number in range(1, papers // PER_EDITION + 1)]

    def write() -> None:
        write_website(store, site, folder / "out", progress=lambda _done, _total, _text: None)

    with Store.open(f"sqlite:///{folder}/bench.db") as store:
        for edition in editions:
            store.save_edition(edition)
        scratch = timed(write)
        files = sum(1 for path in (folder / "out").rglob("*") if path.is_file())
        print(f"  from scratch            {scratch:8.2f} s   {papers / scratch:,.0f} papers/s, {files} files")
        unchanged = timed(write)
        print(
            f"  nothing changed         {unchanged:8.4f} s   {scratch / unchanged:,.0f} x faster than a naive rebuild"
        )
        one = make_edition(len(editions) + 1, slugs)
        store.save_edition(replace(one, papers=one.papers[:1]))
        new = timed(write)
        print(f"  one new paper           {new:8.2f} s   {scratch / new:.1f} x faster")
        store.save_edition(make_edition(len(editions) + 2, slugs))
        new = timed(write)
        print(f"  one new edition of {PER_EDITION}   {new:8.2f} s   {scratch / new:.1f} x faster")


def main(papers: int) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        site = Site.open(folder)
        slugs = [topic.slug for topic in site.topics()]
        imprint = Imprint(
            settings=site.settings, topics=site.topics(), templates=environment(site.folders("templates"))
        )
        print("feeds (1,000 papers)")
        feeds(imprint, [make_edition(number, slugs) for number in range(25)])
        print(f"website ({papers:,} papers)")
        website(site, folder, papers, slugs)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
