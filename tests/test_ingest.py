"""Ingest, from bytes to rows: every source counts for itself, nothing is lost, and nothing known is written again."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from digest.ingest import ingest, probe
from digest.models import Query, SourceRun, Verdict
from digest.site import Site
from digest.sources import resolve
from digest.store import Store

NOW = datetime(2026, 5, 19, 9, tzinfo=UTC)


def item(number: int, *, day: str = "2026-05-18", upvotes: int = 5, **paper: Any) -> dict[str, Any]:
    """An item of the Daily Papers API."""
    plain = {
        "id": f"2605.{number:05}",
        "title": f"An invented paper about agents, number {number}",
        "summary": f"What number {number} is about.",
        "authors": [{"name": "Ada Lovelace", "hidden": False}],
        "publishedAt": "2026-05-15T00:00:00.000Z",
        "submittedOnDailyAt": f"{day}T03:00:00.000Z",
        "upvotes": upvotes,
    }
    return {"paper": plain | paper, "numComments": 1}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with the shipped defaults."""
    return Site.open(tmp_path)


@pytest.fixture
def store(site: Site) -> Iterator[Store]:
    """Its database."""
    with Store.open(site.database_url) as opened:
        yield opened


def write(path: Path, *items: dict[str, Any]) -> str:
    """A saved answer of the API; its source string."""
    path.write_text(json.dumps(items), encoding="utf-8")
    return str(path)


def counts(run: SourceRun) -> tuple[int, int, int, int]:
    """What a run counted."""
    return run.read, run.new, run.updated, run.unchanged


def test_a_list_is_read_stored_and_found(store: Store, site: Site, tmp_path: Path) -> None:
    """Papers come in with topics, signals and list day, and are found by their words."""
    path = write(tmp_path / "list.json", item(1), item(2))
    (run,) = ingest(store, [path], site=site, now=NOW)
    assert (counts(run), run.verdict, run.source) == ((2, 2, 0, 0), Verdict.FRESH, path)
    (known,) = store.find_papers(Query(text='"number 2"', author="lovelace"))
    assert (known.paper.id, known.paper.listed_on, known.first_seen_at) == ("arxiv:2605.00002", date(2026, 5, 18), NOW)
    assert known.paper.latest("upvotes") == 5
    assert known.assignments[0].topic == "agents"


def test_a_second_reading_writes_nothing_but_its_run(store: Store, site: Site, tmp_path: Path) -> None:
    """What was read before is passed over: no row of any table changes, the record of the run excepted."""
    path = write(tmp_path / "list.json", *(item(number) for number in range(1, 30)), {"paper": {"id": "2605.99999"}})
    ingest(store, [path], site=site, now=NOW)
    spy = sqlite3.connect(tmp_path / "digest.db")

    def rows() -> list[str]:
        return [line for line in spy.iterdump() if 'INTO "runs"' not in line and "alembic" not in line]

    before = rows()
    (run,) = ingest(store, [path], site=site, now=NOW + timedelta(minutes=1))
    assert (counts(run), run.verdict, len(run.rejected)) == ((29, 0, 0, 29), Verdict.QUIET, 1)
    assert rows() == before
    for minute in range(2, 12):
        ingest(store, [path], site=site, now=NOW + timedelta(minutes=minute))
    assert spy.execute("SELECT count(*) FROM runs").fetchone() == (2,)
    spy.close()


def test_a_list_that_changes_back_is_read(store: Store, site: Site, tmp_path: Path) -> None:
    """Files of a folder are known one by one, by what they held last: votes that fall again are seen."""
    (tmp_path / "lists").mkdir()
    write(tmp_path / "lists" / "other.json", item(2))
    for hour, upvotes in enumerate((5, 6, 5)):
        write(tmp_path / "lists" / "list.json", item(1, upvotes=upvotes))
        (run,) = ingest(store, [str(tmp_path / "lists")], site=site, now=NOW + timedelta(hours=hour))
        assert run.read == 2
    known = store.paper("arxiv:2605.00001")
    assert known is not None
    assert [signal.value for signal in known.paper.signals if signal.metric == "upvotes"] == [5, 6, 5]


