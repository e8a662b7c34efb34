"""What is kept of rejections, runs and the past, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from digest.models import Content, Rejection, SourceRun, Verdict
from digest.store import Store
from digest.store.rejections import MOST_RAW, MOST_RECORDS

NOW = datetime(2026, 5, 19, 9, tzinfo=UTC)


def run(*rejected: Rejection, source: str = "hf", at: datetime = NOW, new: int = 0) -> SourceRun:
    """A run that set these aside."""
    return SourceRun(source=source, started_at=at, finished_at=at, verdict=Verdict.FRESH, new=new, rejected=rejected)


def test_rejections_are_bounded(any_store: Store) -> None:
    """Each source keeps so many records and so many bytes, the newest; other sources are not touched."""
    size = 60_000
    any_store.save_run(run(Rejection(record="other", reason="r", raw=b"x"), source="other"))
    for batch in range(4):
        rejections = (Rejection(record=f"{batch}-{number}", reason="r", raw=bytes(size)) for number in range(300))
        any_store.save_run(run(*rejections, at=NOW + timedelta(hours=batch)))
    kept = any_store.rejections("hf")
    assert len(kept) == MOST_RECORDS
    assert kept[0].record == "3-299"
    assert [bool(one.raw) for one in kept] == [place < MOST_RAW // size for place in range(MOST_RECORDS)]
    assert [one.raw for one in any_store.rejections("other")] == [b"x"]


def test_a_rejection_is_kept_once(any_store: Store) -> None:
    """The same record with the same reason is one, and can be forgotten."""
    for hour in range(3):
        any_store.save_run(run(Rejection(record="a", reason="r", again="papers/"), at=NOW + timedelta(hours=hour)))
    (kept,) = any_store.rejections()
    assert (kept.rejected_at, kept.again) == (NOW, "papers/")
    any_store.forget_rejections([kept.key])
    assert any_store.rejections() == ()


def test_old_runs_are_thinned(any_store: Store) -> None:
    """Of old runs those that brought papers and each day's last stay; of very old ones only the last of a source."""
    yesterday = NOW - timedelta(days=1)
    for minutes, new in ((0, 3), (10, 0), (20, 0), (30, 0)):
        any_store.save_run(run(at=yesterday + timedelta(minutes=minutes), new=new))
    any_store.save_run(run(source="gone", at=NOW - timedelta(days=500)))
    any_store.save_run(run(source="gone", at=NOW - timedelta(days=450)))
    long_ago = NOW - timedelta(days=400)
    any_store.tidy(NOW.date(), old=NOW - timedelta(hours=1), rejections=long_ago, runs=long_ago)
    assert [one.finished_at.minute for one in any_store.runs("hf", long_ago)] == [0, 30]
    assert [one.finished_at for one in any_store.runs("gone", datetime.min.replace(tzinfo=UTC))] == [
        NOW - timedelta(days=450)
    ]
    assert any_store.tidied_on() == NOW.date()


def test_days_of_the_past(any_store: Store) -> None:
    """A day is remembered for its source, however often it is done."""
    day = date(2026, 5, 4)
    for hour in range(2):
        any_store.save_backfilled("hf", day, NOW + timedelta(hours=hour), [Rejection(record="a", reason="r")])
    assert any_store.backfilled("hf") == {day}
    assert any_store.backfilled("arxiv:cs.CL") == frozenset()
    assert len(any_store.rejections("hf")) == 1


def test_what_places_held_is_forgotten_in_time(any_store: Store) -> None:
    """The last content of a place counts; what was not read for long goes."""
    old, new = Content(place=1, mark=2**62, read=3, newest_on=date(2026, 5, 4)), Content(place=2, mark=8)
    any_store.save_contents("papers/", [old, replace(new, mark=7)], NOW - timedelta(days=100))
    any_store.save_contents("papers/", [new], NOW)
    assert any_store.contents("papers/") == {1: old, 2: new}
    assert any_store.contents("others/") == {}
    long_ago = NOW - timedelta(days=90)
    any_store.tidy(NOW.date(), old=NOW, rejections=long_ago, runs=long_ago)
    assert any_store.contents("papers/") == {2: new}
