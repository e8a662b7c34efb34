"""A reader as they come in: the address as it is stored, the site's default preferences, and where they start."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import replace
from datetime import datetime

from digest.curation.due import scheduled
from digest.errors import MailError, SubscriptionError
from digest.mail.address import wire_address
from digest.models import Preferences, Subscriber
from digest.site import Site
from digest.store import Store

_ID_OCTETS = 10
"""80 bits: no two readers get the same, and none can be guessed."""


def reader_address(text: str) -> str:
    """An address as it is stored: Unicode composed (NFC), the domain in lower-case A-labels.

    Raises:
        SubscriptionError: it is no address that mail from the outside could reach.
    """
    try:
        address = wire_address(unicodedata.normalize("NFC", text.strip()))
    except MailError as error:
        raise SubscriptionError(str(error)) from error
    _, dot, top = address.rpartition("@")[2].rpartition(".")
    if not dot or top.isdigit():
        raise SubscriptionError(f"{address!r} is no mail address: its domain is not complete")
    return address


def new_reader(
    site: Site, address: str, *, now: datetime, preferences: Preferences | None = None, source: str = "web"
) -> Subscriber:
    """A reader who has not confirmed yet, with the site's default preferences where they chose none."""
    return Subscriber(
        id=new_id(),
        address=address,
        status="pending",
        preferences=preferences or default_preferences(site),
        created_at=now,
        source=source,
    )


def new_id() -> str:
    """An id nobody has, and nobody can guess."""
    return secrets.token_hex(_ID_OCTETS)


def welcomed(reader: Subscriber, *, now: datetime, latest: int, consent_at: datetime | None = None) -> Subscriber:
    """`reader` as an active one, who gets what is published after edition `latest`."""
    return scheduled(
        replace(reader, status="active", confirmed_at=consent_at or now, watermark=latest, schedule_since=now), now
    )


def default_preferences(site: Site) -> Preferences:
    """What a reader gets who asks for nothing else."""
    rules = site.settings.delivery
    return Preferences(
        cadence=rules.cadence, hour=rules.hour, zone=site.settings.time_zone, when_empty=rules.when_empty
    )


def latest_edition(store: Store) -> int:
    """The number of the last closed edition; 0 before the first."""
    last = store.last_edition()
    return last.number if last else 0
