"""`digest backup`: the database and the site's own files in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.state import state_of


def backup(
    context: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE", help="What to write.")]
) -> None:
    """Write the database and the site's own files into one file; everything else may go on meanwhile.

    It holds the keys and the readers' addresses: keep it where nobody else can read it. Feeds and pages are not in it,
    `digest feeds` makes them again. A PostgreSQL database needs pg_dump.

    \b
    digest backup papers.tar.gz
    digest --site /srv/papers backup /backups/papers-$(date +%F).tar.gz
    """
    from digest.backup import take_backup

    state = state_of(context)
    site = state.site()
    done = take_backup(site, state.database or site.database_url, file, now=state.now(site))
    if state.json:
        state.emit({"file": str(file), "files": list(done.files), "database_bytes": done.database_bytes})
        return
    state.out.print(
        f"{file}: the database ({done.database_bytes / 1e6:.1f} MB) and {len(done.files)} files of the site",
        markup=False,
    )
