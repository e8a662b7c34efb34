"""The site's way out: which carrier takes its mail, which keys sign it, and where it comes back to."""

from __future__ import annotations

import os
import ssl
from email.utils import parseaddr
from typing import TYPE_CHECKING

from digest.errors import MailError, SettingsError
from digest.mail.address import wire_address
from digest.mail.carrier import Carrier
from digest.mail.folder import Folder
from digest.mail.sendmail import Sendmail
from digest.mail.session import open_session
from digest.mail.smtp import Smtp
from digest.mail.verp import Verp
from digest.site import Site
from digest.tokens import secret_keys

if TYPE_CHECKING:
    from digest.mail.dkim_keys import Key

OUTBOX = "outbox"
"""The folder of a site that mail is written to before it has a server."""
KEYS = "keys"
"""The folder of a site that has its DKIM keys."""
_KNOCK_SECONDS = 10.0
"""Longest wait for one answer where someone waits for all of them."""


def carrier_of(site: Site) -> Carrier:
    """The carrier of `[sending]`."""
    rules = site.settings.sending
    match rules.carrier:
        case "outbox":
            return Folder(site.root / OUTBOX)
        case "smtp":
            return Smtp(site.settings.smtp)
        case "sendmail":
            return Sendmail((rules.sendmail,))


def sender_domain(site: Site) -> str:
    """The domain mail comes from, and whose keys sign it.

    Raises:
        SettingsError: `mail.sender` is no address.
    """
    try:
        return wire_address(parseaddr(site.settings.mail.sender)[1]).rpartition("@")[2]
    except MailError as error:
        raise SettingsError(f"mail.sender: {error}") from error


def keys_of(site: Site) -> tuple[Key, ...]:
    """The keys named in `sending.dkim_keys`, in that order.

    Raises:
        SettingsError: one is not there.
        MailError: one cannot be used.
    """
    domain = sender_domain(site)
    return tuple(read_key(site, selector, domain) for selector in site.settings.sending.dkim_keys)


def read_key(site: Site, selector: str, domain: str) -> Key:
    """The key in `keys/SELECTOR.pem`.

    Raises:
        SettingsError: it cannot be read.
        MailError: it cannot be used.
    """
    from digest.mail.dkim_keys import Key  # noqa: PLC0415 - large, and mail without keys does not need it

    path = site.root / KEYS / f"{selector}.pem"
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; `digest keys make` makes keys") from error
    return Key.read(pem, domain=domain, selector=selector)


def return_paths_of(site: Site) -> Verp:
    """The addresses that returned mail comes back to.

    Raises:
        SettingsError: `bounces.address` or `mail.sender` is no address.
    """
    settings = site.settings
    try:
        return Verp(settings.bounces.address or parseaddr(settings.mail.sender)[1], secret_keys(site))
    except MailError as error:
        raise SettingsError(f"bounces.address: {error}") from error


def knock(site: Site) -> str:
    """Whether the site's way out is there, by trying it as far as it goes without a mail; what was found.

    Raises:
        CarrierUnavailable: nobody answers there, or not as the settings want it.
        SettingsError: there is no such program.
    """
    rules, server = site.settings.sending, site.settings.smtp
    if rules.carrier == "outbox":
        return f"mail goes into {OUTBOX}/, no server is asked"
    if rules.carrier == "sendmail":
        if not os.access(rules.sendmail, os.X_OK):
            raise SettingsError(f"sending.sendmail: {rules.sendmail} is no program that may be run here")
        return f"{rules.sendmail} can be run"
    patience = min(server.timeout_seconds, _KNOCK_SECONDS)
    with open_session(server.model_copy(update={"timeout_seconds": patience})) as session:
        safe = isinstance(session.sock, ssl.SSLSocket)
        offered = [name.upper() for name in ("pipelining", "smtputf8") if session.has_extn(name)]
    said = ["TLS" if safe else "no TLS", *(["login accepted"] if server.username else []), *offered]
    return f"{server.host}:{server.port} takes mail ({', '.join(said)})"


def describe_way_out(site: Site) -> str:
    """Where mail goes, and what is missing for it to be welcome there, in one line; nothing is made or asked.

    Raises:
        SettingsError: an address is none, or a key is not there.
        MailError: a key cannot be used.
    """
    settings = site.settings
    domain, keys = sender_domain(site), keys_of(site)
    if settings.bounces.address:
        wire_address(settings.bounces.address)
    server = f"{settings.smtp.host}:{settings.smtp.port} ({settings.smtp.security})"
    places = {"outbox": f"into {OUTBOX}/ only", "smtp": f"to {server}", "sendmail": f"to {settings.sending.sendmail}"}
    signed = f"signed for {domain} by {', '.join(key.selector for key in keys)}" if keys else "not signed"
    https = settings.base_url.startswith("https://")
    leave = "one-click unsubscribe" if https else "no one-click unsubscribe (base_url is not https)"
    return f"{places[settings.sending.carrier]}, {signed}, {leave}"
