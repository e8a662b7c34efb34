"""What an operator asks when something seems to be missing: how the sources do, and what was set aside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Command, record
from tests.sources import misbehaving
from tests.sources.misbehaving import Server, answers

PATH = "/api/daily_papers"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A Daily Papers API with nothing to say, which the site asks."""
    with misbehaving.running() as running:
        running.on(PATH, answers(b"[]"))
        (tmp_path / "digest.toml").write_text(f'[ingest]\nhf_url = "{running.url(PATH)}"\n')
        yield running


def item(number: int, title: str | None) -> dict[str, object]:
    """An item of the API."""
    return {"paper": {"id": f"2605.{number:05}", "title": title, "upvotes": 3, "summary": "Text."}}


def test_sources_says_how_they_do(digest: Command, server: Server) -> None:
    """Never read, fresh, stale: each with its moments; trouble is exit code 3."""
    never = digest("sources", "--json")
    assert (never.code, never.document[0]["verdict"], never.document[0]["due_at"]) == (
        0,
        None,
        "2026-05-18T12:00:00+00:00",
    )
    server.on(PATH, misbehaving.by_query(lambda query: json.dumps([item(1, "A paper")] * (query["p"] == "0")).encode()))
    assert digest("ingest").code == 0
    server.on(PATH, answers(b"[]"))
    assert digest("ingest", "--now", "2026-05-19T13:00Z").code == 3
    stale = digest("sources", "--json", "--now", "2026-05-19T13:00Z")
    (state,) = stale.document
    assert stale.code == 3
    assert state == {
        "source": "hf",
        "verdict": "stale",
        "read": 0,
        "message": "",
        "last_run_at": "2026-05-19T13:00:00+00:00",
        "last_success_at": "2026-05-19T13:00:00+00:00",
        "usual": None,
        "due_at": "2026-05-19T12:00:00+00:00",
    }
    shown = digest("sources", "--now", "2026-05-19T13:00Z")
    assert "hf" in shown.out
    assert "stale" in shown.out


def test_a_dead_source_is_explained(digest: Command, server: Server) -> None:
    """The reason stands below the table; what was read by hand is only shown when asked for."""
    server.on(PATH, answers(b"", status=404))
    digest("ingest", "hf", "none.json")
    shown = digest("sources")
    everything = digest("sources", "--all")
    assert shown.code == 3
    assert "404" in shown.err
    assert "none.json" not in shown.out
    assert "none.json" in everything.out


def test_what_is_set_aside_is_listed_and_taken_again(digest: Command, tmp_path: Path) -> None:
    """It is shown with its moment and reason, kept as it came, and leaves the list once it can be read."""
    path = tmp_path / "list.json"
    path.write_text(json.dumps([item(1, None), item(2, "A paper")]))
    assert digest("ingest", str(path)).code == 3
    listed = digest("rejected")
    assert listed.out == f"2026-05-18 10:00\t{path}\t2605.00001\tit has no title\n"
    assert json.loads(digest("rejected", "--json").document[0]["raw"]) == [item(1, None)]
    assert digest("rejected", "--source", "hf").err == "Nothing is set aside.\n"
    again = digest("ingest", "--retry-rejected")
    assert (again.code, "0 new" in again.out, "1 set aside" in again.out) == (3, True, True)
    path.write_text(json.dumps([item(1, "Its title at last")]))
    assert digest("ingest", str(path)).code == 0
    nothing = digest("ingest", "--retry-rejected")
    assert (nothing.code, nothing.err) == (0, "Nothing is set aside.\n")


def test_retrying_takes_what_can_be_read_now(digest: Command, tmp_path: Path) -> None:
    """A file that was refused is read again where it is, once it is mended."""
    path = tmp_path / "list.jsonl"
    path.write_text("no papers at all")
    assert digest("ingest", str(path)).code == 3
    path.write_text(json.dumps(record(1)) + "\n")
    again = digest("ingest", "--retry-rejected", str(path))
    assert (again.code, again.out) == (0, f"{path}: 1 read, 1 new, 0 updated, 0 unchanged (fresh)\n")
    assert digest("rejected").out == ""
    assert digest("ingest", "--retry-rejected", "--on", "2026-05-18").code == 2


def test_backfill_tells_what_it_did(digest: Command, server: Server) -> None:
    """Days, papers and failures; the last day is included; what failed is exit code 3."""
    done = digest("backfill", "hf", "--since", "2026-05-11", "--until", "2026-05-12")
    assert (done.code, done.out) == (0, "hf: 2 days read: 0 papers, 0 new\n")
    assert {request.query["date"] for request in server.requests} == {"2026-05-11", "2026-05-12"}
    server.on(PATH, answers(b"", status=404))
    failed = digest("backfill", "hf", "--since", "2026-05-11", "--until", "2026-05-13", "--json")
    assert (failed.code, failed.document["done_before"]) == (3, 2)
    assert [(day["day"], "404" in day["message"]) for day in failed.document["days"]] == [("2026-05-13", True)]
    assert digest("backfill", "hf", "--since", "2026-05-13", "--until", "2026-05-12").code == 2
    assert digest("backfill", "papers.json", "--since", "2026-05-13").code == 1
