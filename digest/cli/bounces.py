"""`digest bounces`: read what came back."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.progress import progress
from digest.cli.state import State, state_of

if TYPE_CHECKING:
    from digest.bounces import Returned

app = typer.Typer(help="Mail that came back: read it, and stop writing to addresses that fail.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `read` a command of its own."""


@app.command("read")
def read(
    context: typer.Context,
    place: Annotated[
        str,
        typer.Argument(
            metavar="PATH|-|URL",
            help="A Maildir, an mbox, a folder or file of .eml, standard input, or imaps://user:password@host/Mailbox.",
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it is.")] = False,
) -> None:
    """Read returned mail and do what follows from it.

    A reader whose address failed for good, or too often, gets no more; one who complained is unsubscribed. Reading the
    same mail twice counts once. With --json: a list of files, each with the addresses it reports.

    \b
    digest bounces read /var/mail/bounces/Maildir
    digest bounces read - < returned.eml
    digest bounces read imaps://bounces:secret@mail.example.org/INBOX
    """
    from digest.bounces import read_returned

    state = state_of(context)
    site = state.site()
    found: list[Returned] = []
    with state.store(site) as store, progress(state, "Reading") as bar:
        for returned in read_returned(store, site, _messages(place), now=state.now(site), applying=not dry_run):
            found.append(returned)
            bar(len(found), None, "Reading")
    if state.json:
        state.emit([_record(returned) for returned in found])
    else:
        _say(state, found)


def _messages(place: str) -> Iterator[tuple[str, bytes]]:
    from digest.mail.mailboxes import read_imap, read_messages, read_stream

    if place == "-":
        return read_stream(sys.stdin.buffer)
    if place.startswith(("imap://", "imaps://")):
        return read_imap(place)
    return read_messages(Path(place))


def _record(returned: Returned) -> dict[str, Any]:
    from digest.bounces import plain_kind

    addresses = [
        {"address": bounce.address or returned.reader, "kind": plain_kind(bounce.kind)} for bounce in returned.bounces
    ]
    return {"file": returned.file, "addresses": [known for known in addresses if known["address"]]}


def _say(state: State, found: list[Returned]) -> None:
    for returned in found:
        for bounce in returned.bounces:
            words = (bounce.address or returned.reader or "?", bounce.kind, bounce.status, returned.effect)
            state.out.print("\t".join(words).rstrip(), markup=False)
    effects = Counter(returned.effect for returned in found if returned.effect)
    said = ", ".join(f"{count} {effect}" for effect, count in sorted(effects.items())) or "nothing to do"
    reports = sum(bool(returned.bounces) for returned in found)
    strangers = sum(bool(returned.bounces) and not returned.reader for returned in found)
    about = f" ({strangers} about none of ours)" if strangers else ""
    state.err.print(f"{len(found)} messages, {reports} reports{about}: {said}.", markup=False)
