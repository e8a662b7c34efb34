"""html-validate, with its recommended rules, has nothing to say."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.checks.conftest import HERE, MODULES
from tests.checks.material import MAILS, mail_html


def validate(node: str, config: str, files: list[Path]) -> str:
    """What html-validate says about the files; empty when it is nothing."""
    command = [node, MODULES / "html-validate" / "bin" / "html-validate.mjs", "--config", HERE / config]
    done = subprocess.run([*command, "--formatter", "text", *files], check=False, capture_output=True, text=True)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def test_mails(node: str, tmp_path: Path) -> None:
    """Mails are valid; what mail programs need and the web has given up is allowed (inline styles, `bgcolor`)."""
    files = [tmp_path / f"{name}.html" for name in MAILS]
    for file in files:
        file.write_text(mail_html(file.stem))
    assert validate(node, "htmlvalidate-mail.json", files) == ""


def test_pages(node: str, website: Path) -> None:
    """Every page of the website is valid, without exceptions."""
    pages = [path for path in sorted(website.rglob("*.html")) if not path.name.endswith(".mail.html")]
    assert len(pages) > 20
    assert validate(node, "htmlvalidate-page.json", pages) == ""


@pytest.mark.parametrize("wrong", ["<p><div></div></p>", "<img src=x>", "<h1>a</h1><h3>b</h3>"])
def test_it_does_look(node: str, tmp_path: Path, wrong: str) -> None:
    """The checker finds what is wrong, so its silence means something."""
    file = tmp_path / "wrong.html"
    file.write_text(f"<!DOCTYPE html><html lang='en'><head><title>x</title></head><body>{wrong}</body></html>")
    assert "error" in validate(node, "htmlvalidate-mail.json", [file])
