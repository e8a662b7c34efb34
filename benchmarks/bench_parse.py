"""How fast arXiv's own feeds are read into papers, beside feedparser, which stops at its entries.

The feeds are made here, in the shape of arXiv's API and of its announcements; each is read by both in turn, and the
best of several rounds counts.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import UTC, datetime

import feedparser

from digest.sources.arxiv import parse_arxiv
from digest.sources.record import Origin

COUNT, ROUNDS = 400, 7
ORIGIN = Origin(observed_at=datetime(2026, 5, 1, tzinfo=UTC), source="bench")
ABSTRACT = "We study how a model behaves when $n \\to \\infty$ and find that it does so well. " * 16
AUTHORS = [f"Given{number} Family{number}" for number in range(6)]

API_ENTRY = """<entry><id>http://arxiv.org/abs/2605.{n:05}v1</id><title>On the behaviour of model {n}</title>
<updated>2026-05-03T17:59:59Z</updated>
<link href="https://arxiv.org/abs/2605.{n:05}v1" rel="alternate" type="text/html"/>
<link href="https://arxiv.org/pdf/2605.{n:05}v1" rel="related" type="application/pdf" title="pdf"/>
<summary>{abstract}</summary><category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
<published>2026-05-03T17:59:59Z</published><arxiv:comment>12 pages</arxiv:comment>
<arxiv:primary_category term="cs.LG"/>{authors}</entry>"""
RSS_ITEM = """<item><title>On the behaviour of model {n}</title><link>https://arxiv.org/abs/2605.{n:05}</link>
<description>arXiv:2605.{n:05}v1 Announce Type: new \nAbstract: {abstract}</description>
<guid isPermaLink="false">oai:arXiv.org:2605.{n:05}v1</guid><category>cs.LG</category>
<pubDate>Mon, 04 May 2026 00:00:00 -0400</pubDate><arxiv:announce_type>new</arxiv:announce_type>
<dc:creator>{authors}</dc:creator></item>"""


def api_feed() -> bytes:
    """An answer of the API."""
    authors = "".join(f"<author><name>{name}</name></author>" for name in AUTHORS)
    entries = "".join(API_ENTRY.format(n=number + 1, abstract=ABSTRACT, authors=authors) for number in range(COUNT))
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">'
    return f"<?xml version='1.0' encoding='UTF-8'?>{head}<title>arXiv Query</title>{entries}</feed>".encode()


def rss_feed() -> bytes:
    """A day's announcements."""
    names = ", ".join(AUTHORS)
    items = "".join(RSS_ITEM.format(n=number + 1, abstract=ABSTRACT, authors=names) for number in range(COUNT))
    spaces = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    head = f"<rss {spaces} version='2.0'><channel><title>cs.LG updates on arXiv.org</title>"
    return f"<?xml version='1.0' encoding='UTF-8'?>{head}{items}</channel></rss>".encode()


def seconds(work: Callable[[], int]) -> float:
    """Processor time of reading all papers."""
    start = time.process_time()
    assert work() == COUNT
    return time.process_time() - start


def main() -> None:
    """Print papers per second of both, and how many times faster ours is."""
    for name, data in (("API (Atom)", api_feed()), ("announcements (RSS)", rss_feed())):
        rounds = [
            (
                seconds(lambda data=data: len(list(parse_arxiv(data, ORIGIN)))),  # type: ignore[misc]
                seconds(lambda data=data: len(feedparser.parse(io.BytesIO(data)).entries)),  # type: ignore[misc]
            )
            for _ in range(ROUNDS)
        ]
        ours, theirs = (min(times) for times in zip(*rounds, strict=True))
        print(
            f"{name:<20} {COUNT / ours:8,.0f} papers/s   feedparser {COUNT / theirs:6,.0f} entries/s   "
            f"{theirs / ours:.1f} x"
        )


if __name__ == "__main__":
    main()
