"""Facts about running: what is due is done once, downtime is caught up once, and a failure stays where it is."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.errors import SourceUnavailable
from digest.models import WEEKDAYS
from digest.schedule.runner import Ran, Runner, Stopped
from digest.schedule.timetable import After, At, Every, Job

JOBS = (
    Job(name="ingest", when=Every(step=timedelta(hours=2), start=time(6), until=time(20))),
    Job(name="publish", when=At(times=(time(8, 30),), days=WEEKDAYS[:5])),
    Job(name="feeds", when=After(job="publish")),
)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Bench:
    """A runner on a clock that is set by hand, and what it did."""

    store: object
    now: datetime
    zone: str = "UTC"
    done: list[tuple[str, datetime]] = field(default_factory=list)
    failing: dict[str, Exception] = field(default_factory=dict)

    def runner(self):
        """Another process would have another."""
        return Runner(
            store=self.store,
            jobs=JOBS,
            works={job.name: self._work(job.name) for job in JOBS},
            zone=ZoneInfo(self.zone),
            now=lambda: self.now,
            stop=threading.Event(),
            owner="a",
        )

    def _work(self, name):
        def work(now, _stop):
            if name in self.failing:
                raise self.failing[name]
            self.done.append((name, now))
            return "all well"

        return work

    def at(self, moment, *names):
        """Run the named jobs, or all that have times, at a moment; what each came to."""
        self.now = utc(moment)
        wanted = names or ("ingest", "publish")
        return [self.runner().run(job) for job in JOBS if job.name in wanted]


@pytest.fixture
def bench(store):
    """A site whose scheduler first ran on Thursday, 19 November 2026, at 05:00."""
    made = Bench(store, utc("2026-11-19T05:00"))
    made.runner().register()
    return made


def test_nothing_is_due_before_its_moment(bench):
    """A scheduler that was just set up has missed nothing."""
    assert bench.at("2026-11-19T05:59") == [Ran.NOTHING, Ran.NOTHING]
    assert bench.done == []


def test_a_job_runs_once_for_its_moment(bench):
    """Asking again before the next moment does nothing."""
    assert bench.at("2026-11-19T06:00") == [Ran.DONE, Ran.NOTHING]
    assert bench.at("2026-11-19T07:59") == [Ran.NOTHING, Ran.NOTHING]
    assert bench.at("2026-11-19T08:00") == [Ran.DONE, Ran.NOTHING]


def test_downtime_is_caught_up_once_and_in_order(bench):
    """Down from Thursday to Monday noon: papers are read once, one edition is closed, feeds follow it."""
    assert bench.at("2026-11-23T12:10") == [Ran.DONE, Ran.DONE]
    assert [name for name, _ in bench.done] == ["ingest", "publish", "feeds"]
    assert bench.at("2026-11-23T12:11") == [Ran.NOTHING, Ran.NOTHING]


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/Zurich", "2026-03-26"),
        ("Europe/Zurich", "2026-10-22"),
        ("America/New_York", "2026-03-05"),
        ("America/New_York", "2026-10-29"),
        ("Australia/Lord_Howe", "2026-04-02"),
        ("Australia/Lord_Howe", "2026-10-01"),
        ("Asia/Kathmandu", "2028-02-27"),
    ],
)
def test_each_working_day_has_one_edition(store, zone, start):
    """Asked every quarter of an hour over a weekend on which clocks change, and over a leap day."""
    bench = Bench(store, utc(f"{start}T00:00"), zone)
    bench.runner().register()
    runner, began = bench.runner(), bench.now
    for quarters in range(6 * 24 * 4):
        bench.now = began + quarters * timedelta(minutes=15)
        runner.run(JOBS[1])
    local = [at.astimezone(ZoneInfo(zone)) for name, at in bench.done if name == "publish"]
    days = [moment.date() for moment in local]
    assert days == [day for day in every_day(days[0], days[-1]) if day.weekday() < 5]
    assert len(days) >= 3
    assert {f"{moment:%H:%M}" for moment in local} == {"08:30"}


def every_day(first, last):
    """All days from the first to the last."""
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def test_a_failure_is_recorded_and_tried_again(bench):
    """The others go on; when it works again its moment is made up for, and what follows it follows."""
    bench.failing["publish"] = SourceUnavailable("the disk is full")
    assert bench.at("2026-11-19T08:31") == [Ran.DONE, Ran.FAILED]
    newest = bench.store.jobs.newest()["publish"]
    assert (newest.outcome, newest.message) == ("failed", "the disk is full")
    bench.failing.clear()
    assert bench.at("2026-11-19T08:32", "publish") == [Ran.DONE]
    assert [name for name, _ in bench.done] == ["ingest", "publish", "feeds"]


def test_what_follows_is_made_up_for_by_itself(bench):
    """The edition is closed but the feeds failed: only the feeds are done again."""
    bench.failing["feeds"] = OSError("a bug, as far as anyone knows")
    assert bench.at("2026-11-19T08:31", "publish") == [Ran.FAILED]
    bench.failing.clear()
    assert bench.at("2026-11-19T08:32", "publish") == [Ran.DONE]
    assert [name for name, _ in bench.done] == ["publish", "feeds"]
    assert "bug: OSError" in bench.store.jobs.runs("feeds")[1].message


def test_what_was_stopped_is_gone_on_with(bench):
    """A run that was left because the process ended is due at the next start."""
    bench.failing["ingest"] = Stopped()
    assert bench.at("2026-11-19T06:00", "ingest") == [Ran.STOPPED]
    bench.failing.clear()
    assert bench.at("2026-11-19T06:01", "ingest") == [Ran.DONE]


def test_a_job_in_other_hands_is_left_to_them(bench):
    """Until they are done, or gone for a minute."""
    bench.now = utc("2026-11-19T08:30")
    due_at = utc("2026-11-19T08:30")
    bench.store.jobs.claim("publish", due_at=due_at, now=due_at, owner="b", lease_until=due_at + timedelta(minutes=1))
    assert bench.at("2026-11-19T08:30:30", "publish") == [Ran.ELSEWHERE]
    assert bench.at("2026-11-19T08:31:00", "publish") == [Ran.DONE]
