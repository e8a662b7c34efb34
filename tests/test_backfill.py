"""The past, read day by day from a real server: nothing twice, nothing lost, whatever breaks in the middle."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from digest.backfill import MOST_FAILURES, backfill
from digest.errors import SettingsError
from digest.models import Query
from digest.site import Site
from digest.store import Store
from tests.sources import misbehaving
from tests.sources.misbehaving import Request, Server, Write, answers

NOW = datetime(2026, 5, 19, 9, tzinfo=UTC)
FIRST = date(2026, 5, 4)
PATH = "/api/daily_papers"


def listed(day: str) -> bytes:
    """A day's list of two papers that do not say which day's list they are on."""
    number = int(day.replace("-", "")[4:])
    papers = [
        {"id": f"2605.{number}{place}", "title": f"Invented paper {place} of {day}", "summary": "Text.", "upvotes": 3}
        for place in (1, 2)
    ]
    return json.dumps([{"paper": paper} for paper in papers]).encode()


@pytest.fixture
def server() -> Iterator[Server]:
    """A Daily Papers API with two papers a day."""
    with misbehaving.running() as running:
        running.on(PATH, misbehaving.by_query(lambda query: listed(query["date"])))
        yield running


@pytest.fixture
def site(tmp_path: Path, server: Server) -> Site:
    """A site that reads from it."""
    (tmp_path / "digest.toml").write_text(f'[ingest]\nhf_url = "{server.url(PATH)}"\n')
    return Site.open(tmp_path)


@pytest.fixture
def store(site: Site) -> Iterator[Store]:
    """Its database."""
    with Store.open(site.database_url) as opened:
        yield opened


def asked(server: Server) -> list[str]:
    """The days whose first page was asked for, in order."""
    return [request.query["date"] for request in server.requests if request.query["p"] == "0"]


def days(first: date, count: int) -> list[date]:
    """So many days from `first` on."""
    return [first + timedelta(days=number) for number in range(count)]


def test_each_day_is_read_once(server: Server, site: Site, store: Store) -> None:
    """Days come oldest first and date their papers; what was read is not asked for again, except with `again`."""
    until = FIRST + timedelta(days=3)
    done = backfill(store, "hf", since=FIRST, until=until, site=site, now=NOW)
    assert [(one.day, one.new, one.message) for one in done.days] == [(day, 2, "") for day in days(FIRST, 3)]
    (paper, _) = store.find_papers(Query(since=FIRST, until=FIRST + timedelta(days=1)))
    assert paper.paper.listed_on == FIRST
    wider = backfill(store, "HF", since=FIRST, until=until + timedelta(days=1), site=site, now=NOW)
    assert (wider.done_before, [one.day for one in wider.days], wider.is_whole) == (3, [until], True)
    assert asked(server) == [str(day) for day in days(FIRST, 4)]
    redone = backfill(store, "hf", since=FIRST, until=until, site=site, now=NOW, again=True)
    assert [(one.read, one.new, one.updated) for one in redone.days] == [(2, 0, 0)] * 3
    assert store.last_runs() == ()


def test_the_future_is_not_asked_for(server: Server, site: Site, store: Store) -> None:
    """It ends with today, which is read but not taken for done: more may come until its end."""
    for _ in range(2):
        done = backfill(store, "hf", since=date(2026, 5, 18), until=date(2027, 1, 1), site=site, now=NOW)
    assert [one.day for one in done.days] == [date(2026, 5, 19)]
    assert asked(server) == ["2026-05-18", "2026-05-19", "2026-05-19"]
    with pytest.raises(SettingsError, match="has not come yet"):
        backfill(store, "hf", since=date(2026, 5, 20), until=date(2027, 1, 1), site=site, now=NOW)


@pytest.mark.parametrize(
    "source", ["papers.json", "-", "https://example.org/feed", "hf:2026-05-01", "arxiv:id:2401.01234"]
)
def test_sources_without_a_past(site: Site, store: Store, source: str) -> None:
    """What cannot be read day by day is said to be so."""
    with pytest.raises(SettingsError, match="has no past"):
        backfill(store, source, since=FIRST, until=NOW.date(), site=site, now=NOW)


def test_a_failing_day_does_not_end_it(server: Server, site: Site, store: Store) -> None:
    """The days after a bad one are read, and the next call asks for the bad one alone."""
    bad = str(FIRST + timedelta(days=1))
    good = server.routes[PATH]

    def fails_once(request: Request, write: Write, closing: threading.Event) -> None:
        is_bad = request.query["date"] == bad and asked(server).count(bad) == 1
        (answers(b"", status=404) if is_bad else good)(request, write, closing)

    server.on(PATH, fails_once)
    until = FIRST + timedelta(days=4)
    done = backfill(store, "hf", since=FIRST, until=until, site=site, now=NOW)
    assert [str(one.day) for one in done.days if "404" in one.message] == [bad]
    assert (sum(one.new for one in done.days), done.is_whole) == (6, False)
    again = backfill(store, "hf", since=FIRST, until=until, site=site, now=NOW)
    assert ([str(one.day) for one in again.days], again.done_before, again.is_whole) == ([bad], 3, True)
    assert len(store.find_papers(Query())) == 8


def test_a_dead_source_is_left_alone(server: Server, site: Site, store: Store) -> None:
    """After ten bad days in a row the rest is not asked for, but told."""
    server.on(PATH, answers(b"", status=404))
    done = backfill(store, "hf", since=date(2026, 1, 1), until=date(2026, 2, 1), site=site, now=NOW)
    assert (len(done.days), done.left, len(server.requests)) == (MOST_FAILURES, 31 - MOST_FAILURES, MOST_FAILURES)
    assert store.backfilled("hf") == frozenset()


def test_it_goes_on_after_a_kill(server: Server, site: Site, tmp_path: Path) -> None:
    """Killed in the middle of the fourth day, the next call reads the fourth day and those after it, and no other."""
    good, reached, held = server.routes[PATH], threading.Event(), str(FIRST + timedelta(days=3))

    def holds_the_fourth(request: Request, write: Write, closing: threading.Event) -> None:
        if request.query["date"] == held and not reached.is_set():
            reached.set()
            closing.wait()
        else:
            good(request, write, closing)

    server.on(PATH, holds_the_fourth)
    command = [
        *(sys.executable, "-m", "digest", "--site", str(tmp_path), "--now", NOW.isoformat()),
        *("backfill", "hf", "--since", str(FIRST), "--until", str(FIRST + timedelta(days=5))),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as killed:
        assert reached.wait(30)
        killed.kill()
    assert killed.returncode == -signal.SIGKILL
    with Store.open(site.database_url) as store:
        assert store.backfilled("hf") == frozenset(days(FIRST, 3))
        assert len(store.find_papers(Query())) == 6
    before = len(asked(server))
    resumed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (resumed.returncode, resumed.stdout) == (0, "hf: 3 days read, 3 done before: 6 papers, 6 new\n")
    assert asked(server)[before:] == [str(day) for day in days(FIRST, 6)[3:]]
    with Store.open(site.database_url) as store:
        assert len(store.find_papers(Query())) == 12


def test_what_a_person_sees_while_it_runs(site: Site, store: Store) -> None:
    """The progress counts the days that are missing, so that the time that remains can be told."""
    told: list[tuple[int, int | None, str]] = []
    backfill(store, "hf", since=FIRST, until=FIRST + timedelta(days=1), site=site, now=NOW)
    backfill(
        store,
        "hf",
        since=FIRST,
        until=FIRST + timedelta(days=3),
        site=site,
        now=NOW,
        progress=lambda *a: told.append(a),
    )
    counted = [(done, total) for done, total, _ in told]
    assert (counted, set(counted)) == (sorted(counted), {(0, 2), (1, 2), (2, 2)})
    assert told[0][2] == "Daily Papers of 2026-05-05"
