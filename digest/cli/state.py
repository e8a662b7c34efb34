"""What every command is given: the site, its database, the moment it is, and how to speak."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import typer

from digest.site import Site

if TYPE_CHECKING:
    from rich.console import Console

    from digest.store import Store


@dataclass(frozen=True, slots=True)
class State:
    """The global options, and what follows from them."""

    folder: Path
    database: str | None
    moment: str | None
    json: bool
    verbosity: int
    """-1 quiet, 0 as usual, 1 and more: say more."""

    def site(self) -> Site:
        """The site that `--site` names (raises SettingsError)."""
        return Site.open(self.folder)

    @contextmanager
    def store(self, site: Site) -> Iterator[Store]:
        """The site's database, opened and brought up to date (raises StoreError)."""
        from digest.store import Store

        with Store.open(self.database or site.database_url) as store:
            yield store

    def now(self, site: Site) -> datetime:
        """The moment of `--now`, else the clock's, in UTC. A moment without a zone is in the site's."""
        if self.moment is None:
            return datetime.now(UTC)
        return parse_moment(self.moment, site.settings.zone)

    def today(self) -> date:
        """The day of `--now` or of the clock, in UTC; for what happens before there is a site."""
        return (parse_moment(self.moment) if self.moment else datetime.now(UTC)).date()

    @property
    def out(self) -> Console:
        """Where results go."""
        from rich.console import Console

        return Console(highlight=False, emoji=False, soft_wrap=not sys.stdout.isatty())

    @property
    def err(self) -> Console:
        """Where everything goes that is no result: progress, hints, warnings."""
        from rich.console import Console

        return Console(
            stderr=True, highlight=False, emoji=False, quiet=self.verbosity < 0, soft_wrap=not sys.stderr.isatty()
        )

    def emit(self, document: Any) -> None:
        """Write the one document of `--json`."""
        import json

        json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")


def state_of(context: typer.Context) -> State:
    """The state the global options made."""
    state = context.find_object(State)
    assert state is not None, "the callback of the command tree makes it"  # noqa: S101
    return state


def parse_moment(text: str, zone: ZoneInfo | None = None) -> datetime:
    """An ISO 8601 date or moment in UTC; without an offset it is in `zone`, a date alone is its noon.

    Raises:
        BadParameter: it is neither.
    """
    try:
        day = parse_day(text) if len(text) == len("2026-11-20") else None
        moment = datetime.combine(day, time(12)) if day else datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"`{text}` is no moment; write 2026-11-20 or 2026-11-20T08:00Z") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone or UTC)).astimezone(UTC)


def parse_day(text: str) -> date:
    """An ISO 8601 calendar date.

    Raises:
        BadParameter: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"`{text}` is no date; write it as 2026-11-20") from error
