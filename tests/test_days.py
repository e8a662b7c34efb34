"""Real Daily Papers, replayed day by day from a server that has, lacks, cuts or repeats them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from digest.ingest import ingest, source_states
from digest.models import SourceRun, Verdict
from digest.site import Site
from digest.store import Store
from tests.sources import misbehaving
from tests.sources.misbehaving import Request, Server, Write, answers

PATH = "/api/daily_papers"
MONDAY = date(2026, 3, 2)
Read = Callable[[date, int], SourceRun]
Lists = dict[str, bytes]


@pytest.fixture
def lists(shared_data: Path) -> Lists:
    """The lists of March 2026, by day; weekends have none."""
    return {path.stem: path.read_bytes() for path in (shared_data / "hf_daily").glob("2026-03-*.json")}


@pytest.fixture
def server(lists: Lists) -> Iterator[Server]:
    """An API that gives them."""

    def behave(request: Request, write: Write, closing: threading.Event) -> None:
        first = request.query["p"] == "0"
        answers(lists.get(request.query["date"], b"[]") if first else b"[]")(request, write, closing)

    with misbehaving.running() as running:
        running.on(PATH, behave)
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A fresh store."""
    with Store.open(f"sqlite:///{tmp_path / 'digest.db'}") as opened:
        yield opened


@pytest.fixture
def read(tmp_path: Path, server: Server, store: Store) -> Read:
    """Reads `hf` at an hour (UTC) of a day."""
    (tmp_path / "digest.toml").write_text(f'[ingest]\nhf_url = "{server.url(PATH)}"\n')
    site = Site.open(tmp_path)

    def run(day: date, hour: int) -> SourceRun:
        (done,) = ingest(store, ["hf"], site=site, now=datetime.combine(day, time(hour), UTC))
        return done

    return run


def days(count: int) -> list[date]:
    """So many days from the first Monday of March."""
    return [MONDAY + timedelta(days=number) for number in range(count)]


def test_ordinary_weeks(read: Read, lists: Lists, store: Store) -> None:
    """Weekdays are fresh once and then quiet, weekends are holidays; then it is known what is usual and due."""
    for day in days(26):
        verdicts = [str(read(day, hour).verdict) for hour in (9, 14)]
        assert verdicts == (["fresh", "quiet"] if str(day) in lists else ["holiday", "holiday"]), day
    now = datetime(2026, 3, 27, 10, tzinfo=UTC)
    (state,) = source_states(store, ["hf"], now=now)
    assert state.last_success_at == datetime(2026, 3, 27, 14, tzinfo=UTC)
    fridays = sorted(len(json.loads(lists[f"2026-03-{day:02}"])) for day in (6, 13, 20))
    assert (state.usual, state.due_at) == (fridays[1], datetime(2026, 3, 30, 12, tzinfo=UTC))


def test_a_list_that_is_not_out_yet(read: Read, lists: Lists) -> None:
    """Before noon (UTC) nothing means not yet; after it, that the list is missing; when it comes, it is fresh."""
    late = lists.pop(str(MONDAY))
    assert [str(read(MONDAY, hour).verdict) for hour in (3, 13)] == ["quiet", "stale"]
    lists[str(MONDAY)] = late
    assert read(MONDAY, 15).verdict is Verdict.FRESH


def test_a_server_that_repeats_yesterday(read: Read, lists: Lists) -> None:
    """Yesterday's list in place of today's is stale, also when its votes have moved."""
    read(MONDAY, 14)
    tuesday = MONDAY + timedelta(days=1)
    lists[str(tuesday)] = lists[str(MONDAY)].replace(b'"upvotes":1', b'"upvotes":2')
    run = read(tuesday, 14)
    assert (run.verdict, run.updated > 0, run.new) == (Verdict.STALE, True, 0)


def test_a_partial_list_never_replaces_a_fuller_one(read: Read, lists: Lists, store: Store) -> None:
    """A cut list is partial, by what is usual and by what there was an hour before; what was known stays."""
    for day in days(22):
        read(day, 9)
    last = MONDAY + timedelta(days=21)
    before = {known.paper.id for known in store.unpublished()}
    whole = lists[str(last)]
    lists[str(last)] = json.dumps(json.loads(whole)[:3]).encode()
    assert read(last, 10).verdict is Verdict.PARTIAL
    assert {known.paper.id for known in store.unpublished()} == before
    following = last + timedelta(days=7)
    full = json.loads(lists.get(str(following), whole))
    lists[str(following)] = json.dumps(full[:2]).encode()
    assert read(following, 9).verdict is Verdict.PARTIAL


def test_a_dead_source(read: Read, server: Server) -> None:
    """A source that does not answer is down on every day of the week, with the reason."""
    server.on(PATH, answers(b"<html>maintenance</html>", status=404))
    for day in days(7):
        run = read(day, 9)
        assert (run.verdict, "404" in run.message) == (Verdict.DOWN, True)
