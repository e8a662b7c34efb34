"""`digest subscribers`: readers, as the operator sees them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from digest.cli.state import State, parse_day
from digest.cli.subscriber_lists import StatusOption, export, import_, named_status, opened, reader_at
from digest.models import Subscriber

app = typer.Typer(help="Readers: add, list, show, set, pause, resume, remove, import, export.", no_args_is_help=True)

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="The reader's mail address.")]
Preferences = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME=VALUE]...",
        help="Preferences: topics, searches, authors, cadence (daily, weekdays, weekly, monthly), weekdays, hour, "
        "zone, max_papers, min_upvotes, when_empty (skip, say), pause_until, personal (on, off: an order of their own "
        "by what they marked). An empty value resets one.",
        show_default=False,
    ),
]


@app.command("list")
def list_(context: typer.Context, status: StatusOption = None) -> None:
    """List readers.

    \b
    digest subscribers list
    digest subscribers list --status suppressed
    digest --json subscribers list
    """
    from digest.store.subscribers import address_key
    from digest.subscribe import reader_record

    with opened(context) as (state, _, store):
        readers = store.subscribers.all(named_status(status))
        if state.json:
            stopped = {address_key(entry.address): entry for entry in store.subscribers.suppressions()}
            state.emit([reader_record(reader, stopped.get(address_key(reader.address))) for reader in readers])
            return
        for reader in readers:
            coming = _local(reader.next_at, reader) if reader.next_at else ""
            fields = (reader.address, reader.status, reader.preferences.cadence, coming)
            typer.echo("\t".join(fields).rstrip())
        counts = store.subscribers.counts()
        if not (counts.get(status) if status else counts):
            state.err.print("No reader. `digest subscribers add ADDRESS` adds one.")


@app.command("show")
def show(context: typer.Context, address: Address) -> None:
    """Show all that is known of a reader, and their next three deliveries.

    \b
    digest subscribers show ada@example.org
    digest --json subscribers show ada@example.org > data-of-ada.json
    """
    from digest.curation.due import next_deliveries
    from digest.curation.preferences import format_preferences
    from digest.subscribe import export_data

    with opened(context) as (state, site, store):
        reader = reader_at(store, address)
        data = export_data(store, reader)
        coming: tuple[datetime, ...] = ()
        if reader.status == "active":
            coming = next_deliveries(reader.preferences, state.now(site), last_delivered_at=reader.last_delivered_at)
        if state.json:
            state.emit(data | {"next_deliveries": [moment.isoformat() for moment in coming]})
            return
        suppression = data["suppression"]
        facts = {
            "status": reader.status + (f" ({suppression['reason']})" if suppression else ""),
            "consent": f"{_local(reader.confirmed_at, reader)} ({reader.source})" if reader.confirmed_at else "none",
            "watermark": f"edition {reader.watermark}" if reader.watermark else "none",
            **{name: "; ".join(text.splitlines()) for name, text in format_preferences(reader.preferences).items()},
            "personal": f"{'on' if reader.preferences.personal else 'off'}, {len(data['marks'])} marks",
            "next": ", ".join(_local(moment, reader) for moment in coming),
        }
        state.out.print(reader.address, style="bold", markup=False)
        for name, value in facts.items():
            if value:
                state.out.print(f"{name:>12}  {value}", markup=False)


@app.command("add")
def add(
    context: typer.Context,
    address: Address,
    preferences: Preferences = None,
    source: Annotated[str, typer.Option(help="Where the reader consented.")] = "operator",
    after: Annotated[
        int | None, typer.Option(min=0, metavar="EDITION", help="Begin after this edition.", show_default="the latest")
    ] = None,
) -> None:
    """Add a reader who has asked you for it; no confirmation is sent.

    \b
    digest subscribers add ada@example.org
    digest subscribers add ada@example.org topics=agents,code cadence=weekly weekdays=fri hour=6 zone=Europe/Zurich
    digest subscribers add ada@example.org personal=on --source "sign-up sheet" --after 0
    """
    from digest.curation.preferences import parse_preferences
    from digest.subscribe import add_reader, default_preferences

    with opened(context) as (state, site, store):
        wanted = parse_preferences(
            _pairs(preferences), start=default_preferences(site), topics=[topic.slug for topic in site.topics()]
        )
        _show(
            state, add_reader(store, site, address, now=state.now(site), preferences=wanted, source=source, after=after)
        )


@app.command("set")
def set_(
    context: typer.Context,
    address: Address,
    preferences: Preferences = None,
    revoke_links: Annotated[
        bool, typer.Option("--revoke-links", help="Make the links in all mails sent so far void (unsubscribing stays).")
    ] = False,
) -> None:
    """Change what a reader gets and when.

    \b
    digest subscribers set ada@example.org hour=18 zone=Asia/Tokyo
    digest subscribers set ada@example.org topics= max_papers=20 searches="tool use OR browser"
    digest subscribers set ada@example.org personal=on
    digest subscribers set ada@example.org --revoke-links
    """
    from digest import subscribe

    if not preferences and not revoke_links:
        raise typer.BadParameter("say what to change: NAME=VALUE, such as hour=7, or --revoke-links")
    with opened(context) as (state, site, store):
        reader = reader_at(store, address)
        if revoke_links:
            reader = subscribe.revoke_links(store, reader.id)
        _show(state, subscribe.set_preferences(store, site, reader.id, _pairs(preferences), now=state.now(site)))


@app.command("pause")
def pause(
    context: typer.Context,
    address: Address,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day digests come again.", show_default="resume")
    ] = None,
) -> None:
    """Send a reader nothing for a while; what they miss comes afterwards.

    \b
    digest subscribers pause ada@example.org
    digest subscribers pause ada@example.org --until 2026-12-24
    """
    from digest import subscribe

    day = parse_day(until) if until else None
    with opened(context) as (state, site, store):
        _show(state, subscribe.pause(store, reader_at(store, address).id, now=state.now(site), until=day))


@app.command("resume")
def resume(context: typer.Context, address: Address) -> None:
    """End a pause, or the suppression of an address that works again.

    \b
    digest subscribers resume ada@example.org
    """
    from digest import subscribe

    with opened(context) as (state, site, store):
        _show(state, subscribe.resume(store, reader_at(store, address).id, now=state.now(site)))


@app.command("remove")
def remove(
    context: typer.Context,
    address: Address,
    erase: Annotated[bool, typer.Option("--erase", help="Forget all that is known, also that they left.")] = False,
) -> None:
    """Unsubscribe a reader.

    \b
    digest subscribers remove ada@example.org
    digest subscribers remove ada@example.org --erase
    """
    from digest import subscribe

    with opened(context) as (state, _, store):
        reader = reader_at(store, address)
        if erase:
            subscribe.erase(store, reader)
            if state.json:
                state.emit({"address": reader.address, "erased": True})
            state.err.print(f"{reader.address}: erased", markup=False)
        else:
            _show(state, subscribe.unsubscribe(store, reader.id))


app.command("import")(import_)
app.command("export")(export)


def _pairs(words: Iterable[str] | None) -> dict[str, str]:
    """`NAME=VALUE` words by name; a name that comes several times has a line for each."""
    given: dict[str, str] = {}
    for word in words or ():
        name, sign, value = word.partition("=")
        if not sign:
            raise typer.BadParameter(f"`{word}` is no preference; write NAME=VALUE, such as hour=7")
        given[name] = f"{given[name]}\n{value}" if name in given else value
    return given


def _show(state: State, reader: Subscriber) -> None:
    """What came of it, in one line."""
    if state.json:
        state.emit(_record(reader))
        return
    coming = f", next digest {_local(reader.next_at, reader)}" if reader.next_at else ""
    state.out.print(f"{reader.address}: {reader.status}{coming}", markup=False)


def _record(reader: Subscriber) -> dict[str, object]:
    return {
        "id": reader.id,
        "address": reader.address,
        "status": reader.status,
        "cadence": reader.preferences.cadence,
        "next_at": reader.next_at.isoformat() if reader.next_at else None,
    }


def _local(moment: datetime, reader: Subscriber) -> str:
    return f"{moment.astimezone(ZoneInfo(reader.preferences.zone)):%a %Y-%m-%d %H:%M %Z}"
