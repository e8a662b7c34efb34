"""Personal order: 10,000 readers with marks of their own, a digest of 60 papers, one core.

Run: `python -m benchmarks.bench_personal [READERS] [MARKS]`. Papers are those of `benchmarks.bench_topics`. Bar: 60 s.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.bench_topics import make_papers
from digest.curation.digest import build_digest
from digest.curation.personal import PersonalOrder
from digest.models import Assignment, Edition, EditionPaper, Mark, Score, Selection, Verdict
from digest.site import Site

PAPERS, LIBRARY = 60, 3000
NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)


def main(readers: int = 10_000, marks: int = 30) -> None:
    topics = Site.open(Path(__file__).resolve().parent.parent).topics()
    chance = random.Random(7)  # noqa: S311 - nothing secret
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
    digest = build_digest([edition], Selection(), topics)
    wishes = [Mark(paper=paper, wish=chance.choice(("more", "more", "less")), at=NOON) for paper in papers[PAPERS:]]
    order = PersonalOrder()
    start = time.process_time()
    for _ in range(readers):
        order.arrange(digest, chance.sample(wishes, marks))
    took = time.process_time() - start
    print(f"{readers} readers with {marks} marks, {PAPERS} papers   {took:6.1f} s   (bar 60 s for 10,000 readers)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
