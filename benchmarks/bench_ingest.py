"""Ingest end to end (parse, merge, topics, store, index) against a naive store, and again when nothing has changed.

`python benchmarks/bench_ingest.py [--folder DIR] [--papers N]`. Without `--folder` the Daily Papers of the development
data are read, without those the shipped sample. The naive store asks for a paper, adds it through SQLAlchemy's ORM and
commits, one after the other; parser and classifier are the same. `--papers` also reads N papers of JSON lines, in a
process of its own, and tells its peak memory beside that for a tenth of them. Both ways of counting are told: by the
clock, which needs a second core that is free, and by processor time, in which the process beside counts as well.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import JSON, Text, create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from digest.curation.clusters import unite
from digest.curation.topics import Classifier
from digest.ingest import ingest
from digest.models import Assignment, Paper, SourceRun
from digest.site import Site
from digest.sources import ReadContext, resolve, site_client
from digest.store import Store

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
AT_ONCE = 1_000


class Spent(NamedTuple):
    """Seconds by the clock, and of the processor: this process and those it has waited for."""

    clock: float
    processor: float

    def rate(self, count: int) -> str:
        """Papers a second, both ways."""
        return f"{count / self.clock:8,.0f} papers/s, {count / self.processor:8,.0f} by processor time"

    def times(self, other: Spent) -> str:
        """How many times faster than the other, both ways."""
        return f"{other.clock / self.clock:5.1f} ×, {other.processor / self.processor:5.1f} ×"


class Base(DeclarativeBase):
    """The naive store's tables."""


class NaivePaper(Base):
    """A paper as it comes, most of it as JSON."""

    __tablename__ = "papers"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    abstract: Mapped[str] = mapped_column(Text)
    rest: Mapped[dict[str, Any]] = mapped_column(JSON)
    topics: Mapped[list[str]] = mapped_column(JSON)


def timed(work: Callable[[], object]) -> Spent:
    start, before = time.perf_counter(), sum(os.times()[:4])
    work()
    return Spent(time.perf_counter() - start, sum(os.times()[:4]) - before)


def papers_in(folder: Path, site: Site) -> Iterator[Paper]:
    context = ReadContext(client=site_client(site.settings), now=NOW, settings=site.settings.ingest)
    for reading in resolve(str(folder)).read(context):
        yield from reading.papers


