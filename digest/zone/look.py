"""What is looked at, in order, each by its name; the answers come when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from digest.deliver.carriers import keys_of, sender_domain
from digest.mail.address import wire_address
from digest.site import Site
from digest.zone.dkim import check_dkim
from digest.zone.dmarc import check_alignment, check_dmarc
from digest.zone.hosts import check_mx, check_reverse, check_web, is_local
from digest.zone.lookup import Lookup
from digest.zone.spf import check_spf


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to look at. `see` says what is there, or raises what is wrong (`Wrong`, `DigestError`)."""

    name: str
    see: Callable[[], str]


def looks(site: Site, lookup: Lookup) -> Iterator[Look]:
    """What the world must find of the site; nothing about mail while the sender is an address of this machine.

    Raises:
        SettingsError, MailError: an address or a key of the site cannot be used.
    """
    settings = site.settings
    host = urlsplit(settings.base_url).hostname or ""
    yield Look(f"web {host}", lambda: check_web(lookup, host))
    sender, returns, keys = sender_domain(site), _return_domain(site), keys_of(site)
    if is_local(sender):
        return
    server = settings.smtp.host if settings.sending.carrier == "smtp" and not is_local(settings.smtp.host) else ""
    for domain in dict.fromkeys((sender, returns)):
        yield Look(f"mx {domain}", lambda domain=domain: check_mx(lookup, domain, server))  # type: ignore[misc]
    yield Look(f"spf {returns}", lambda: check_spf(lookup, returns, server))
    for key in keys:
        yield Look(f"dkim {key.selector}", lambda key=key: check_dkim(lookup, key))  # type: ignore[misc]
    if not keys:
        yield Look("dkim", lambda: "no keys of your own sign; right only where your provider signs for your domain")
    yield Look(f"dmarc {sender}", lambda: check_dmarc(lookup, sender))
    selectors = tuple(key.selector for key in keys)
    yield Look(f"alignment {sender}", lambda: check_alignment(lookup, sender, returns, selectors))
    if settings.sending.carrier == "smtp":
        yield Look(f"ptr {settings.smtp.host}", lambda: check_reverse(lookup, settings.smtp.host))


def _return_domain(site: Site) -> str:
    """The domain of the return paths, which is what SPF is asked about."""
    settings = site.settings
    return wire_address(settings.bounces.address or parseaddr(settings.mail.sender)[1]).rpartition("@")[2]
