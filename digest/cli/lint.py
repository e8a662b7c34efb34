"""`digest lint`: find what must not go out, in files or in what waits to be published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.state import State, state_of
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.lint import Finding, Findings

_LARGEST = 64 * 1024 * 1024
_STYLE = {"error": "red", "warning": "yellow", "note": "dim"}
_SHEET = re.compile(r"<link\b[^>]*\brel=[\"']?stylesheet\b[^>]*>", re.IGNORECASE)
_HREF = re.compile(r"\bhref=[\"']([^\"'#?:]+)[\"']", re.IGNORECASE)


def lint(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Files and folders; none: what waits to be published, else the last edition.",
            show_default=False,
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
) -> None:
    """Find what is wrong with mails, feeds and pages before readers do.

    What a file is is told by its content: a message (.eml), the HTML of a mail, a page, RSS, Atom, JSON Feed, OPML.
    In a folder local links are followed as well. Exit code 1 when something must not go out.

    \b
    digest lint                            what would be published now
    digest lint public/                    the website, with all below it
    digest lint --strict week.eml
    """
    state = state_of(context)
    site = state.site()
    now = state.now(site)
    if paths:
        looked_at = [found for path in paths for found in _lint_path(path, now)]
    else:
        from digest.proof import proof

        with state.store(site) as store:
            done = proof(store, site, now=now)
        title = f"edition {done.number}" + (" (waits)" if done.waits else "")
        looked_at = [(f"{title}, {name}", findings) for name, findings in done.findings.items()]
    _show(state, looked_at)
    levels = {finding.level for _, findings in looked_at for finding in findings}
    if "error" in levels or (strict and "warning" in levels):
        raise typer.Exit(1)


def _lint_path(path: Path, now: datetime) -> Iterator[tuple[str, Findings]]:
    """Every file at `path` that is of a known form; a file that was named must be of one."""
    from digest.lint import Neighbours, lint_document

    if not path.exists():
        raise DigestError(f"{path}: no such file or folder")
    files = _files(path) if path.is_dir() else {}
    for name, file in files.items() or ((path.name, path),):
        data = _read(file)
        neighbours = Neighbours(path=name, files=files.keys()) if files else None
        findings = lint_document(data, now=now, neighbours=neighbours, sheets=_sheets(data, file))
        if findings is not None:
            yield str(file), findings
        elif not files and not path.is_dir():
            raise DigestError(f"{path}: is no message, mail, page, feed or OPML")


def _files(folder: Path) -> dict[str, Path]:
    """The files below a folder by path within it, hidden ones left out."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    named = ((path.relative_to(folder), path) for path in paths)
    return {name.as_posix(): path for name, path in named if not any(part.startswith(".") for part in name.parts)}


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            return b""  # a database or an archive: nothing that is published is so large
        return path.read_bytes()
    except OSError as error:
        raise DigestError(f"{path}: cannot be read: {error.strerror or error}") from error


def _sheets(data: bytes, path: Path) -> list[str]:
    """The style sheets beside a page that it links, as far as they are there."""
    if data.lstrip()[:1] != b"<":
        return []
    links = _SHEET.findall(data[:20_000].decode("utf-8", "replace"))
    sheets = (path.parent / href[1] for link in links if (href := _HREF.search(link)))
    return [_read(sheet).decode("utf-8", "replace") for sheet in sheets if sheet.is_file()]


def _show(state: State, looked_at: list[tuple[str, Findings]]) -> None:
    if state.json:
        state.emit([_record(name, finding) for name, findings in looked_at for finding in findings])
        return
    for name, findings in looked_at:
        shown = [finding for finding in findings if finding.level != "note" or state.verbosity > 0]
        if shown:
            state.out.print(name, style="bold", markup=False)
        for finding in shown:
            state.out.print(f"  {finding.level:<7} ", style=_STYLE[finding.level], end="", markup=False)
            state.out.print(f"{finding.place}: {finding.message} [{finding.rule}]", markup=False)
            state.out.print(f"          {finding.remedy}", style="dim", markup=False)
    state.err.print(_summary(looked_at), markup=False)


def _summary(looked_at: list[tuple[str, Findings]]) -> str:
    levels = [finding.level for _, findings in looked_at for finding in findings]
    counts = ", ".join(
        f"{count} {level}{'' if count == 1 else 's'}"
        for level in ("error", "warning", "note")
        if (count := levels.count(level))
    )
    hint = " (-v shows notes)" if "note" in levels else ""
    return f"{len(looked_at)} looked at: {counts or 'nothing found'}{hint}"


def _record(name: str, finding: Finding) -> dict[str, str]:
    return {
        "file": name,
        "level": finding.level,
        "rule": finding.rule,
        "place": finding.place,
        "message": finding.message,
        "remedy": finding.remedy,
    }