def naive(folder: Path, site: Site, path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    classifier = Classifier(site.topics())
    with Session(engine) as session:
        session.execute(text("CREATE VIRTUAL TABLE search USING fts5(id, title, abstract, tokenize='porter')"))
        for paper in papers_in(folder, site):
            known = session.get(NaivePaper, paper.id) or NaivePaper(id=paper.id)
            known.title, known.abstract = paper.title, paper.abstract
            known.rest = json.loads(json.dumps(asdict(paper), default=str))
            known.topics = [assignment.topic for assignment in classifier.assign(paper)]
            session.add(known)
            statement = text("INSERT INTO search VALUES (:id, :title, :abstract)")
            session.execute(statement, {"id": paper.id, "title": paper.title, "abstract": paper.abstract})
            session.commit()
    engine.dispose()


def keep(papers: list[Paper], topics: dict[str, tuple[Assignment, ...]], path: Path) -> None:
    """Merge, store and index papers whose topics are known."""
    with Store.open(f"sqlite:///{path}") as store:
        for start in range(0, len(papers), AT_ONCE):
            batch = papers[start : start + AT_ONCE]
            store.save_papers(batch, unite, lambda some: [topics[paper.id] for paper in some], now=NOW)


def run_once(store: Store, source: Path, site: Site, minutes: int) -> tuple[SourceRun, Spent]:
    runs: list[SourceRun] = []
    spent = timed(lambda: runs.extend(ingest(store, [str(source)], site=site, now=NOW + timedelta(minutes=minutes))))
    return runs[0], spent


def compare(folder: Path, scratch: Path) -> None:
    site = Site.open(scratch)
    parse = timed(lambda: list(papers_in(folder, site)))
    papers = list(papers_in(folder, site))
    classifier = Classifier(site.topics())
    topics: dict[str, tuple[Assignment, ...]] = {}
    assign = timed(lambda: topics.update({paper.id: classifier.assign(paper) for paper in papers}))
    storing = timed(lambda: keep(papers, topics, scratch / "kept.db"))
    reference = timed(lambda: naive(folder, site, scratch / "naive.db"))
    with Store.open(site.database_url) as store:
        first, fresh = run_once(store, folder, site, 0)
        again, unchanged = run_once(store, folder, site, 1)
    assert again.new == again.updated == 0
    count = first.read
    print(f"{count} papers")
    print(f"parsing alone              {parse.rate(count)}")
    print(f"topics alone               {assign.rate(count)}")
    print(f"merging and storing alone  {storing.rate(count)}")
    print(f"naive store, end to end    {reference.rate(count)}")
    print(f"ingest, end to end         {fresh.rate(count)};   {fresh.times(reference)} naive (goal: 2,000 papers/s)")
    print(f"ingest again, unchanged    {unchanged.rate(count)};   {unchanged.times(fresh)} fresh (goal: 5 ×)")


def command(folder: Path, site: Path) -> None:
    """`digest ingest` as a command, its start included."""
    words = [sys.executable, "-m", "digest", "--site", str(site), "--quiet", "ingest", str(folder)]
    call = partial(subprocess.run, words, cwd=ROOT, stdout=subprocess.DEVNULL)
    fresh = timed(call)
    unchanged = min(timed(call) for _ in range(3))
    print(f"as a command               {fresh.clock:.2f} s, {fresh.processor:.2f} s of processor time;", end=" ")
    print(
        f"unchanged {unchanged.clock:.2f} s, {unchanged.processor:.2f} s;   {unchanged.times(fresh)} fresh (goal: 5 ×)"
    )


def lines(count: int) -> Iterator[bytes]:
    """`count` papers of JSON lines with ids of their own, the words real where the development data is at hand."""
    train = SHARED / "topics" / "train.jsonl.gz"
    real = gzip.decompress(train.read_bytes()).splitlines() if train.exists() else [b'{"title": "T", "abstract": "A"}']
    for number in range(count):
        paper = json.loads(real[number % len(real)])
        month, sequence = divmod(number, 90_000)
        paper |= {"id": f"25{month + 1:02}.{sequence + 1:05}", "title": f"{paper['title']} {number}"}
        yield json.dumps(paper).encode() + b"\n"


def measure(folder: Path) -> None:
    """In a process of its own: one ingest of `folder/list.jsonl`, and the most memory it took."""
    import resource  # noqa: PLC0415 - not on every system

    site = Site.open(folder)
    with Store.open(site.database_url) as store:
        run, spent = run_once(store, folder / "list.jsonl", site, 0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    size = sum(path.stat().st_size for path in folder.glob("digest.db*")) // 1_000_000
    print(f"{run.new:8,} papers of JSON lines {spent.rate(run.read)}", end=" ")
    print(f"  peak {peak} MB, database {size} MB")


def long_list(count: int, scratch: Path) -> None:
    for papers in (count // 10, count):
        folder = scratch / str(papers)
        folder.mkdir()
        with (folder / "list.jsonl").open("wb") as file:
            file.writelines(islice(lines(papers), papers))
        command = [sys.executable, __file__, "--measure", str(folder)]
        subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--papers", type=int, default=0)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure)
        return
    shared = SHARED / "hf_daily"
    folder = options.folder or (shared if shared.exists() else ROOT / "digest" / "sample")
    with tempfile.TemporaryDirectory() as scratch:
        compare(folder, Path(scratch))
        (Path(scratch) / "command").mkdir()
        command(folder, Path(scratch) / "command")
        if options.papers:
            long_list(options.papers, Path(scratch))


if __name__ == "__main__":
    main()
