"""What we write ourselves is clean, and the command says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer

from digest.cli.lint import lint
from digest.cli.state import State
from digest.demo import demo, sample_days
from digest.errors import DigestError, NotFoundError
from digest.ingest import ingest
from digest.lint import Neighbours, form_of, lint_document
from digest.proof import proof
from digest.site import Site
from digest.store import Store
from tests.lint.documents import MAIL, PAGE, changed

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo, made once."""
    return demo(tmp_path_factory.mktemp("demo") / "demo", progress=lambda *_: None).folder


def test_the_demo_is_clean(shown):
    """Mail, message, pages, feeds and OPML: no error and no warning, and every form is among them."""
    files = {path.relative_to(shown).as_posix(): path for path in shown.rglob("*") if path.is_file()}
    sheet = (shown / "site" / "style.css").read_text()
    wrong, forms = [], set()
    for name, path in files.items():
        data = path.read_bytes()
        forms.add(form_of(data))
        findings = lint_document(data, now=NOW, neighbours=Neighbours(path=name, files=files), sheets=[sheet])
        wrong += [(name, finding) for finding in findings or () if finding.level != "note"]
    assert wrong == []
    assert forms >= {"message", "mail", "page", "feed", "opml"}


@pytest.fixture
def run(shown: Path, capfd: pytest.CaptureFixture[str]) -> Any:
    """Runs `digest lint` on the demo's site; exit code and standard output."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)

    @app.callback()
    def options(context: typer.Context, *, json: bool = False) -> None:
        database = f"sqlite:///{shown}/demo.db"
        context.obj = State(folder=shown, database=database, moment="2026-06-01", json=json, verbosity=0)

    app.command("lint")(lint)

    def called(*words: str) -> tuple[int, str]:
        capfd.readouterr()
        try:
            code = app(args=list(words), standalone_mode=False) or 0
        except typer.Exit as leaving:
            code = leaving.exit_code
        return code, capfd.readouterr().out

    return called


def test_without_a_path_it_looks_at_the_last_edition(run):
    """Nothing waits in the demo; what was published is clean."""
    assert run("lint", "--strict") == (0, "")


def test_what_waits_is_looked_at_and_stays_waiting(tmp_path):
    """The next edition as mail, message and feeds; nothing is closed by it, and an empty site has nothing to show."""
    site = Site.open(tmp_path)
    with Store.open(site.database_url) as store:
        with pytest.raises(NotFoundError, match="nothing to look at"):
            proof(store, site, now=NOW)
        day, path = next(iter(sample_days().items()))
        ingest(store, [str(path)], site=site, now=NOW, on=day)
        done = proof(store, site, now=NOW)
        assert store.last_edition() is None
    assert (done.number, done.waits) == (1, True)
    assert sorted(done.findings) == ["feed.atom", "feed.json", "feed.rss", "mail", "message"]
    assert {finding.rule for findings in done.findings.values() for finding in findings} <= {"date-equal"}


def test_a_folder_is_looked_at_whole(run, tmp_path):
    """Findings stand by file, with place and remedy; errors fail, warnings only when they are to."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "style.css").write_text("h1 { color: #999 }")
    (tmp_path / "a" / "page.html").write_text(PAGE)
    (tmp_path / "a" / ".hidden.html").write_text("<html>")
    code, out = run("lint", str(tmp_path))
    assert code == 1
    assert out == (
        f"{tmp_path}/a/page.html\n"
        "  error   line 3, <a>: 'next.html': there is no a/next.html [link-dead]\n"
        "          correct the address, or add what it leads to\n"
        "  warning line 3, <h1>: in light: #999999 on #ffffff is 2.85 to 1 [contrast]\n"
        "          darken or lighten one of the two colours\n"
        "  warning line 3, <h1>: in dark: #999999 on #ffffff is 2.85 to 1 [contrast]\n"
        "          darken or lighten one of the two colours\n"
    )
    (tmp_path / "a" / "next.html").write_text(PAGE)
    assert run("lint", str(tmp_path))[0] == 0
    assert run("lint", "--strict", str(tmp_path))[0] == 1


def test_json_has_every_finding(run, tmp_path):
    """One list, also with the notes."""
    path = tmp_path / "mail.html"
    path.write_text(changed(MAIL, ' alt="A robot"', ""))
    code, out = run("--json", "lint", str(path))
    assert code == 0
    assert json.loads(out) == [
        {
            "file": str(path),
            "level": "warning",
            "rule": "image-alt",
            "place": "line 17, <img>",
            "message": "no alt text",
            "remedy": 'say in alt what it shows; alt="" when it shows nothing',
        }
    ]


def test_a_file_that_is_named_must_be_of_a_known_form(run, tmp_path):
    """Silence would look like approval."""
    (tmp_path / "note.md").write_text("# A note")
    with pytest.raises(DigestError, match="is no message, mail, page, feed or OPML"):
        run("lint", str(tmp_path / "note.md"))
    with pytest.raises(DigestError, match="no such file or folder"):
        run("lint", str(tmp_path / "none"))
