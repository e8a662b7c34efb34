"""`digest cron`: the timetable for the system's own scheduler."""

from __future__ import annotations

import enum
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.state import state_of
from digest.errors import DigestError


class System(enum.StrEnum):
    """Whose scheduler."""

    CRONTAB = "crontab"
    SYSTEMD = "systemd"


def cron(
    context: typer.Context,
    system: Annotated[System, typer.Argument(help="Whose scheduler.", show_default=True)] = System.CRONTAB,
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the files there instead of printing them.")
    ] = None,
) -> None:
    """Print cron/schedule.toml as crontab lines or systemd units that do the same as `digest run`.

    \b
    digest --site /srv/papers cron | crontab -
    digest --site /srv/papers cron systemd --output /etc/systemd/system
    """
    from digest.schedule.systems import Place, system_files
    from digest.schedule.timetable import read_timetable

    state = state_of(context)
    site = state.site()
    place = Place(folder=str(site.root), zone=site.settings.time_zone, user=_owner(site.root), command=_command())
    files = {
        name: text
        for name, text in system_files(read_timetable(site), place).items()
        if (name == "crontab") is (system is System.CRONTAB)
    }
    if output is not None:
        _write(output, files)
    if state.json:
        state.emit(files)
    elif output is not None:
        state.out.print(f"{output}: {', '.join(files)}", markup=False)
    elif system is System.CRONTAB:
        typer.echo(files["crontab"], nl=False)
    else:
        typer.echo("\n".join(f"# ---- {name}\n{text}" for name, text in files.items()), nl=False)


def _write(folder: Path, files: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise DigestError(f"{folder}: cannot be written: {error.strerror or error}") from error


def _owner(folder: Path) -> str:
    """Whose the site is; its jobs must be theirs, too."""
    try:
        return folder.owner()
    except KeyError:
        return str(folder.stat().st_uid)


def _command() -> str:
    """What was typed to start this, as a whole path where it can be started so: cron's own search path is short."""
    path = Path(sys.argv[0])
    return str(path.resolve()) if path.name == "digest" and os.access(path, os.X_OK) else "digest"
