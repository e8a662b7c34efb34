"""Papers that a command is given with `--papers`, instead of those of the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from digest.cli.progress import progress
from digest.cli.state import State
from digest.errors import NotFoundError
from digest.models import Paper
from digest.site import Site

if TYPE_CHECKING:
    from digest.models import Reading

_OPTION = "--papers"
_PAIR = 2

Papers = Annotated[
    list[str] | None,
    typer.Option(
        _OPTION,
        metavar="PATH...",
        help="Sources of the papers, as `digest ingest` takes them; the database is left alone.",
        show_default="the database",
    ),
]
"""The option, for commands made with `TakesPapers`."""


class TakesPapers(TyperCommand):
    """A command whose `--papers` takes several sources at once: `--papers 2026-05/ list.json`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words after `--papers` as so many `--papers`."""
        return super().parse_args(ctx, spread(args))


def spread(words: Sequence[str]) -> list[str]:
    """The same command line with one `--papers` before each source that follows it, up to the next option.

    Where the command line is nothing but `--papers` and its sources, the last word is the command's own file.
    """
    found: list[str] = []
    within = False
    for place, word in enumerate(words):
        within = word == _OPTION or (within and (word == "-" or not word.startswith("-")))
        if not within:
            found.append(word)
        elif word != _OPTION:
            found += [_OPTION, word]
        elif place + 1 == len(words):
            found.append(word)
    if words[:1] == [_OPTION] and within and len(found) > _PAIR:
        del found[-2]
    return found


def given_papers(state: State, site: Site, sources: Sequence[str]) -> list[Paper]:
    """The papers of some sources, those that are one paper merged; nothing is stored.

    Records that cannot be read are counted on standard error.

    Raises:
        SourceError: a source cannot be read.
        SettingsError: a string names no source.
        NotFoundError: there is no paper in them.
    """
    from digest.curation.clusters import unite

    readings = _read(state, site, sources)
    aside = sum(len(reading.rejected) for reading in readings)
    if aside:
        records = "1 record" if aside == 1 else f"{aside:,} records"
        state.err.print(f"{records} could not be read and {'was' if aside == 1 else 'were'} left out", style="yellow")
    papers = [merged.paper for merged in unite((paper for reading in readings for paper in reading.papers), ())]
    if not papers:
        raise NotFoundError(f"there are no papers in {', '.join(sources)}")
    return papers


def _read(state: State, site: Site, sources: Sequence[str]) -> list[Reading]:
    from digest.sources import ReadContext, resolve, site_client

    with progress(state, "Reading") as report:
        context = ReadContext(
            client=site_client(site.settings),
            now=state.now(site),
            settings=site.settings.ingest,
            progress=report,
        )
        return [reading for source in sources for reading in resolve(source).read(context)]
