"""`digest send`: plan what is due and hand it to the mail server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.progress import progress
from digest.cli.state import State, state_of
from digest.cli.stopping import told_to_stop

if TYPE_CHECKING:
    from digest.deliver import DeliveryReport
    from digest.site import Site


def send(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be planned.")] = False,
    test: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Send the last edition there, marked as a test.", show_default=False),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Send at most so many.", show_default="all")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on after it paused itself.")] = False,
) -> None:
    """Send every reader the digest that is due to them, once.

    It may be broken off, killed or run twice at any time: the next run goes on where this one ended. Exit code 3 when
    a digest failed, was held back or nobody took mail.

    \b
    digest send --dry-run
    digest send --test me@example.org
    digest send
    digest send --limit 100
    """
    from digest.deliver import deliver, send_test
    from digest.deliver import dry_run as foresee

    state = state_of(context)
    site = state.site()
    if limit is not None and site.settings.sending.queue:
        raise typer.BadParameter("--limit: the workers send, not this command (sending.queue)")
    with state.store(site) as store:
        if test is not None:
            subject = send_test(store, site, test, now=state.now(site))
            _say_test(state, site, test, subject)
            return
        if resume:
            store.deliveries.resume()
        if dry_run:
            report = foresee(store, site, now=state.now(site))
        else:
            with progress(state, "Planning") as bar, told_to_stop() as stop:
                report = deliver(store, site, now=state.now(site), progress=bar, stop=stop, limit=limit)
    if state.json:
        state.emit(report.document())
    else:
        say(state, site, report, planned_only=dry_run, handed_out=site.settings.sending.queue)
    if report.is_trouble and not dry_run:
        raise typer.Exit(3)


def _say_test(state: State, site: Site, address: str, subject: str) -> None:
    if state.json:
        state.emit({"test": address, "subject": subject})
    else:
        state.out.print(f"Sent “{subject}” to {address}{_where(site)}", markup=False)


def say(
    state: State, site: Site, report: DeliveryReport, *, planned_only: bool = False, handed_out: bool = False
) -> None:
    """The closing report, for a person."""
    if planned_only:
        state.out.print(f"{report.planned} digests are due; for {report.skipped} readers there is nothing.")
    elif handed_out:
        state.out.print(f"{report.planned} planned; {report.queued} in the queue, for `digest worker` to send.")
    else:
        state.out.print(_sentence(report) + (_where(site) if report.sent else "."), markup=False)
    for text in report.held:
        state.err.print(f"Held back: {text}", style="yellow", markup=False)
    if report.waiting:
        when = f", the next at {report.next_at:%Y-%m-%d %H:%M} UTC" if report.next_at else ""
        state.out.print(f"{report.waiting} wait{when}.", markup=False)
    if report.unavailable:
        state.err.print(f"Nobody takes mail: {report.unavailable}", style="yellow", markup=False)
    if report.paused:
        state.err.print(
            f"Paused: {report.paused}. Look into it, then `digest send --resume`.", style="yellow", markup=False
        )


def _sentence(report: DeliveryReport) -> str:
    """The closing report in one line."""
    parts = [f"{report.sent} sent"]
    for count, what in (
        (report.deferred, "to be tried again"),
        (report.failed, "failed"),
        (report.suppressed, "of these to addresses that do not exist"),
        (report.skipped, "skipped"),
    ):
        if count:
            parts.append(f"{count} {what}")
    speed = f" in {report.seconds:.1f} s ({report.per_second:.0f}/s)" if report.sent else ""
    return ", ".join(parts) + speed


def _where(site: Site) -> str:
    """A reminder, as long as mail goes nowhere."""
    if site.settings.sending.carrier != "outbox":
        return "."
    return f", into {site.root / 'outbox'}; sending.carrier in digest.toml lets them out."
