"""Facts about `digest subscribers`."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from digest.cli.app import options
from digest.cli.subscribers import app
from tests.readers.test_lists import EVERYTHING

Run = Callable[..., Result]


@pytest.fixture
def run(site) -> Run:
    """Runs `digest --site TMP --now 2026-05-18T10:00Z subscribers …`."""
    tree = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    tree.callback()(options)
    tree.add_typer(app, name="subscribers")

    def call(*words: str, json_: bool = False, stdin: str | None = None) -> Result:
        options_ = ["--site", str(site.root), "--now", "2026-05-18T10:00Z", *(["--json"] if json_ else [])]
        return CliRunner().invoke(tree, [*options_, "subscribers", *words], input=stdin)

    return call


def test_a_reader_from_adding_to_erasing(run):
    """Each command says in one line what the reader is now and when the next digest comes."""
    steps = [
        (("add", "ada@example.org", "hour=6", "zone=Europe/Zurich"), "active, next digest Tue 2026-05-19 06:00 CEST"),
        (("set", "ada@example.org", "cadence=weekly", "weekdays=fri"), "active, next digest Fri 2026-05-22 06:00 CEST"),
        (("pause", "ada@example.org", "--until", "2026-06-01"), "active, next digest Fri 2026-06-05 06:00 CEST"),
        (("pause", "ADA@example.org"), "paused"),
        (("resume", "ada@example.org"), "active, next digest Fri 2026-05-22 06:00 CEST"),
        (("remove", "ada@example.org"), "unsubscribed"),
    ]
    for words, said in steps:
        done = run(*words)
        assert (done.exit_code, done.stdout) == (0, f"ada@example.org: {said}\n"), words
    assert run("list").stdout == "ada@example.org\tunsubscribed\tweekly\n"
    assert run("remove", "ada@example.org", "--erase").exit_code == 0
    assert run("list").stdout == ""


def test_showing_a_reader(run):
    """Their preferences and next three deliveries; as JSON all their data."""
    run("add", "ada@example.org", 'searches="tool use"', "searches=planning", "--source", "by phone")
    shown = run("show", "ada@example.org").stdout
    assert '"tool use"; planning' in shown
    assert "by phone" in shown
    assert "Tue 2026-05-19 07:00 UTC, Wed 2026-05-20 07:00 UTC, Thu 2026-05-21 07:00 UTC" in shown
    data = json.loads(run("show", "ada@example.org", json_=True).stdout)
    assert data["preferences"]["searches"] == ['"tool use"', "planning"]
    assert data["next_deliveries"][0] == "2026-05-19T07:00:00+00:00"


@pytest.mark.parametrize("word", ["add", "set"])
def test_everything_can_be_added_that_can_be_set(run, word):
    """One definition: every preference, an order of one's own included, whichever command names it."""
    wanted = [f"{name}={text}" for name, text in EVERYTHING.items()]
    if word == "set":
        run("add", "ada@example.org")
    assert run(word, "ada@example.org", *wanted).exit_code == 0
    data = json.loads(run("show", "ada@example.org", json_=True).stdout)
    assert data["preferences"]["personal"] == data["id"]
    row = next(csv.DictReader(run("export").stdout.splitlines(keepends=True)))
    assert {name: row[name] for name in EVERYTHING} == EVERYTHING | {"searches": '"tool, use"\n=1+1'}
    assert "personal  on, 0 marks" in run("show", "ada@example.org").stdout


def test_links_can_be_revoked(run):
    """The epoch goes up, all else stays."""
    run("add", "ada@example.org")
    assert run("set", "ada@example.org", "--revoke-links").exit_code == 0
    assert json.loads(run("show", "ada@example.org", json_=True).stdout)["epoch"] == 1


def test_lists_go_in_and_out(run, tmp_path):
    """From a file or standard input; refused lines are said and give exit code 3."""
    path = tmp_path / "readers.csv"
    path.write_bytes(b"address,hour\nada@example.org,6\nbo@example.org,99\ncaf\xe9@example.org,7\n")
    done = run("import", str(path))
    assert (done.exit_code, done.stdout) == (3, "1 added, 2 refused\n")
    assert "line 3: bo@example.org: hour: `99` is no number from 0 to 23" in done.stderr
    assert "line 4" in done.stderr
    done = run("import", "-", json_=True, stdin="cy@example.org\n")
    assert (done.exit_code, json.loads(done.stdout)) == (
        0,
        {"added": 1, "refused": [], "unmarked": [], "unread": []},
    )
    odd = run("import", "-", stdin="Email,Favourite colour,Opt-in Time\ndi@example.org,red,2024-02-29\n")
    assert "columns not read: Favourite colour" in odd.stderr
    missing = run("import", "-", json_=True, stdin="address,more_like\neve@example.org,2401.00001\n")
    assert (missing.exit_code, json.loads(missing.stdout)["added"]) == (3, 1)
    assert json.loads(missing.stdout)["unmarked"][0]["record"] == "line 2: eve@example.org"
    run("remove", "eve@example.org", "--erase")
    erased = run("remove", "di@example.org", "--erase", json_=True)
    assert json.loads(erased.stdout) == {"address": "di@example.org", "erased": True}
    rows = list(csv.DictReader(run("export").stdout.splitlines()))
    assert sorted((row["address"], row["hour"]) for row in rows) == [("ada@example.org", "6"), ("cy@example.org", "7")]
    run("export", str(tmp_path / "out.csv"), "--status", "active")
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 3


def test_lists_are_json_when_asked(run, tmp_path):
    """`list` says of each reader what `show` does, but for the marks; `export` gives the cells of its CSV."""
    run("add", "ada@example.org", "searches==1+1")
    (listed,) = json.loads(run("list", json_=True).stdout)
    shown = json.loads(run("show", "ada@example.org", json_=True).stdout)
    assert listed == {name: value for name, value in shown.items() if name not in {"marks", "next_deliveries"}}
    (row,) = json.loads(run("export", json_=True).stdout)
    (cells,) = csv.DictReader(run("export").stdout.splitlines())
    assert (row["searches"], cells["searches"]) == ("=1+1", "'=1+1")
    assert row == cells | {"searches": "=1+1"}
    run("export", str(tmp_path / "out.json"), json_=True)
    assert json.loads((tmp_path / "out.json").read_text()) == [row]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("show", "nobody@example.org"), "digest subscribers list"),
        (("add", "nobody"), "no mail address"),
        (("add", "ada@example.org", "hour=25"), "0 to 23"),
        (("add", "ada@example.org", "colour=red"), "there is no preference"),
        (("add", "ada@example.org", "personal=maybe"), "write on or off"),
        (("import", "missing.csv"), "missing.csv"),
        (("export", "missing/out.csv"), "missing/out.csv"),
    ],
)
def test_what_is_wrong_is_said(run, words, part):
    """As an error of ours, which the command shows in one line."""
    assert part in str(run(*words).exception)


@pytest.mark.parametrize(
    "words",
    [
        ("add", "ada@example.org", "agents"),
        ("set", "ada@example.org"),
        ("list", "--status", "bored"),
        ("pause", "a", "--until", "x"),
    ],
)
def test_wrong_usage_is_said(run, words):
    """With exit code 2."""
    assert run(*words).exit_code == 2
