"""Topics: papers a second by rules alone and by the classifier, what the model costs to load, and similar papers.

Run: `python -m benchmarks.bench_topics [PAPERS]`. Papers are made of the model's and the topic files' words, half of
them small words, as long as real abstracts. Bars: 3,000 papers/s, 60 ms and 50 MB to load; the ratio to rules alone
says what the model costs.
"""

from __future__ import annotations

import random
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from digest.curation.model import load_model
from digest.curation.rules import RuleBook
from digest.curation.similar import SimilarPapers
from digest.curation.terms import STOP_WORDS, PaperText
from digest.curation.topics import Classifier
from digest.models import Paper, Topic
from digest.site import Site

ABSTRACT_WORDS, KEYWORDS = 190, 10


def make_papers(count: int, topics: tuple[Topic, ...]) -> list[Paper]:
    chance = random.Random(7)  # noqa: S311 - nothing secret
    common = sorted(term for term in load_model().rows if term.isalpha())
    small = sorted(STOP_WORDS)
    papers = []
    for number in range(count):
        own = chance.choice(topics).rules.any
        title = " ".join([*chance.sample(own, 2), *chance.sample(common, 4)])
        plain = [*chance.choices(small, k=ABSTRACT_WORDS // 2), *chance.choices(common, k=ABSTRACT_WORDS // 2)]
        chance.shuffle(plain)
        abstract = " ".join([*chance.sample(own, 5), *plain])
        keywords = tuple(chance.sample(own, min(KEYWORDS, len(own))))
        papers.append(Paper(id=f"arxiv:2605.{number:05}", title=title, abstract=abstract, keywords=keywords))
    return papers


def rate(work: Callable[[Paper], object], papers: list[Paper]) -> float:
    """Papers a second of processor time, the better of two runs."""
    best = 0.0
    for _ in range(2):
        start = time.process_time()
        for paper in papers:
            work(paper)
        best = max(best, len(papers) / (time.process_time() - start))
    return best


def loading() -> tuple[float, float]:
    """Milliseconds to load the model, and the megabytes it keeps."""
    load_model.cache_clear()
    start = time.process_time()
    load_model()
    took = (time.process_time() - start) * 1000
    load_model.cache_clear()
    tracemalloc.start()
    load_model()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return took, kept / 1e6


def main(count: int = 3000) -> None:
    took, kept = loading()
    print(f"load the model          {took:8.1f} ms   {kept:.1f} MB   (bars 60 ms, 50 MB)")
    topics = Site.open(Path(__file__).resolve().parent.parent).topics()
    papers = make_papers(count, topics)
    book, classifier = RuleBook(topics), Classifier(topics)
    rules = rate(lambda paper: book.judge(PaperText(paper)), papers)
    whole = rate(classifier.assign, papers)
    print(f"rules alone             {rules:8.0f} papers/s")
    print(f"rules and model         {whole:8.0f} papers/s   {rules / whole:.2f} times the work   (bar 3000)")
    start = time.process_time()
    index = SimilarPapers(papers)
    print(f"index of similar papers {len(papers) / (time.process_time() - start):8.0f} papers/s")
    print(f"similar papers of one   {rate(index.like, papers[:200]):8.0f} papers/s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
