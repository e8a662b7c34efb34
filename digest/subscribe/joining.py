"""Coming in: sign-up with double opt-in, the links of its mails, and readers whom the operator adds."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.errors import LinkError, SubscriptionError, TooManyRequests
from digest.models import Mail, Preferences, Subscriber
from digest.render.confirmation import render_confirmation
from digest.render.environment import environment
from digest.render.view import SiteView
from digest.site import Site
from digest.store import Store
from digest.store.subscribers import address_key
from digest.subscribe.newcomer import latest_edition, new_reader, reader_address, welcomed
from digest.subscribe.reader import change_reader, resubscribe
from digest.tokens import Purpose, Tokens, link


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail to one address, to be sent now."""

    address: str
    mail: Mail


def sign_up(
    store: Store,
    site: Site,
    address: str,
    *,
    now: datetime,
    network: str = "",
    preferences: Preferences | None = None,
) -> Letter | None:
    """Let someone at the internet address `network` ask for the digest to be sent to `address`.

    Nothing is sent before they confirm. Returns the letter to send: one that asks to confirm, or tells where the
    preferences are if they are a reader already; None when the address had enough letters or may not be written to.

    Raises:
        SubscriptionError: the address is none, sign-up is closed, or too much came from that network.
    """
    rules = site.settings.subscriptions
    if not rules.open:
        raise SubscriptionError("nobody can sign up here at the moment")
    address = reader_address(address)
    readers = store.subscribers
    if network:
        admit(store, site, network, now=now)
    readers.add([new_reader(site, address, now=now, preferences=preferences)])
    reader = readers.find(address)
    if reader is None or readers.suppression(address) or not _may_mail(store, site, address, now):
        return None
    return _letter(site, change_reader(store, reader.id, lambda known: _asked_again(known, preferences, now)), now)


def admit(store: Store, site: Site, network: str, *, now: datetime) -> None:
    """Count a sign-up that came from the internet address `network`; for who calls `sign_up` later, without one.

    Raises:
        TooManyRequests: too much came from there.
    """
    most, within = site.settings.subscriptions.sign_ups_per_hour, timedelta(hours=1)
    if not store.subscribers.admit(network_of(network), now, most=most, within=within):
        raise TooManyRequests("too many sign-ups came from your network; please try again in an hour")


def add_reader(
    store: Store,
    site: Site,
    address: str,
    *,
    now: datetime,
    preferences: Preferences | None = None,
    source: str = "operator",
    after: int | None = None,
) -> Subscriber:
    """Add a reader whose consent the operator has; the first digest starts after edition `after` (None: the latest).

    Raises:
        SubscriptionError: the address is none, known or suppressed.
    """
    fresh = new_reader(site, reader_address(address), now=now, preferences=preferences, source=source)
    reader = welcomed(fresh, now=now, latest=latest_edition(store) if after is None else after)
    if status := store.subscribers.add([reader]).get(address_key(reader.address)):
        raise SubscriptionError(f"{reader.address}: is known already ({status})")
    return reader


def open_link(store: Store, site: Site, purpose: Purpose, token: str, *, now: datetime) -> Subscriber | None:
    """The reader whose link this is; None when they are no longer known.

    Raises:
        LinkError: the link is not ours, too old or revoked. Links to unsubscribe are neither too old nor revoked.
    """
    claim = Tokens.of(site).read(purpose, token, now=now)
    reader = store.subscribers.get(claim.subscriber)
    if reader is not None and purpose != "unsubscribe" and claim.epoch != reader.epoch:
        raise LinkError("this link was revoked; the latest mail has a new one")
    return reader


def confirm(store: Store, site: Site, token: str, *, now: datetime) -> Subscriber:
    """Take the consent of the reader whose link this is; a second time changes nothing.

    Raises:
        LinkError: the link is not valid any more.
    """
    reader = open_link(store, site, "confirm", token, now=now)
    if reader is None:
        raise LinkError("this link is too old; please sign up again to get a new one")
    return resubscribe(store, reader.id, now=now)


def _asked_again(reader: Subscriber, preferences: Preferences | None, now: datetime) -> Subscriber:
    """Who has not confirmed may still choose otherwise; of anyone else a stranger can change nothing."""
    if reader.status != "pending":
        return reader
    return replace(reader, preferences=preferences or reader.preferences, created_at=now)


def _may_mail(store: Store, site: Site, address: str, now: datetime) -> bool:
    rules = site.settings.subscriptions
    return store.subscribers.admit(
        address_key(address),
        now,
        most=rules.mails_per_day,
        within=timedelta(days=1),
        apart=timedelta(minutes=rules.mail_interval_minutes),
    )


def _letter(site: Site, reader: Subscriber, now: datetime) -> Letter:
    hours = site.settings.subscriptions.confirm_hours
    known = reader.status in {"active", "paused"}
    tokens = Tokens.of(site)
    purpose: Purpose = "preferences" if known else "confirm"
    token = tokens.issue(purpose, reader, expires_at=None if known else now + timedelta(hours=hours))
    mail = render_confirmation(
        SiteView.of(site.settings, site.topics()),
        environment(site.folders("templates")),
        address=reader.address,
        url=link(site.settings.base_url, purpose, token),
        hours=hours,
        known=known,
    )
    return Letter(address=reader.address, mail=mail)


def network_of(address: str) -> str:
    """The network an internet address is counted with: what one customer usually has."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "network:unknown"
    mapped = getattr(known, "ipv4_mapped", None) or known
    length = 24 if mapped.version == 4 else 56  # noqa: PLR2004 - IP versions
    return f"network:{ipaddress.ip_network((mapped, length), strict=False)}"
