"""Facts about what a person is told when something is wrong."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from digest.__main__ import hoist, main
from digest.cli.app import app


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("papers", "--on", "yesterday"), 2, "2026-11-20"),
        (("papers", "--topic", "nonsense"), 2, "digest topics"),
        (("papers", "--sort", "random"), 2, "trend"),
        (("preview", "7"), 1, "digest editions"),
        (("preview",), 1, "digest ingest"),
        (("editions", "show", "3"), 1, "no edition 3"),
        (("topics", "explain", "2401.01234"), 1, "no paper"),
        (("--now", "soon", "papers"), 2, "no moment"),
        (("--database", "sqlite:////nonexistent/x.db", "papers"), 1, "nonexistent"),
        (("--site", "nowhere", "papers"), 1, "digest init"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_an_error_is_one_line_that_says_what_to_do(digest, words, code, part):
    """One line on standard error, nothing on standard output, and the right exit code."""
    done = digest(*words)
    assert (done.code, done.out) == (code, "")
    assert part in done.err
    assert done.err.startswith("digest: ")
    assert done.err.count("\n") == 1


def test_a_command_may_be_named_anywhere(digest, tmp_path):
    """Also as the value of an option, or in the name of a folder."""
    (tmp_path / "sources").mkdir()
    done = digest("--site", str(tmp_path / "sources"), "papers", "--query", "ingest", "--json")
    assert (done.code, done.document) == (0, [])
    assert digest("ingest", "papers", "--site", str(tmp_path)).err.startswith("  papers: there is no such file")


@pytest.mark.parametrize("words", [[], ["subscribers"], ["marks"], ["keys"]])
def test_a_command_that_was_left_out_is_answered_with_the_help(capsys, words):
    """As `--help` shows it, line by line, on standard error."""
    assert main(words) == 2
    said = capsys.readouterr()
    assert main([*words, "--help"]) == 0
    assert (said.out, said.err) == ("", capsys.readouterr().out)


def test_a_wrong_setting_is_named(digest, tmp_path):
    """The file and the key are in the message."""
    (tmp_path / "digest.toml").write_text('time_zone = "Mars/Olympus"\ncolour = "red"\n')
    done = digest("papers")
    assert done.code == 1
    assert "digest.toml" in done.err
    assert "time_zone" in done.err
    assert "colour" in done.err


def test_a_wrong_topic_file_is_named(digest, tmp_path):
    """An unknown rule is no silent nothing."""
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "mine.toml").write_text('title = "Mine"\n[rules]\nanyy = ["x"]\n')
    done = digest("check")
    assert done.code == 1
    assert "mine.toml" in done.out
    assert "anyy" in done.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["papers", "--json"], ["--json", "papers"]),
        (["papers", "--now", "2026-01-01", "--on", "x"], ["--now", "2026-01-01", "papers", "--on", "x"]),
        (["ingest", "--site=x", "-"], ["--site=x", "ingest", "-"]),
        (["ingest", "--", "--json"], ["ingest", "--", "--json"]),
        (["papers", "--now"], ["--now", "papers"]),
    ],
)
def test_global_options_may_stand_anywhere(words, expected):
    """They come to the front; what follows `--` stays."""
    assert hoist(words) == expected


def test_check_finds_a_fresh_site_right(digest, tmp_path):
    """A new site is right, and is not made over an old one."""
    made = digest("init", str(tmp_path / "mine"), "--base-url", "https://papers.example.org/")
    checked = digest("--site", str(tmp_path / "mine"), "check", "--json")
    assert (made.code, checked.code) == (0, 0)
    assert 'id_prefix = "tag:papers.example.org,2026-05-18:"' in (tmp_path / "mine" / "digest.toml").read_text()
    assert digest("init", str(tmp_path / "mine")).code == 1


def test_the_command_needs_no_traceback(tmp_path):
    """As a process: an error is one line and exit code 1; `| head` is no error."""
    run = [sys.executable, "-m", "digest", "--site", str(tmp_path)]
    failed = subprocess.run([*run, "editions", "show", "9"], capture_output=True, text=True, check=False)
    writer = subprocess.Popen([*run, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    writer.stdout.close()
    complaint = writer.stderr.read()
    writer.stderr.close()
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.count("\n") == 1
    assert complaint == ""
    writer.wait()


def test_every_command_shows_an_example():
    """`--help` of a command has at least one example line."""
    assert app.registered_commands
    without = [
        command.name
        for command in app.registered_commands
        if not re.search(rf"^\s*digest .*{command.name}", command.callback.__doc__ or "", re.MULTILINE)
    ]
    assert without == []
