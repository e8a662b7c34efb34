"""Facts about health: what is late, what is silent, and how it is told."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from digest.health import health, metrics_text
from digest.models import SourceRun, Verdict
from digest.schedule.watch import watch_sources
from digest.site import Site
from tests.builders import NOON, make_edition, make_entry

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def site(tmp_path):
    """A site that closes its edition at noon and reads one source."""
    (tmp_path / "cron").mkdir()
    (tmp_path / "cron" / "schedule.toml").write_text('[publish]\nat = "12:00"\n[feeds]\nafter = "publish"\n')
    return Site.open(tmp_path)


def read_source(store, at, verdict=Verdict.FRESH, message=""):
    store.save_run(SourceRun(source="hf", started_at=at, finished_at=at, verdict=verdict, message=message))


def run_job(store, job, at, outcome="done", message=""):
    run = store.jobs.claim(job, due_at=at, now=at, owner="a", lease_until=at + MINUTE)
    store.jobs.finish(run, outcome, message, now=at + MINUTE)


def test_a_site_that_was_just_made_is_well(store, site):
    """Nothing has run, so nothing is late."""
    state = health(store, site, NOON)
    assert state.ok
    assert [(job.name, job.last_success_at, job.is_late) for job in state.jobs] == [
        ("publish", None, False),
        ("feeds", None, False),
    ]
    assert state.edition is None


def test_the_age_of_the_last_success_is_told(store, site):
    """Per job; a later failure does not make it younger, and says why."""
    store.jobs.register("publish", now=NOON - 48 * HOUR)
    run_job(store, "publish", NOON - 24 * HOUR)
    run_job(store, "feeds", NOON - 24 * HOUR)
    run_job(store, "publish", NOON, "failed", "the disk is full")
    told = health(store, site, NOON + 20 * MINUTE).document()["jobs"]["publish"]
    assert told["last_success_age_seconds"] == (24 * HOUR + 19 * MINUTE).total_seconds()
    assert (told["outcome"], told["late"], told["next_at"]) == ("failed", False, "2026-05-19T12:00:00+00:00")
    late = health(store, site, NOON + 31 * MINUTE)
    assert late.problems == ("publish is late",)
    assert late.jobs[0].message == "the disk is full"


def test_a_job_that_runs_is_not_late(store, site):
    """Unless its process went away."""
    store.jobs.register("publish", now=NOON - HOUR)
    store.jobs.claim("publish", due_at=NOON, now=NOON, owner="a", lease_until=NOON + 2 * HOUR)
    running = health(store, site, NOON + HOUR).jobs[0]
    assert (running.is_running, running.is_late, running.outcome) == (True, False, "running")
    gone = health(store, site, NOON + 3 * HOUR).jobs[0]
    assert (gone.is_running, gone.is_late, gone.outcome) == (False, True, "interrupted")


def test_a_timetable_that_cannot_be_read_is_a_problem(store, site):
    """It does not take the health page down."""
    (site.root / "cron" / "schedule.toml").write_text('[publish]\nat = "noon"')
    state = health(store, site, NOON)
    assert "publish.at: `noon` is no time of day" in state.problems[0]
    assert state.document()["status"] == "trouble"


def test_a_dead_source_is_a_problem_and_told_once(store, site):
    """After 36 hours of silence, one letter; when it answers again, another."""
    letters = []

    def look(at):
        watch_sources(store, site, now=at, tell=lambda subject, text, _now: letters.append((subject, text)))
        return health(store, site, at).problems

    read_source(store, NOON)
    read_source(store, NOON + HOUR, Verdict.DOWN, "no answer")
    assert look(NOON + HOUR) == ()
    read_source(store, NOON + 35 * HOUR, Verdict.PARTIAL, "broke off")
    assert look(NOON + 35 * HOUR) == ()
    read_source(store, NOON + 37 * HOUR, Verdict.DOWN, "no answer at all")
    assert look(NOON + 37 * HOUR) == ("hf has not answered since 2026-05-18 12:00Z",)
    assert look(NOON + 38 * HOUR) != ()
    assert [subject for subject, _ in letters] == ["hf does not answer"]
    assert "37 hours, since 18 May 2026, 12:00 UTC" in letters[0][1]
    assert "no answer at all" in letters[0][1]
    read_source(store, NOON + 39 * HOUR)
    assert look(NOON + 39 * HOUR) == ()
    assert [subject for subject, _ in letters] == ["hf does not answer", "hf answers again"]


@pytest.mark.parametrize("verdict", [Verdict.QUIET, Verdict.HOLIDAY])
def test_a_source_that_has_nothing_is_not_dead(store, site, verdict):
    """A week of holidays is no silence."""
    for day in range(7):
        read_source(store, NOON + day * 24 * HOUR, verdict)
    assert health(store, site, NOON + 7 * 24 * HOUR).ok


def test_a_source_that_never_answered_is_dead_too(store, site):
    """Counted from when it was first asked."""
    read_source(store, NOON, Verdict.DOWN, "no such host")
    read_source(store, NOON + 40 * HOUR, Verdict.DOWN, "no such host")
    assert health(store, site, NOON + 40 * HOUR).problems == ("hf has not answered since 2026-05-18 12:00Z",)


def test_a_pause_of_delivery_is_a_problem(store, site):
    """And the reason, which may name a reader, is not told to everyone."""
    store.deliveries.pause("550 5.1.1 no such user ada@example.org")
    state = health(store, site, NOON)
    assert "digest send --resume" in state.problems[0]
    assert "ada" not in json.dumps(state.document())


def test_the_state_is_plain_json(store, site):
    """With the edition, the sources and the readers."""
    store.save_edition(make_edition(1, make_entry(1)))
    read_source(store, NOON)
    document = json.loads(json.dumps(health(store, site, NOON + HOUR).document()))
    assert document["edition"] == {"number": 1, "age_seconds": 3600, "papers": 1, "verdict": "fresh"}
    assert document["sources"] == {"hf": {"verdict": "fresh", "last_success_age_seconds": 3600}}


def test_metrics_are_in_prometheus_form(store, site):
    """Every line is a comment or a sample, every sample has its help and type before it, labels are escaped."""
    (site.root / "digest.toml").write_text('sources = ["""a "quoted" \\\\ name"""]')
    site = Site.open(site.root)
    store.save_edition(make_edition(1, make_entry(1)))
    store.jobs.register("publish", now=NOON - HOUR)
    run_job(store, "publish", NOON)
    store.save_run(SourceRun(source='a "quoted" \\ name', started_at=NOON, finished_at=NOON, verdict=Verdict.FRESH))
    lines = metrics_text(health(store, site, NOON + HOUR)).splitlines()
    sample = re.compile(
        r'(digest_[a-z_]+)(\{[a-z]+="(?:[^"\\]|\\["\\n])*"(?:,[a-z]+="(?:[^"\\]|\\["\\n])*")*\})? [0-9.e+]+'
    )
    names = [matched[1] for line in lines if (matched := sample.fullmatch(line))]
    told = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(names) + 2 * len(told) == len(lines)
    assert list(dict.fromkeys(names)) == told
    assert f'digest_job_last_success_timestamp_seconds{{job="publish"}} {int((NOON + MINUTE).timestamp())}' in lines
    assert 'digest_source_verdict{source="a \\"quoted\\" \\\\ name",verdict="fresh"} 1' in lines
