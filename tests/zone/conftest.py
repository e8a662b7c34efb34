"""A name server that knows all a site needs, and the site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from digest.deliver.carriers import keys_of
from digest.mail.dkim_keys import dns_record, generate_key
from digest.site import Site
from digest.zone import Look, Lookup, Wrong, looks
from digest.zone.wrong import txt_line
from tests.cli.conftest import digest  # noqa: F401 - a fixture
from tests.deliver.sites import make_site

from .name_server import NameServer, name_server

DOMAIN = "papers.example.org"
SERVER, ADDRESS = "mail.example.org", "203.0.113.5"
SPF = "v=spf1 mx include:spf.provider.example -all"
SELECTORS = ("d202611-rsa", "d202611-ed25519")


@pytest.fixture
def dns_server() -> Iterator[NameServer]:
    """A name server that knows nothing."""
    with name_server() as server:
        yield server


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site that sends by a server of its own and signs with two keys."""
    folder = tmp_path / "keys"
    folder.mkdir()
    for selector in SELECTORS:
        (folder / f"{selector}.pem").write_bytes(generate_key("rsa" if selector.endswith("rsa") else "ed25519"))
    sending = {"carrier": "smtp", "dkim_keys": list(SELECTORS)}
    return make_site(tmp_path, smtp={"host": SERVER}, sending=sending)


@pytest.fixture
def zone(dns_server: NameServer, site: Site) -> NameServer:
    """The name server with everything as it should be."""
    dns_server.has(DOMAIN, "A", "203.0.113.6")
    dns_server.has(DOMAIN, "MX", "20 backup.example.org.", f"10 {SERVER}.")
    dns_server.has(DOMAIN, "TXT", strings("google-site-verification=x"), strings(SPF))
    dns_server.has("spf.provider.example", "TXT", strings("v=spf1 ip4:198.51.100.0/24 ip6:2001:db8::/32 ~all"))
    dns_server.has(f"_dmarc.{DOMAIN}", "TXT", strings(f"v=DMARC1; p=none; rua=mailto:dmarc@{DOMAIN}"))
    for host in (SERVER, "backup.example.org"):
        dns_server.has(host, "A", ADDRESS)
    dns_server.has("5.113.0.203.in-addr.arpa", "PTR", f"{SERVER}.")
    for key in keys_of(site):
        name, text = dns_record(key)
        dns_server.has(name, "TXT", strings(text))
    return dns_server


@pytest.fixture
def seen(zone: NameServer, site: Site) -> Callable[..., dict[str, str | Wrong]]:
    """What each look comes to, by its name: words, or what is wrong."""

    def see(of: Site = site, **options: float) -> dict[str, str | Wrong]:
        return {look.name: _outcome(look) for look in looks(of, Lookup(zone.place, **options))}

    return see


def _outcome(look: Look) -> str | Wrong:
    try:
        return look.see()
    except Wrong as wrong:
        return wrong


def strings(text: str) -> str:
    """`text` as the strings of a TXT record."""
    return txt_line("x", text).partition(" TXT ")[2].strip("() ")
