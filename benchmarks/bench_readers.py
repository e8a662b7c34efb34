"""A list of readers taken in: `digest subscribers import` end to end, against one look-up and one commit a reader.

Run: `python -m benchmarks.bench_readers [LINES]`. Bar: 10,000 lines in 5 s. Every line has a consent date, a source and
five preferences, of some thirty kinds; one in twenty is refused.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from digest.curation.preferences import parse_preferences
from digest.site import Site
from digest.store import Store
from digest.subscribe import add_reader, default_preferences, import_csv

NOW = datetime(2026, 5, 18, 10, tzinfo=UTC)
COLUMNS = ("address", "confirmed_at", "source", "topics", "hour", "zone", "cadence", "max_papers")
PREFERENCES = COLUMNS[3:]
ZONES = ("Europe/Zurich", "Asia/Tokyo", "America/New_York")
REFUSED = 20
ONE_BY_ONE = 10
"""Only so much less of the list is added reader by reader; time is proportional to it."""


def make_lines(count: int) -> list[str]:
    """The list, its headings first."""
    rows = [
        f"{address_of(number)},2024-01-{number % 28 + 1:02},a list,"
        f"agents code,{number % 12},{ZONES[number % 3]},weekly,{20 + number % 2}\n"
        for number in range(count)
    ]
    return [",".join(COLUMNS) + "\n", *rows]


def address_of(number: int) -> str:
    """An address, or what is none."""
    return f"reader{number}@example{number % 300}.org" if number % REFUSED else f"reader {number}"


def at_once(store: Store, site: Site, lines: Sequence[str]) -> int:
    """What the command does."""
    return import_csv(store, site, lines, now=NOW).added


def one_by_one(store: Store, site: Site, lines: Sequence[str]) -> int:
    """A look-up and a commit a reader."""
    topics = [topic.slug for topic in site.topics()]
    added = 0
    for row in csv.DictReader(lines):
        if " " in row["address"]:
            continue
        given = {name: row[name] for name in PREFERENCES}
        wanted = parse_preferences(given, start=default_preferences(site), topics=topics)
        add_reader(store, site, row["address"], now=NOW, preferences=wanted, source=row["source"])
        added += 1
    return added


def measured(way: Callable[[Store, Site, Sequence[str]], int], lines: Sequence[str]) -> tuple[int, float]:
    """How many readers came in, and processor seconds."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site.open(Path(folder))
        with Store.open(site.database_url) as store:
            start = time.process_time()
            added = way(store, site, lines)
            return added, time.process_time() - start


def command(lines: Sequence[str]) -> float:
    """Seconds of `digest subscribers import`, from start to end."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "readers.csv"
        path.write_text("".join(lines))
        words = [sys.executable, "-m", "digest", "--site", folder, "subscribers", "import", str(path)]
        start = time.perf_counter()
        subprocess.run(words, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - start


def main(count: int = 10_000) -> None:
    lines = make_lines(count)
    added, took = measured(at_once, lines)
    alone, took_alone = measured(one_by_one, lines[: count // ONE_BY_ONE + 1])
    speed, reference = added / took, alone / took_alone
    print(f"{count:,} lines, {count - added} refused    {took:5.2f} s of processor time   {speed:7,.0f} readers/s")
    print(
        f"one by one                   {took_alone * ONE_BY_ONE:5.2f} s                     {reference:7,.0f} readers/s"
    )
    print(f"ratio {speed / reference:.1f}")
    print(f"as a command, from start to end  {command(lines):.2f} s   (bar 5 s)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
