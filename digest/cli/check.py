"""`digest check`: find what is wrong before readers do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

import typer

from digest.cli.state import State, state_of
from digest.errors import DigestError
from digest.site import Site


def check(
    context: typer.Context,
    online: Annotated[bool, typer.Option("--online", help="Also ask every source over the network.")] = False,
) -> None:
    """Check the site: settings, topics, timetable, templates, database, sources.

    The network is used only with --online. Exit code 1 when something is wrong.

    \b
    digest check
    digest --site /srv/papers check --online
    """
    state = state_of(context)
    results = [_outcome(name, look) for name, look in _checks(state, online=online)]
    if state.json:
        state.emit([{"check": name, "ok": ok, "message": message} for name, ok, message in results])
    else:
        for name, ok, message in results:
            mark = "[green]ok[/green]   " if ok else "[red]wrong[/red]"
            state.out.print(f"{mark} [bold]{name}[/bold]", end="  ")
            state.out.print(message, markup=False)
    if not all(ok for _, ok, _ in results):
        raise typer.Exit(1)


def _outcome(name: str, look: Callable[[], str]) -> tuple[str, bool, str]:
    try:
        return name, True, look()
    except DigestError as error:
        return name, False, str(error)


def _checks(state: State, *, online: bool) -> Iterator[tuple[str, Callable[[], str]]]:
    """What is looked at, in order: each says what it found or raises what is wrong."""
    yield "settings", lambda: _settings(state)
    try:
        site = state.site()
    except DigestError:
        return
    yield "topics", lambda: f"{len(site.topics())} topics"
    yield "timetable", lambda: _timetable(site)
    yield "templates", lambda: _templates(site)
    yield "database", lambda: _database(state, site)
    yield "mail", lambda: _mail(site)
    if site.settings.sending.queue:
        yield "queue", lambda: _queue(state, site)
    for source in site.sources:
        yield f"source {source}", lambda source=source: _source(state, site, source, online=online)  # type: ignore[misc]


def _settings(state: State) -> str:
    site = state.site()
    path = site.root / "digest.toml"
    settings = site.settings
    own_host = "//localhost" not in settings.base_url
    if own_host and settings.id_prefix == type(settings).model_fields["id_prefix"].default:
        raise DigestError(f"{path}: set id_prefix before the first feed is published; it can never change afterwards")
    return str(path) if path.exists() else f"no digest.toml in {site.root}; the shipped defaults hold"


def _timetable(site: Site) -> str:
    from digest.schedule.timetable import read_timetable

    return f"{len(read_timetable(site))} jobs (`digest schedule` shows when)"


def _templates(site: Site) -> str:
    from digest.render.environment import compile_all, environment

    return f"{compile_all(environment(site.folders('templates')))} templates compile"


def _mail(site: Site) -> str:
    from digest.deliver.carriers import describe_way_out

    return describe_way_out(site)


def _database(state: State, site: Site) -> str:
    with state.store(site) as store:
        last = store.last_edition()
    return f"opens; {f'edition {last.number} is the last' if last else 'no edition yet'}"


def _queue(state: State, site: Site) -> str:
    with state.store(site) as store:
        store.queue.prepare()
        now = store.queue.state(site.settings.sending.lease_seconds)
    return f"{now.batches} batches, {now.workers} workers" if now else "empty"


def _source(state: State, site: Site, source: str, *, online: bool) -> str:
    from digest.sources import resolve

    found = resolve(source)
    if not online:
        return "understood (not asked; --online asks)"
    from digest.ingest import probe

    return probe(found, site=site, now=state.now(site))
