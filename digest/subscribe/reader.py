"""What a reader does, or the operator for them: choose, pause, leave, come back, see and erase their data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from digest.curation.due import scheduled
from digest.curation.preferences import parse_preferences
from digest.errors import NotFoundError, SubscriptionError
from digest.models import Status, Subscriber, Suppression
from digest.site import Site
from digest.store import Store
from digest.store.subscribers import Change, address_key
from digest.subscribe.newcomer import latest_edition, welcomed

_UNCONFIRMED = timedelta(days=7)
"""How long a sign-up that was never confirmed is kept."""
_SCHEDULE = ("cadence", "weekdays", "hour", "zone", "pause_until")


def resubscribe(store: Store, id_: str, *, now: datetime) -> Subscriber:
    """Let a reader who has proven to be behind the address come (back); they get what is published from now on.

    Raises:
        NotFoundError: there is no such reader.
    """
    latest = latest_edition(store)

    def change(reader: Subscriber) -> Subscriber:
        back = reader.status in {"pending", "unsubscribed"}
        return welcomed(reader, now=now, latest=latest) if back else reader

    return change_reader(store, id_, change)


def set_preferences(store: Store, site: Site, id_: str, given: Mapping[str, str], *, now: datetime) -> Subscriber:
    """Change the preferences `given` by name; a changed schedule counts from now on.

    Raises:
        SubscriptionError: a preference is not possible; nothing is changed.
        NotFoundError: there is no such reader.
    """
    topics = [topic.slug for topic in site.topics()]

    def change(reader: Subscriber) -> Subscriber:
        chosen = parse_preferences(given, start=reader.preferences, topics=topics)
        moved = any(getattr(chosen, name) != getattr(reader.preferences, name) for name in _SCHEDULE)
        since = now if moved else reader.schedule_since
        return scheduled(replace(reader, preferences=chosen, schedule_since=since), now)

    return change_reader(store, id_, change)


def pause(store: Store, id_: str, *, now: datetime, until: date | None = None) -> Subscriber:
    """Send nothing before `until` (None: before `resume`). What is published meanwhile comes in the first digest then.

    Raises:
        SubscriptionError: the reader gets nothing anyway, or `until` is past.
        NotFoundError: there is no such reader.
    """

    def change(reader: Subscriber) -> Subscriber:
        if reader.status not in {"active", "paused"}:
            raise SubscriptionError(f"{reader.address}: is {reader.status}; only an active reader can pause")
        if until and until <= now.astimezone(ZoneInfo(reader.preferences.zone)).date():
            raise SubscriptionError(f"pause_until: {until} is not in the future")
        preferences = replace(reader.preferences, pause_until=until)
        status: Status = "active" if until else "paused"
        return scheduled(replace(reader, status=status, preferences=preferences, schedule_since=now), now)

    return change_reader(store, id_, change)


def resume(store: Store, id_: str, *, now: datetime) -> Subscriber:
    """End a pause or a suppression; the next digest has what was published since the last.

    Raises:
        SubscriptionError: the reader has not confirmed, or left: they sign up (again) themselves.
        NotFoundError: there is no such reader.
    """

    def change(reader: Subscriber) -> Subscriber:
        if reader.confirmed_at is None or reader.status in {"pending", "unsubscribed"}:
            raise SubscriptionError(f"{reader.address}: is {reader.status}; they sign up themselves")
        preferences = replace(reader.preferences, pause_until=None)
        return scheduled(replace(reader, status="active", preferences=preferences, schedule_since=now), now)

    return change_reader(store, id_, change)


def unsubscribe(store: Store, id_: str) -> Subscriber:
    """Send nothing more; a second time changes nothing.

    Raises:
        NotFoundError: there is no such reader.
    """
    return change_reader(store, id_, lambda reader: replace(reader, status="unsubscribed", next_at=None))


def revoke_links(store: Store, id_: str) -> Subscriber:
    """Make all links sent so far void, except those to unsubscribe (RFC 8058 wants these to work).

    Raises:
        NotFoundError: there is no such reader.
    """
    return change_reader(store, id_, lambda reader: replace(reader, epoch=reader.epoch + 1))


def export_data(store: Store, reader: Subscriber) -> dict[str, Any]:
    """All that is known of a reader, fit for JSON."""
    marks = [
        {"paper": mark.paper.id, "title": mark.paper.title, "wish": mark.wish, "at": mark.at}
        for mark in store.marks.of(reader.id)
    ]
    return reader_record(reader, store.subscribers.suppression(reader.address)) | {"marks": _plain(marks)}


def reader_record(reader: Subscriber, suppression: Suppression | None) -> dict[str, Any]:
    """What is known of a reader but for their marks, fit for JSON."""
    known = asdict(reader) | {"suppression": asdict(suppression) if suppression else None}
    return {name: _plain(value) for name, value in known.items()}


def erase(store: Store, reader: Subscriber) -> None:
    """Forget a reader wholly."""
    store.subscribers.remove(reader, [address_key(reader.address)])


def forget_unconfirmed(store: Store, *, now: datetime) -> int:
    """Forget sign-ups that were not confirmed for a week; how many."""
    return store.subscribers.remove_pending(now - _UNCONFIRMED)


def change_reader(store: Store, id_: str, change: Change) -> Subscriber:
    """The reader as `change` made them.

    Raises:
        NotFoundError: there is no such reader.
    """
    reader = store.subscribers.change(id_, change)
    if reader is None:
        raise NotFoundError("there is no such reader (any more)")
    return reader


def _plain(value: Any) -> Any:
    """Moments and days as ISO 8601, tuples as lists."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
