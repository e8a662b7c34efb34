"""`digest schedule`: when each job runs next."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.state import State, state_of

if TYPE_CHECKING:
    from datetime import datetime

    from digest.schedule.timetable import Job
    from digest.site import Site


def schedule(
    context: typer.Context,
    count: Annotated[int, typer.Option("--count", "-n", metavar="N", min=1, max=1000, help="How many times.")] = 3,
) -> None:
    """Show when each job of cron/schedule.toml runs next, in the site's zone.

    \b
    digest schedule
    digest --now 2027-03-27 schedule -n 10       over the night clocks go forward
    """
    from digest.schedule.timetable import read_timetable

    state = state_of(context)
    site = state.site()
    jobs = [(job, _next(job, site, state.now(site), count)) for job in read_timetable(site)]
    if state.json:
        zone = site.settings.time_zone
        state.emit({"zone": zone, "jobs": [_record(job, times) for job, times in jobs]})
        return
    _show(state, site, jobs)


def _next(job: Job, site: Site, now: datetime, count: int) -> list[datetime]:
    from digest.schedule.moments import next_moments
    from digest.schedule.timetable import After

    if isinstance(job.when, After):
        return []
    zone = site.settings.zone
    return [moment.astimezone(zone) for moment in islice(next_moments(job.when, zone, now), count)]


def _record(job: Job, times: list[datetime]) -> dict[str, Any]:
    from digest.schedule.timetable import After

    after = job.when.job if isinstance(job.when, After) else None
    return {"job": job.name, "after": after, "next": [moment.isoformat() for moment in times]}


def _show(state: State, site: Site, jobs: list[tuple[Job, list[datetime]]]) -> None:
    from digest.schedule.timetable import After

    state.out.print(f"Times in {site.settings.time_zone}", markup=False)
    for job, times in jobs:
        said = [f"{moment:%a %d %b %Y  %H:%M}" for moment in times]
        if isinstance(job.when, After):
            said = [f"each time after {job.when.job}"]
        for place, line in enumerate(said):
            state.out.print(f"{'' if place else job.name:<13} {line}", markup=False)
