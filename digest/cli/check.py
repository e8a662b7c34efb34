"""`digest check`: find what is wrong before readers do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from digest.cli.progress import Report, progress
from digest.cli.state import State, state_of
from digest.errors import DigestError
from digest.site import Site

_AT_ONCE = 8
"""Questions to DNS."""


def check(
    context: typer.Context,
    online: Annotated[
        bool, typer.Option("--online", help="Also ask every source, the mail server, and DNS for what mail needs.")
    ] = False,
    resolver: Annotated[
        str, typer.Option(metavar="HOST[:PORT]", help="Ask this name server.", show_default="those of this machine")
    ] = "",
) -> None:
    """Check the site: settings, topics, timetable, templates, database, mail, sources.

    The network is used only with --online. Then the mail server is greeted and left again, and DNS must have what
    keys, return addresses and links lead to; what is missing there is shown as a line for the zone. No mail is sent.
    Exit code 1 when something is wrong.

    \b
    digest check
    digest --site /srv/papers check --online
    digest check --online --resolver ns1.example.org
    """
    state = state_of(context)
    results = [_result(name, look) for name, look in _checks(state, online=online)]
    if online and results[0].ok:
        with progress(state, "Asking DNS") as report:
            results += _asked(state, resolver, report)
    if state.json:
        state.emit([{"check": one.name, "ok": one.ok, "message": one.message, "record": one.record} for one in results])
    else:
        _show(state, results)
    if not all(one.ok for one in results):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Result:
    name: str
    ok: bool
    message: str
    record: str = ""
    """What to put in the zone, where that mends it."""


def _result(name: str, look: Callable[[], str]) -> _Result:
    try:
        return _Result(name, ok=True, message=look())
    except DigestError as error:
        return _Result(name, ok=False, message=str(error), record=getattr(error, "record", ""))


def _show(state: State, results: list[_Result]) -> None:
    for one in results:
        mark = "[green]ok[/green]   " if one.ok else "[red]wrong[/red]"
        state.out.print(f"{mark} [bold]{one.name}[/bold]", end="  ")
        state.out.print(one.message, markup=False)
    records = [one.record for one in results if one.record]
    if records:
        state.out.print("\nFor the zone:", markup=False)
    for record in dict.fromkeys(records):
        state.out.print(record, markup=False, soft_wrap=True, highlight=False)


def _asked(state: State, resolver: str, report: Report) -> list[_Result]:
    """What others say of the site, all asked at once: a server that is silent holds up only its own line."""
    from concurrent.futures import ThreadPoolExecutor

    from digest.deliver.carriers import knock
    from digest.zone import Lookup, looks

    site = state.site()
    questions: list[tuple[str, Callable[[], str]]] = [("mail server", lambda: knock(site))]
    try:
        questions += [(one.name, one.see) for one in looks(site, Lookup(resolver))]
    except DigestError as error:
        return [_result(*questions[0]), _Result("dns", ok=False, message=str(error))]
    results: list[_Result] = []
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as crew:
        for result in crew.map(lambda question: _result(*question), questions):
            results.append(result)
            report(len(results), len(questions), f"Asking DNS: {result.name}")
    return results


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
