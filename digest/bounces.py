"""Bounces: what came back, and what follows for the reader it came back for.

A failure for good ends the mail to that address, a passing one is counted, a complaint is taken as leaving. Only the
reader whose return path the message came to is touched, so that nobody can be silenced by made-up reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import Message
from email.parser import BytesHeaderParser

from digest.deliver.carriers import return_paths_of
from digest.mail.bounces import Bounce, read_bounces
from digest.mail.reasons import Kind
from digest.mail.verp import Verp
from digest.models import Subscriber, Suppression
from digest.site import Site
from digest.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One message that was read."""

    file: str
    bounces: tuple[Bounce, ...]
    """Empty when it reports nothing."""
    reader: str = ""
    """The address of the reader it came back for; empty when it is about none of ours."""
    effect: str = ""
    """What followed: `suppressed`, `unsubscribed`, `counted`; empty: nothing."""


def read_returned(
    store: Store, site: Site, messages: Iterable[tuple[str, bytes]], *, now: datetime, applying: bool = True
) -> Iterator[Returned]:
    """What each of `messages` (name and bytes) reports, as it is read; with `applying`, what follows is done."""
    return_paths = return_paths_of(site)
    for name, data in messages:
        bounces = read_bounces(data)
        found = _reader_of(store, return_paths, data) if bounces else None
        if found is None:
            yield Returned(file=name, bounces=bounces)
            continue
        reader, edition = found
        effect = _apply(store, site, reader, edition, _about(reader, bounces), now=now) if applying else ""
        yield Returned(file=name, bounces=bounces, reader=reader.address, effect=effect)


def _reader_of(store: Store, return_paths: Verp, data: bytes) -> tuple[Subscriber, int] | None:
    """The reader and the edition of the delivery whose return path the message came to."""
    try:
        message: Message = BytesHeaderParser().parsebytes(data)
    except Exception:  # noqa: BLE001 - hostile headers trip the parser in many ways
        return None
    subscriber, _, edition = (return_paths.delivery_of(message) or "").rpartition("-")
    reader = store.subscribers.get(subscriber) if edition.isdecimal() else None
    return (reader, int(edition)) if reader else None


def _about(reader: Subscriber, bounces: tuple[Bounce, ...]) -> Bounce:
    """The bounce that speaks of the reader's own address, else the first: what it was forwarded to."""
    own = [bounce for bounce in bounces if bounce.address.lower() == reader.address.lower()]
    return (own or list(bounces))[0]


def _apply(store: Store, site: Site, reader: Subscriber, edition: int, bounce: Bounce, *, now: datetime) -> str:
    """Do what follows, once for every delivery; in one word."""
    is_new = store.deliveries.save_return(
        reader.id, edition, at=now, kind=bounce.kind, diagnostic=f"{bounce.status} {bounce.diagnostic}".strip()
    )
    if not is_new:
        return ""
    rules = site.settings.bounces
    match bounce.kind:
        case "complaint":
            store.subscribers.change(reader.id, _unsubscribed)
            _suppress(store, reader, "complaint", now)
            return "unsubscribed"
        case "permanent":
            _suppress(store, reader, f"returned: {bounce.status} {bounce.diagnostic}", now)
            return "suppressed"
        case _:
            returned = store.deliveries.returned(reader.id, now - timedelta(days=rules.soft_days))
            if returned < rules.soft_limit:
                return "counted"
            _suppress(store, reader, f"{returned} digests were returned, the last: {bounce.diagnostic}", now)
            return "suppressed"


def _unsubscribed(reader: Subscriber) -> Subscriber:
    return replace(reader, status="unsubscribed", next_at=None)


def _suppress(store: Store, reader: Subscriber, reason: str, now: datetime) -> None:
    reason = " ".join(reason.split())[:300]
    store.subscribers.suppress(Suppression(address=reader.address, reason=reason, at=now))


def plain_kind(kind: Kind) -> str:
    """`permanent` or `temporary`: nobody writes again after a complaint."""
    return "temporary" if kind == "temporary" else "permanent"
