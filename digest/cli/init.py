"""`digest init`: a site of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.state import state_of
from digest.errors import DigestError


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    base_url: Annotated[
        str, typer.Option(help="Where feeds and pages will be reachable.", metavar="URL")
    ] = "http://localhost:8000",
) -> None:
    """Make a site: digest.toml with every setting explained, and folders for what you change.

    Nothing that exists is overwritten. What a site does not have it inherits.

    \b
    digest init papers --base-url https://papers.example.org
    digest --site papers check
    """
    from digest.scaffold import scaffold

    state = state_of(context)
    if (folder / "digest.toml").exists():
        raise DigestError(f"{folder / 'digest.toml'} exists already; `digest --site {folder} check` looks at it")
    written = scaffold(folder, base_url=base_url.rstrip("/"), today=state.today())
    if state.json:
        state.emit({"folder": str(folder), "written": written})
        return
    state.out.print(f"Made the site {folder}: {', '.join(written)}", markup=False)
    state.err.print(f"Next: edit {folder / 'digest.toml'}, then `digest --site {folder} check`", markup=False)