def test_changing_votes_are_observations(store: Store, site: Site, tmp_path: Path) -> None:
    """Each change of a value is one observation; going back to an earlier value is one too."""
    for hour, upvotes in enumerate((5, 6, 6, 5, 5, 9)):
        path = write(tmp_path / "list.json", item(1, upvotes=upvotes))
        ingest(store, [path], site=site, now=NOW + timedelta(hours=hour))
    known = store.paper("arxiv:2605.00001")
    assert known is not None
    votes = [(s.value, s.observed_at.hour) for s in known.paper.signals if s.metric == "upvotes"]
    assert votes == [(5, 9), (6, 10), (5, 12), (9, 14)]


def test_a_paper_on_two_lists_is_one(store: Store, site: Site, tmp_path: Path) -> None:
    """A paper listed twice, days apart, is one paper of the first day, and reading both again changes nothing."""
    (tmp_path / "lists").mkdir()
    write(tmp_path / "lists" / "1.json", item(1, upvotes=2))
    write(tmp_path / "lists" / "2.json", item(1, upvotes=42, day="2026-05-24"))
    source = str(tmp_path / "lists")
    (first,) = ingest(store, [source], site=site, now=NOW)
    (again,) = ingest(store, [source], site=site, now=NOW + timedelta(hours=1))
    assert (counts(first), counts(again)) == ((2, 1, 1, 0), (2, 0, 0, 2))
    known = store.paper("arxiv:2605.00001")
    assert known is not None
    assert (known.paper.listed_on, known.paper.latest("upvotes")) == (date(2026, 5, 18), 42)


def test_dated_observations_are_read_once(store: Store, site: Site, tmp_path: Path) -> None:
    """Records that differ only in dated observations all count, and are known again the next time."""
    path = tmp_path / "moments.jsonl"
    lines = (
        {"id": "2605.00001", "title": "A paper read at several moments", "signals": [
            {"metric": "upvotes", "value": value, "observed_at": f"2026-05-1{value}T08:00:00Z"}]}
        for value in (5, 6, 7)
    )  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    (first,) = ingest(store, [str(path)], site=site, now=NOW)
    (again,) = ingest(store, [str(path)], site=site, now=NOW + timedelta(hours=1))
    known = store.paper("arxiv:2605.00001")
    assert known is not None
    assert [signal.value for signal in known.paper.signals] == [5, 6, 7]
    assert (counts(first), counts(again)) == ((3, 1, 2, 0), (3, 0, 0, 3))


def test_sources_that_fail_do_not_stop_the_others(store: Store, site: Site, tmp_path: Path) -> None:
    """A missing file, one of no known form and a senseless source are down, each with its reason; the rest is in."""
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0 no paper")
    sources = [
        str(tmp_path / "none.json"),
        str(tmp_path / "photo.jpg"),
        "hf:2026-13-45",
        write(tmp_path / "list.json", item(1), {"paper": {}}),
    ]
    runs = ingest(store, sources, site=site, now=NOW)
    assert [run.verdict for run in runs] == [Verdict.DOWN, Verdict.DOWN, Verdict.DOWN, Verdict.FRESH]
    assert all(run.message for run in runs[:3])
    assert [(len(run.rejected), run.new) for run in runs] == [(0, 0), (0, 0), (0, 0), (1, 1)]
    assert {run.source for run in store.last_runs()} == {run.source for run in runs}
    assert [one.reason for one in store.rejections()] == [runs[3].rejected[0].reason, runs[1].message]


def test_a_partial_answer_never_replaces_a_fuller_one(store: Store, site: Site, tmp_path: Path) -> None:
    """A list that comes back shorter, its papers poorer, takes nothing away."""
    path = write(tmp_path / "list.json", item(1), item(2), item(3))
    ingest(store, [path], site=site, now=NOW)
    full = {known.paper.id: known.paper for known in store.find_papers(Query())}
    write(tmp_path / "list.json", item(2, summary="", authors=[]))
    ingest(store, [path], site=site, now=NOW + timedelta(hours=1))
    assert {known.paper.id: known.paper for known in store.find_papers(Query())} == full


