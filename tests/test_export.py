"""Exports and differences of a real database: the demo's."""

from __future__ import annotations

import json
import mailbox
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import typer

from digest.cli.diff import diff
from digest.cli.export import export
from digest.cli.state import State
from digest.demo import demo
from digest.errors import NotFoundError
from digest.ingest import ingest
from digest.site import Site
from digest.store import Store

NOW = datetime(2026, 5, 25, 12, tzinfo=UTC)
"""Soon after the last edition: ingest thins observations that are old."""
Run = Callable[..., bytes]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo, made once."""
    return demo(tmp_path_factory.mktemp("demo") / "demo", progress=lambda *_: None).folder


@pytest.fixture
def run(shown: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs a command on the demo's database; its standard output."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)

    @app.callback()
    def options(context: typer.Context, *, json: bool = False) -> None:
        database = f"sqlite:///{shown}/demo.db"
        context.obj = State(folder=shown, database=database, moment="2026-06-01", json=json, verbosity=0)

    app.command("export")(export)
    app.command("diff")(diff)

    def called(*words: str) -> bytes:
        capfdbinary.readouterr()
        app(args=list(words), standalone_mode=False)
        return capfdbinary.readouterr().out

    return called


def test_our_own_records_change_nothing_when_they_come_again(run, shown, tmp_path):
    """Every paper of the export is known, and the rows of papers and signals stay what they were."""
    path = tmp_path / "papers.jsonl"
    run("export", "--output", str(path))
    rows = "SELECT * FROM papers ORDER BY id", "SELECT count(*), sum(value) FROM signals"
    copy = tmp_path / "copy.db"
    copy.write_bytes((shown / "demo.db").read_bytes())

    def held() -> list[Any]:
        with closing(sqlite3.connect(copy)) as database, database:
            found = [database.execute(query).fetchall() for query in rows]
        database.close()
        return found

    before = held()
    site = Site.open(shown)
    with Store.open(f"sqlite:///{copy}") as store:
        (done,) = ingest(store, [str(path)], site=site, now=NOW)
    assert (done.new, done.updated, done.rejected) == (0, 0, ())
    assert done.unchanged == len(path.read_text().splitlines()) >= 60
    assert held() == before


def test_an_edition_is_exported_as_it_was_closed(run):
    """Best first, with the votes of that morning."""
    records = [json.loads(line) for line in run("export", "3", "--format", "jsonl").splitlines()]
    document = json.loads(run("--json", "diff", "3", "3"))
    assert document == {"new": [], "gone": [], "changed": [], "same": len(records)}
    later = [json.loads(line) for line in run("export", "--format", "jsonl").splitlines()]
    signals = {record["id"]: len(record.get("signals", ())) for record in later}
    assert all(len(record.get("signals", ())) <= signals[record["id"]] for record in records)
    assert any(len(record.get("signals", ())) < signals[record["id"]] for record in records)


@pytest.mark.parametrize(
    ("form", "start"),
    [("bibtex", b"@misc{"), ("ris", b"TY  - "), ("csl-json", b"[\n"), ("jsonl", b'{"id"'), ("markdown", b"- [")],
)
def test_every_format_of_an_edition(run, form, start):
    """It begins as the format does, and the suffix of a file chooses it too."""
    assert run("export", "6", "--format", form).startswith(start)


def test_the_suffix_chooses_the_format(run, tmp_path):
    """As in `digest preview`; standard output is BibTeX."""
    path = tmp_path / "new" / "six.ris"
    run("export", "6", "--output", str(path))
    assert path.read_bytes() == run("export", "6", "--format", "ris")
    assert run("export", "6") == run("export", "6", "--format", "bibtex")


def test_papers_are_chosen_by_topic_query_and_day(run):
    """Every condition given must hold; the last day is within."""
    every = run("export").count(b"\n@") + 1
    few = run("export", "--topic", "agents", "--since", "2026-05-18", "--until", "2026-05-20").count(b"\n@") + 1
    one = run("export", "--query", '"noisy channels"').count(b"\n@") + 1
    assert every > few > one == 1
    with pytest.raises(NotFoundError, match="no paper matches"):
        run("export", "--query", "nobody wrote this")


def test_an_mbox_holds_one_message_for_each_edition(run, tmp_path, shown):
    """The standard library reads them, and the newest is the digest that the demo shows."""
    path = tmp_path / "all.mbox"
    run("export", "--output", str(path))
    box = mailbox.mbox(path, create=False)
    messages: list[Message] = [box[key] for key in sorted(box.keys())]
    box.close()
    assert [message["Message-ID"] for message in messages] == [
        message_from_bytes(run("export", str(number), "--format", "mbox"))["Message-ID"] for number in range(1, 7)
    ]
    html = messages[-1].get_payload(1).get_payload(decode=True).decode()
    assert html.replace("\r\n", "\n").strip() == (shown / "digest.html").read_text().strip()
    assert run("export", "--format", "mbox", "--since", "2026-05-25").count(b"\nMessage-ID:") == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("export", "6", "--topic", "agents"), "is exported whole"),
        (("export", "--topic", "nothing"), "there is no topic"),
        (("export", "--format", "mbox", "--query", "x"), "holds whole editions"),
        (("export", "--since", "May"), "is no date"),
        (("diff", "a", "2"), "is no edition"),
        (("diff", "3-1", "2"), "is no edition"),
    ],
)
def test_usage_is_explained(run, words, reason):
    """What cannot be done says why."""
    with pytest.raises(typer.BadParameter, match=reason):
        run(*words)


def test_editions_that_are_not_there(run):
    """Named, with the command that lists them."""
    for words in (("export", "99"), ("diff", "1", "99"), ("diff", "1-99999999", "2")):
        with pytest.raises(NotFoundError, match="there is no edition"):
            run(*words)


def test_the_difference_of_runs_in_words(run):
    """New, gone and changed, each with what changed."""
    text = run("diff", "1-3", "4-6").decode()
    assert text.startswith("New ")
    assert "\nGone " in text
    assert "rank " in text
    assert "upvotes 10 → 58" in text
    assert text.endswith(" in both and as they were\n")
