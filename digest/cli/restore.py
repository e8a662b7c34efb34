"""`digest restore`: a site and its database as a backup has them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.state import state_of


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `digest backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Make the site and its database what they were when the backup was taken.

    Everything is checked first; the database changes all at once, also under running processes. `digest run` and
    `digest serve` should be started anew afterwards, to read the settings again. Editions closed and digests sent
    since the backup are forgotten: readers may get these once more.

    \b
    digest --site /srv/papers restore papers.tar.gz
    digest --site /srv/papers restore papers.tar.gz --force
    """
    from digest.backup import restore_backup
    from digest.errors import SettingsError

    state = state_of(context)
    if not state.folder.is_dir():
        raise SettingsError(f"{state.folder}: no such folder; make it first")
    done = restore_backup(file, state.folder.resolve(), database_url=state.database, force=force)
    if state.json:
        state.emit({"file": str(file), "made_at": done.made_at.isoformat(), "files": list(done.files)})
        return
    state.out.print(
        f"{state.folder}: as it was on {done.made_at:%d %B %Y, %H:%M} UTC; "
        f"the database ({done.database_bytes / 1e6:.1f} MB) and {len(done.files)} files",
        markup=False,
    )