def test_a_title_that_gets_an_id(store: Store, site: Site, tmp_path: Path) -> None:
    """A paper from a list of titles becomes the arXiv paper of that title when it is met there."""
    titles = tmp_path / "titles.jsonl"
    titles.write_text(
        json.dumps({"title": "An invented paper about agents, number 1", "abstract": "Long enough."}) + "\n"
    )
    ingest(store, [str(titles)], site=site, now=NOW)
    (before,) = store.find_papers(Query())
    (run,) = ingest(store, [write(tmp_path / "list.json", item(1))], site=site, now=NOW + timedelta(days=1))
    (after,) = store.find_papers(Query())
    assert (counts(run), after.paper.id, after.first_seen_at) == ((1, 0, 1, 0), "arxiv:2605.00001", NOW)
    assert before.paper.id.startswith("title:")
    assert before.paper.id in after.paper.aliases


def test_the_named_day_dates_what_has_no_date(store: Store, site: Site, tmp_path: Path) -> None:
    """`on` is the list day of records that do not say theirs."""
    path = tmp_path / "titles.jsonl"
    path.write_text(json.dumps({"title": "A paper without a date but with a title", "abstract": "Something."}) + "\n")
    ingest(store, [str(path)], site=site, now=NOW, on=date(2026, 5, 1))
    (known,) = store.find_papers(Query(since=date(2026, 5, 1), until=date(2026, 5, 2)))
    assert known.paper.listed_on == date(2026, 5, 1)


class _Feed(BaseHTTPRequestHandler):
    """A list that answers 304 to whoever has it."""

    def do_GET(self) -> None:
        known = self.headers["If-None-Match"] == '"1"'
        body = b"" if known else json.dumps([item(1)]).encode()
        self.send_response(304 if known else 200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def feed() -> Iterator[str]:
    """The address of such a list."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Feed) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/list.json"
        server.shutdown()
        thread.join()


def test_an_unchanged_address_is_not_read_again(store: Store, site: Site, feed: str) -> None:
    """The validator of an answer is kept with the papers, so the next run, in whatever process, is told "unchanged"."""
    (first,) = ingest(store, [feed], site=site, now=NOW)
    (second,) = ingest(store, [feed], site=site, now=NOW + timedelta(hours=1))
    assert (counts(first), first.verdict) == ((1, 1, 0, 0), Verdict.FRESH)
    assert (counts(second), second.verdict, second.message) == ((0, 0, 0, 0), Verdict.QUIET, "")


def test_probing_stores_nothing(store: Store, site: Site, feed: str) -> None:
    """Asking whether a source answers leaves no trace."""
    assert probe(resolve(feed), site=site, now=NOW) == "answers; 1 papers at once (daily-papers)"
    assert (store.find_papers(Query()), store.last_runs()) == ((), ())


LINE = '{{"id": "2605.{number:05}", "title": "Invented paper number {number}", "abstract": "{words}"}}\n'
MEASURE = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from digest.ingest import ingest
from digest.site import Site
from digest.store import Store
site = Site.open(Path(sys.argv[1]))
with Store.open(site.database_url) as store:
    (run,) = ingest(store, [sys.argv[2]], site=site, now=datetime(2026, 5, 19, tzinfo=UTC))
print(run.new, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    """Eight times the papers take about the same memory."""
    peaks = {}
    for papers in (1000, 8000):
        folder = tmp_path / str(papers)
        folder.mkdir()
        words = "many words " * 100
        lines = (LINE.format(number=number, words=words) for number in range(1, papers + 1))
        (folder / "list.jsonl").write_text("".join(lines))
        command = [sys.executable, "-c", MEASURE, str(folder), str(folder / "list.jsonl")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        new, peaks[papers] = map(int, done.stdout.split())
        assert new == papers
    assert peaks[8000] < 1.3 * peaks[1000]


def test_all_of_the_real_lists(site: Site, store: Store, shared_data: Path) -> None:
    """A month of real lists: every paper in, each once, known again at once."""
    (folder := site.root / "lists").mkdir()
    for path in (shared_data / "hf_daily").glob("2026-03-*.json"):
        (folder / path.name).symlink_to(path)
    (first,) = ingest(store, [str(folder)], site=site, now=NOW)
    (again,) = ingest(store, [str(folder)], site=site, now=NOW + timedelta(hours=1))
    assert first.rejected == ()
    assert first.read == first.new + first.updated + first.unchanged > 400
    assert counts(again) == (first.read, 0, 0, first.read)
    assert len(store.unpublished()) == first.new
