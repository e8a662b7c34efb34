"""`digest run`: keep to the timetable until told to stop."""

from __future__ import annotations

import os
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.state import State, state_of
from digest.cli.stopping import told_to_stop
from digest.site import Site

if TYPE_CHECKING:
    from digest.schedule.runner import Runner
    from digest.schedule.timetable import Job
    from digest.store import Store


def run(
    context: typer.Context,
    jobs: Annotated[
        list[str] | None,
        typer.Argument(metavar="JOB", help="With --once: these, due or not.", show_default="what is due"),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Do what is due, or the jobs named, and end.")] = False,
) -> None:
    """Keep to the timetable of cron/schedule.toml until told to stop (SIGTERM, Ctrl-C).

    What was missed is done once, at the start. It stops within 10 seconds: what is in flight is finished, or gone on
    with at the next start. Two of these at once are harmless. The log goes to standard error; with --json it is one
    JSON object a line.

    \b
    digest run
    digest --json run
    digest run --once                 what is due, for a system's own scheduler
    digest run --once publish         now, and what follows it
    """
    from digest.schedule.logs import log_to
    from digest.schedule.timetable import read_timetable

    state = state_of(context)
    if jobs and not once:
        raise typer.BadParameter("jobs are named with --once only; `digest run` does them all")
    if state.moment and not once:
        raise typer.BadParameter("--now goes with --once only; a clock cannot stand still")
    site = state.site()
    timetable = read_timetable(site)
    chosen = _chosen(timetable, jobs or [])
    log = log_to(sys.stderr, "json" if state.json else "plain", verbosity=state.verbosity)
    waiting = told_to_stop() if once else told_to_stop(grace=None)  # the clock has a grace of its own
    with log, waiting as stop, state.store(site) as store:
        runner = _runner(state, site, store, timetable, stop)
        if once:
            _once(state, runner, chosen, forced=bool(jobs))
        else:
            _until_stopped(runner)


def _runner(state: State, site: Site, store: Store, timetable: tuple[Job, ...], stop: threading.Event) -> Runner:
    from digest.schedule.notices import operator_of
    from digest.schedule.runner import Runner, new_owner
    from digest.schedule.works import works_of

    return Runner(
        store=store,
        jobs=timetable,
        works=works_of(store, site, tell=operator_of(site)),
        zone=site.settings.zone,
        now=(lambda: state.now(site)) if state.moment else (lambda: datetime.now(UTC)),
        stop=stop,
        owner=new_owner(),
    )


def _until_stopped(runner: Runner) -> None:
    import logging

    from digest.schedule.clock import GRACE_SECONDS, Clock

    log = logging.getLogger("digest.run")
    log.info("started with %s", ", ".join(job.name for job in runner.jobs))
    if Clock(runner).run():
        log.info("stopped")
        return
    log.warning("stopped after %d seconds; what was not finished is gone on with at the next start", GRACE_SECONDS)
    sys.stderr.flush()
    # The threads left would be waited for. Nothing is lost: all they did is in the database, or is not done.
    os._exit(0)


def _once(state: State, runner: Runner, chosen: tuple[Job, ...], *, forced: bool) -> None:
    from digest.schedule.clock import keep_leases
    from digest.schedule.runner import Ran

    if not forced:
        runner.register()
    with keep_leases(runner):
        ran = {job.name: runner.run(job, runner.now() if forced else None) for job in chosen}
    if state.json:
        state.emit({"jobs": {name: outcome.name.lower() for name, outcome in ran.items()}})
    if Ran.FAILED in ran.values():
        raise typer.Exit(1)


def _chosen(timetable: tuple[Job, ...], names: list[str]) -> tuple[Job, ...]:
    from digest.schedule.timetable import After

    if not names:
        return tuple(job for job in timetable if not isinstance(job.when, After))
    by_name = {job.name: job for job in timetable}
    if unknown := [name for name in names if name not in by_name]:
        raise typer.BadParameter(f"`{unknown[0]}` is not in the timetable; there are {', '.join(by_name)}")
    return tuple(by_name[name] for name in names)
