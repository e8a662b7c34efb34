"""What is set aside is kept, shown, and taken again when it can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from digest.ingest import ingest, retry_rejected
from digest.models import Query, Rejection, SourceRun, Verdict
from digest.site import Site
from digest.sources.recognise import parse
from digest.store import Store

NOW = datetime(2026, 5, 19, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with the shipped defaults."""
    return Site.open(tmp_path)


@pytest.fixture
def store(site: Site) -> Iterator[Store]:
    """Its database."""
    with Store.open(site.database_url) as opened:
        yield opened


def run(*rejected: Rejection, source: str = "papers.json", at: datetime = NOW) -> SourceRun:
    """A run that set these aside."""
    return SourceRun(source=source, started_at=at, finished_at=at, verdict=Verdict.FRESH, rejected=rejected)


PAPER = {"id": "2605.00009", "title": "An invented paper", "upvotes": 4, "summary": "Text."}
UNTITLED = {**PAPER, "title": None}


@pytest.mark.parametrize(
    ("data", "raw"),
    [
        (json.dumps([{"paper": PAPER}, {"paper": UNTITLED}]), json.dumps([{"paper": UNTITLED}])),
        (json.dumps([{"paper": PAPER}, "{'id': '2605.1'"]), json.dumps(["{'id': '2605.1'"])),
        (json.dumps([{"title": "A", "abstract": "B"}, {"abstract": "B"}]), json.dumps([{"abstract": "B"}])),
        ('{"title": "A", "id": "1"}\n{"abstract": "ü"}\n', '[{"abstract": "ü"}]'),
        ('{"title": "A", "id": "1"}\n{"title": oops}\n', '{"title": oops}'),
        ("@article{a, title={T}}\n@article{b, title={broken\n", "@article{b, title={broken"),
        ("@article{a, title={T}}\n@article{b, year={2024}}\n", "@article{b, year={2024}}"),
    ],
)
def test_records_are_kept_where_they_can_stand_alone(data: str, raw: str) -> None:
    """What was set aside of JSON, JSON lines and BibTeX comes with the bytes it was read from."""
    (rejection,) = parse(data.encode(), observed_at=NOW, source="file").rejected
    assert rejection.raw.decode().strip() == raw


def test_half_a_record_is_not_kept() -> None:
    """A record of more than 64 kB is not cut but left out: half of it could not be read."""
    data = json.dumps([{"title": "A", "abstract": "B"}, {"abstract": "B" * 70_000}]).encode()
    assert [one.raw for one in parse(data, observed_at=NOW, source="file").rejected] == [b""]


def test_a_kept_record_is_taken_again(store: Store, site: Site) -> None:
    """Once it can be read, it is a paper of its list's day, its votes those of the day it was set aside."""
    good = json.dumps([{"paper": PAPER}]).encode()
    bad = json.dumps([{"paper": UNTITLED}]).encode()
    store.save_run(
        run(
            Rejection(record="2605.1", reason="an older digest could not read it", raw=good),
            Rejection(record="2605.2", reason="it has no title", raw=bad),
            source="hf",
        )
    )
    (retried,) = retry_rejected(store, site=site, now=LATER)
    assert (retried.source, retried.read, retried.new) == ("hf", 1, 1)
    assert [one.record for one in retried.rejected] == [one.record for one in store.rejections()] == ["2605.2"]
    (known,) = store.find_papers(Query())
    assert (known.paper.listed_on, known.paper.signals[0].observed_at) == (date(2026, 5, 19), NOW)
    assert known.paper.signals[0].source == "hf"
    assert [one.source for one in store.last_runs()] == ["hf"]


def test_a_file_is_read_again(store: Store, site: Site, tmp_path: Path) -> None:
    """A file of a folder that could not be read, and one named alone, are read again once they are mended."""
    (tmp_path / "lists").mkdir()
    broken, alone = tmp_path / "lists" / "a.json", tmp_path / "alone.json"
    for path in (broken, alone):
        path.write_text("[1, 2, 3]")
    (tmp_path / "lists" / "b.json").write_text(json.dumps([{"paper": PAPER}]))
    ingest(store, [str(tmp_path / "lists"), str(alone), str(tmp_path / "none.json")], site=site, now=NOW)
    assert {one.again for one in store.rejections()} == {str(broken), str(alone)}
    broken.write_text(json.dumps([{"paper": {**PAPER, "id": "2605.00010", "title": "Another invented paper"}}]))
    runs = retry_rejected(store, site=site, now=LATER)
    assert {one.source: (one.new, len(one.rejected), bool(one.message)) for one in runs} == {
        str(tmp_path / "lists"): (1, 0, False),
        str(alone): (0, 1, True),
    }
    assert [one.source for one in store.rejections()] == [str(alone)]


def test_a_record_of_a_file_that_was_mended_is_read_there(store: Store, site: Site, tmp_path: Path) -> None:
    """What was kept of it is still broken, the file is not; a record that is merely gone from its file stays."""
    path = tmp_path / "list.json"
    lost = {**UNTITLED, "id": "2605.00010"}
    path.write_text(json.dumps([{"paper": UNTITLED}, {"paper": lost}, {"paper": {**PAPER, "id": "2605.00001"}}]))
    ingest(store, [str(path)], site=site, now=NOW)
    path.write_text(json.dumps([{"paper": PAPER}, {"paper": {**PAPER, "id": "2605.00001"}}]))
    (retried,) = retry_rejected(store, site=site, now=LATER)
    assert retried.new == 1
    assert [one.record for one in retried.rejected] == [one.record for one in store.rejections()] == ["2605.00010"]


def test_a_record_that_comes_after_all_leaves_the_list(store: Store, site: Site, tmp_path: Path) -> None:
    """When a later reading has the paper, corrected, nothing is left to retry."""
    path = tmp_path / "list.json"
    path.write_text(json.dumps([{"paper": UNTITLED}, {"paper": {**PAPER, "id": "2605.00001"}}]))
    ingest(store, [str(path)], site=site, now=NOW)
    assert [one.record for one in store.rejections()] == ["2605.00009"]
    path.write_text(json.dumps([{"paper": {**PAPER, "title": "Its title at last"}}]))
    ingest(store, [str(path)], site=site, now=LATER)
    assert store.rejections() == ()
    assert retry_rejected(store, site=site, now=LATER) == ()


def test_old_things_are_forgotten_once_a_day(store: Store, site: Site) -> None:
    """The first ingest of a day thins and forgets; what is set aside goes after 90 days, the last run never."""
    store.save_run(run(Rejection(record="old", reason="r"), source="hf", at=NOW - timedelta(days=500)))
    store.save_run(run(source="hf", at=NOW - timedelta(days=450)))
    ingest(store, [], site=site, now=NOW)
    assert (store.tidied_on(), store.rejections()) == (NOW.date(), ())
    assert [one.finished_at for one in store.runs("hf", NOW - timedelta(days=600))] == [NOW - timedelta(days=450)]
    store.save_run(run(Rejection(record="old", reason="r"), source="hf", at=NOW - timedelta(days=100)))
    ingest(store, [], site=site, now=NOW + timedelta(hours=1))
    ingest(store, [], site=site, now=NOW - timedelta(days=1))
    assert len(store.rejections()) == 1
