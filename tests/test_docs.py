"""Facts about the documentation: it names every command and setting, and quotes the program truthfully."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from digest.cli.app import app
from digest.scaffold import settings_file

ROOT = Path(__file__).resolve().parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
REFRESH = bool(os.environ.get("DIGEST_REFRESH_GOLDEN"))


def commands() -> Iterator[tuple[str, str]]:
    """Every command with its help, as a terminal 100 columns wide shows it."""
    waiting = [("digest", get_command(app), None)]
    while waiting:
        name, command, parent = waiting.pop(0)
        context = typer.Context(command, info_name=name, parent=parent, max_content_width=100, terminal_width=100)
        yield context.command_path, command.get_help(context)
        waiting += [(child, command.commands[child], context) for child in getattr(command, "commands", {})]


def quoted(path: Path, heading: str) -> str:
    """The code block under a heading."""
    found = re.search(rf"^#+ {re.escape(heading)}$.*?^```\w*\n(.*?)^```$", path.read_text(), re.DOTALL | re.MULTILINE)
    assert found, f"{path.name}: no code block under `{heading}`"
    return found[1]


def test_the_commands_page_quotes_the_help():
    """`docs/commands.md` is what `--help` says, command by command."""
    page = ROOT / "docs" / "commands.md"
    blocks = "\n".join(f"## {name}\n\n```\n{text.rstrip()}\n```\n" for name, text in commands())
    told = f"# Commands\n\nGlobal options may stand anywhere. What each command says with `--help`:\n\n{blocks}"
    if REFRESH:
        page.write_text(told)
    assert page.read_text() == told


def test_the_configuration_page_shows_every_setting():
    """`docs/configuration.md` shows `digest.toml` as `digest init` writes it."""
    page = ROOT / "docs" / "configuration.md"
    if REFRESH:
        page.write_text(
            page.read_text().replace(f"```toml\n{quoted(page, 'digest.toml')}```", f"```toml\n{settings_file({})}```")
        )
    assert quoted(page, "digest.toml") == settings_file({})


def test_the_readme_names_every_command():
    """The table of commands is whole."""
    readme = (ROOT / "README.md").read_text()
    missing = [name for name, _ in commands() if f"`{name}" not in readme]
    assert missing == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path):
    """Every relative link names a file of the project."""
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text())
    missing = [target for target in targets if not (path.parent / target).exists()]
    assert missing == []
