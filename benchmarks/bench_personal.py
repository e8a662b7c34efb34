"""Readers with an order of their own: how fast a digest is ordered, and what their own mails cost.

Run: `python -m benchmarks.bench_personal [READERS] [MARKS] [EVERY]`. Papers are those of `benchmarks.bench_topics`.
Bars: 10,000 readers with a digest of 60 papers ordered in 60 s on one core; memory flat. The second part plans, renders
and sends (into nothing) for so many readers, every fifth (`EVERY`) with an order of their own, in a process of its own.
"""

from __future__ import annotations

import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.bench_topics import make_papers
from digest.curation.digest import build_digest
from digest.curation.due import scheduled
from digest.curation.personal import PersonalOrder
from digest.deliver import deliver
from digest.deliver.planning import plan
from digest.mail.carrier import Envelope, Fate, Outcome
from digest.models import (
    Assignment,
    Edition,
    EditionPaper,
    Mark,
    Preferences,
    Score,
    Selection,
    Subscriber,
    Topic,
    Verdict,
)
from digest.site import Site
from digest.store import Store

PAPERS, LIBRARY = 60, 3000
NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)
DUE = NOON + timedelta(hours=20)


class Nowhere:
    """A carrier that takes everything."""

    def send(self, envelopes: Iterable[Envelope]) -> Iterator[Outcome]:
        """See `digest.mail.carrier.Carrier.send`."""
        for envelope in envelopes:
            yield Outcome(id=envelope.id, recipient=envelope.recipient, fate=Fate.ACCEPTED, code=250, text="ok")


def make_edition(topics: list[Topic], chance: random.Random) -> tuple[Edition, list[Mark]]:
    """An edition, and marks to choose from."""
    papers = make_papers(PAPERS + LIBRARY, topics)
    entries = tuple(
        EditionPaper(
            paper=paper,
            assignments=(Assignment(topic=chance.choice(topics).slug, confidence=0.8, why=""),),
            score=Score(value=chance.random() * 5, why="3 upvotes"),
        )
        for paper in papers[:PAPERS]
    )
    edition = Edition(number=1, closed_at=NOON, dated_on=NOON.date(), verdict=Verdict.FRESH, papers=entries)
    return edition, [
        Mark(paper=paper, wish=chance.choice(("more", "more", "less")), at=NOON) for paper in papers[PAPERS:]
    ]


def order(readers: int, marks: int) -> float:
    """Processor seconds to order one digest for so many readers."""
    topics, chance = list(shipped().topics()), random.Random(7)  # noqa: S311 - nothing secret
    edition, wishes = make_edition(topics, chance)
    digest = build_digest([edition], Selection(), topics)
    personal = PersonalOrder()
    start = time.process_time()
    for _ in range(readers):
        personal.arrange(digest, chance.sample(wishes, marks))
    return time.process_time() - start


def shipped() -> Site:
    return Site.open(Path(__file__).resolve().parent.parent)


def prepare(folder: Path, readers: int, marks: int, every: int) -> None:
    """A site with an edition and readers who are due; every `every`th has an order of their own."""
    (folder / "digest.toml").write_text(
        'base_url = "https://papers.example.org"\n[mail]\nsender = "Papers <digest@papers.example.org>"\n'
    )
    site, chance = Site.open(folder), random.Random(7)  # noqa: S311 - nothing secret
    edition, wishes = make_edition(list(site.topics()), chance)
    with Store.open(site.database_url) as store:
        store.save_edition(edition)
        for start in range(0, readers, 10_000):
            store.subscribers.add([reader(number, every) for number in range(start, min(start + 10_000, readers))])
        for number in range(0, readers, every):
            store.marks.save(reader(number, every).id, chance.sample(wishes, marks))


def reader(number: int, every: int) -> Subscriber:
    """A reader who is due at `DUE`."""
    id_ = f"{number:020x}"
    preferences = Preferences(personal="" if number % every else id_)
    fresh = Subscriber(
        id=id_,
        address=f"reader{number}@example.com",
        status="active",
        created_at=NOON,
        schedule_since=NOON,
        preferences=preferences,
    )
    return scheduled(fresh, NOON)


def run(folder: str) -> None:
    """Plan and send; prints seconds of both and peaks of memory in MB (Linux), of this process and beside."""
    site = Site.open(Path(folder))
    with Store.open(site.database_url) as store:
        start = time.monotonic()
        plan(store, site, DUE)
        planned = time.monotonic()
        deliver(store, site, now=DUE, carrier=Nowhere())
        sent = time.monotonic()
    found = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
    assert found is not None
    peaks = int(found[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"{planned - start:.1f} {sent - planned:.1f}", *(f"{peak / 1024:.0f}" for peak in peaks))


def main(readers: int = 10_000, marks: int = 30, every: int = 5) -> None:
    took = order(readers, marks)
    print(f"{readers} readers with {marks} marks, {PAPERS} papers   {took:6.1f} s   (bar 60 s for 10,000 readers)")
    for count in (readers // 10, readers):
        with tempfile.TemporaryDirectory() as folder:
            prepare(Path(folder), count, marks, every)
            code = f"from benchmarks.bench_personal import run; run({folder!r})"
            done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, encoding="utf-8")
        planned, sent, peak, beside = done.stdout.split()
        print(f"{count} readers, {count // every} in an order of their own", end="   ")
        print(f"plan {planned} s, send {sent} s, {peak} MB and {beside} MB beside")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
