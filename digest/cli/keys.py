"""`digest keys`: make the keys that sign mail, and show what the world must know of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from digest.cli.state import State, state_of
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.mail.dkim_keys import Key
    from digest.site import Site

app = typer.Typer(help="DKIM keys: make them, and show their DNS records.", no_args_is_help=True)


@app.command("make")
def make(
    context: typer.Context,
    algorithms: Annotated[
        list[str] | None,
        typer.Argument(metavar="[rsa] [ed25519]", help="Which; several sign together.", show_default="both"),
    ] = None,
    prefix: Annotated[
        str | None, typer.Option(metavar="NAME", help="Start of the selectors.", show_default="year and month")
    ] = None,
) -> None:
    """Make DKIM keys in the site's folder `keys/` and show the DNS records to publish.

    They sign nothing until sending.dkim_keys names them, so that DNS can be ready first. To replace keys, make new
    ones, publish them, name them, and keep the old records for a week.

    \b
    digest keys make
    digest keys make rsa --prefix mail2026
    """
    from digest.deliver.carriers import KEYS, read_key, sender_domain
    from digest.mail.dkim_keys import generate_key

    state = state_of(context)
    site = state.site()
    domain = sender_domain(site)
    start = prefix or f"d{state.now(site):%Y%m}"
    keys = []
    for algorithm in algorithms or ["rsa", "ed25519"]:
        selector = f"{start}-{algorithm}"
        _write(site.root / KEYS / f"{selector}.pem", generate_key(_known(algorithm)))
        keys.append(read_key(site, selector, domain))
    _show(state, site, keys)


@app.command("show")
def show(context: typer.Context) -> None:
    """Show the DNS records of all keys in `keys/`, and those that sign.

    \b
    digest keys show
    digest --json keys show
    """
    from digest.deliver.carriers import KEYS, read_key, sender_domain

    state = state_of(context)
    site = state.site()
    domain = sender_domain(site)
    selectors = sorted(path.stem for path in (site.root / KEYS).glob("*.pem"))
    _show(state, site, [read_key(site, selector, domain) for selector in selectors])


def _known(algorithm: str) -> Literal["rsa", "ed25519"]:
    if algorithm == "rsa":
        return "rsa"
    if algorithm == "ed25519":
        return "ed25519"
    raise typer.BadParameter(f"`{algorithm}` is no kind of key; write rsa or ed25519")


def _write(path: Path, pem: bytes) -> None:
    """For the site's owner only, and never over a key that is there."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    except FileExistsError as error:
        raise DigestError(f"{path}: is there already; give --prefix another name") from error
    except OSError as error:
        raise DigestError(f"{path}: {error.strerror}") from error


def _show(state: State, site: Site, keys: list[Key]) -> None:
    from digest.mail.dkim_keys import dns_record, zone_line

    signing = site.settings.sending.dkim_keys
    if state.json:
        records = [(key, *dns_record(key)) for key in keys]
        state.emit(
            [
                {
                    "selector": key.selector,
                    "name": name,
                    "type": "TXT",
                    "value": value,
                    "signs": key.selector in signing,
                }
                for key, name, value in records
            ]
        )
        return
    for key in keys:
        state.out.print(zone_line(key), markup=False, soft_wrap=True)
    waiting = [key.selector for key in keys if key.selector not in signing]
    if waiting:
        names = ", ".join(f'"{selector}"' for selector in waiting)
        state.err.print(
            f"When these records are in DNS: [sending] dkim_keys = [{names}] in digest.toml, and mail is signed.",
            markup=False,
        )
    if not keys:
        state.err.print("There are no keys. `digest keys make` makes them.")
