"""Facts about the process that waits: real threads, real time, two of them on one database."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.schedule.clock import Clock
from digest.schedule.runner import Runner
from digest.schedule.timetable import After, Every, Job
from digest.store import Store

EACH_SECOND = Job(name="deliver", when=Every(step=timedelta(seconds=1)))
JOBS = (EACH_SECOND, Job(name="housekeeping", when=After(job="deliver")))


def runner(store, works, stop, owner="a", jobs=JOBS):
    return Runner(
        store=store,
        jobs=jobs,
        works=works,
        zone=ZoneInfo("UTC"),
        now=lambda: datetime.now(UTC),
        stop=stop,
        owner=owner,
    )


def test_two_schedulers_do_each_thing_once(tmp_path):
    """Two clocks with stores of their own on one file: every second's run is there once, and the follower's too."""
    url, stop, enough = f"sqlite:///{tmp_path / 'digest.db'}", threading.Event(), threading.Event()
    done = []

    def work(name):
        def do(_now, _stop):
            done.append(name)
            if len(done) >= 8:
                enough.set()
            return ""

        return do

    works = {"deliver": work("deliver"), "housekeeping": work("housekeeping")}
    with Store.open(url) as one, Store.open(url) as other:
        clocks = [Clock(runner(one, works, stop)), Clock(runner(other, works, stop, "b"))]
        threads = [threading.Thread(target=clock.run) for clock in clocks]
        for thread in threads:
            thread.start()
        assert enough.wait(20)
        stop.set()
        for thread in threads:
            thread.join(20)
        due = {name: [run.due_at for run in one.jobs.runs(name, limit=100) if run.outcome == "done"] for name in works}
    for name, moments in due.items():
        assert len(moments) == len(set(moments)) == done.count(name) >= 3


def test_what_is_in_flight_is_finished(store):
    """The stop comes while the job works: it ends by itself and counts as done."""
    stop, begun = threading.Event(), threading.Event()

    def work(_now, stop):
        begun.set()
        stop.wait(20)
        return "finished"

    clock = Clock(runner(store, {"deliver": work}, stop, jobs=(EACH_SECOND,)))
    ended = []
    thread = threading.Thread(target=lambda: ended.append(clock.run()))
    thread.start()
    assert begun.wait(20)
    before = time.monotonic()
    stop.set()
    thread.join(20)
    assert ended == [True]
    assert time.monotonic() - before < 9
    assert store.jobs.newest()["deliver"].message == "finished"
