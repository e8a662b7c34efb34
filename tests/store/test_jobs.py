"""Facts about the lease: a job runs once at a time and once for its moment, in either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.builders import NOON

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def claim(store, job="publish", *, due_at=NOON, now=NOON, owner="a"):
    return store.jobs.claim(job, due_at=due_at, now=now, owner=owner, lease_until=now + MINUTE)


def test_of_many_claims_at_once_one_is_granted(any_store):
    """Twenty claims of one moment by as many owners in four threads."""
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda number: claim(any_store, owner=f"process {number}"), range(20)))
    assert len([run for run in runs if run]) == 1


def test_what_was_done_is_not_done_again(any_store):
    """Neither for its moment nor for an earlier one; the next moment is new."""
    any_store.jobs.finish(claim(any_store), "done", "edition 1", now=NOON)
    assert claim(any_store) is None
    assert claim(any_store, due_at=NOON - HOUR) is None
    assert claim(any_store, due_at=NOON + HOUR, now=NOON + HOUR) is not None


@pytest.mark.parametrize("outcome", ["failed", "interrupted"])
def test_what_failed_may_be_tried_again(any_store, outcome):
    """A failure settles nothing."""
    any_store.jobs.finish(claim(any_store), outcome, "no network", now=NOON)
    assert claim(any_store) is not None


def test_a_lease_ends_when_nobody_renews_it(any_store):
    """The process is gone; its run is told as interrupted, and what it says later counts no more."""
    lost = claim(any_store)
    assert claim(any_store, now=NOON + MINUTE / 2, owner="b") is None
    taken = claim(any_store, now=NOON + MINUTE, owner="b")
    assert taken is not None
    any_store.jobs.finish(lost, "done", "too late", now=NOON + 2 * MINUTE)
    assert [(run.owner, run.outcome) for run in any_store.jobs.runs("publish")] == [
        ("b", "running"),
        ("a", "interrupted"),
    ]


def test_a_renewed_lease_holds(any_store):
    """Each owner renews its own, all of them."""
    claim(any_store, "ingest")
    claim(any_store, "publish")
    claim(any_store, "deliver", owner="b")
    assert any_store.jobs.renew("a", lease_until=NOON + HOUR) == 2
    assert claim(any_store, "ingest", now=NOON + MINUTE) is None
    assert claim(any_store, "deliver", now=NOON + MINUTE) is not None


def test_a_job_seen_for_the_first_time_has_missed_nothing(any_store):
    """Moments before it was registered are no longer to be run; registering again changes nothing."""
    any_store.jobs.register("publish", now=NOON)
    any_store.jobs.register("publish", now=NOON + HOUR)
    assert any_store.jobs.settled()["publish"].due_at == NOON
    assert claim(any_store, due_at=NOON - HOUR) is None
    assert claim(any_store, due_at=NOON + MINUTE) is not None


def test_old_runs_are_forgotten_but_not_how_far_a_job_is(any_store):
    """Of a hundred old runs the one that was done last stays, whatever failed after it."""
    for number in range(50):
        at = NOON + number * HOUR
        any_store.jobs.finish(claim(any_store, due_at=at, now=at), "done", "", now=at)
    late = NOON + 60 * HOUR
    any_store.jobs.finish(claim(any_store, due_at=late, now=late), "failed", "", now=late)
    assert any_store.jobs.remove(late + HOUR) == 50
    assert any_store.jobs.settled()["publish"].due_at == NOON + 49 * HOUR


def test_the_operator_is_told_once(any_store):
    """Until it has passed."""
    assert not any_store.jobs.is_told("hf")
    any_store.jobs.set_told("hf", now=NOON)
    any_store.jobs.set_told("hf", now=NOON + HOUR)
    assert any_store.jobs.is_told("hf")
    any_store.jobs.unset_told("hf")
    assert not any_store.jobs.is_told("hf")
