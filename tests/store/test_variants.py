"""What is kept of rendered digests of single readers, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from digest.models import Mail, Preferences, Subscriber, Variant
from digest.store import Store
from digest.store.deliveries import Settlement
from digest.store.planning import Plan
from tests.builders import NOON, make_edition, make_entry

DAY = timedelta(days=1)
MAIL = Mail(subject="s", preheader="p", html="<p>", text="t")


def variant(last: int, reader: str = "ada") -> Variant:
    """A rendered digest of one edition, for one reader or for all."""
    return Variant(key=f"{reader}-{last}", first=last, last=last, reader=reader, mail=MAIL)


def add_reader(store: Store, name: str, **fields: object) -> Subscriber:
    """An active reader who is due at noon and reads in an order of their own."""
    reader = Subscriber(
        id=name,
        address=f"{name}@example.org",
        status="active",
        created_at=NOON,
        next_at=NOON,
        preferences=Preferences(personal=name),
    )
    store.subscribers.add([replace(reader, **fields)])
    return reader


def publish(store: Store, count: int) -> None:
    """Editions, one a day at noon."""
    for number in range(1, count + 1):
        store.save_edition(make_edition(number, make_entry(number)))


def plan(store: Store, last: int) -> None:
    """Plan the digest of one edition for who is due."""
    plans = [
        Plan(group=group, due_at=NOON, next_at=None, run=(last, last), variant=f"{group.preferences.personal}-{last}")
        for group in store.deliveries.due(NOON)
    ]
    store.deliveries.plan(plans, NOON)


def test_what_is_for_one_reader_goes_with_them(any_store: Store) -> None:
    """Erasing a reader erases their rendered digests; one made for them meanwhile is not kept; others stay."""
    ada = add_reader(any_store, "ada")
    for kept in (variant(1), variant(1, "")):
        any_store.save_variant(kept)
        assert any_store.variant(kept.key) == kept
    any_store.subscribers.remove(ada)
    assert any_store.variant("ada-1") is None
    any_store.save_variant(variant(2))
    assert any_store.variant("ada-2") is None
    assert any_store.variant("-1") is not None


@pytest.mark.parametrize(
    ("status", "days", "gone"),
    [("planned", 9, 0), ("sent", 1, 0), ("sent", 4, 1), ("failed", 4, 1), ("skipped", 9, 1)],
)
def test_what_was_dealt_with_is_forgotten(
    any_store: Store, status: Literal["planned", "sent", "failed", "skipped"], days: int, gone: int
) -> None:
    """A few days after it was settled, not while it waits; what all share is never forgotten."""
    publish(any_store, 2)
    add_reader(any_store, "ada")
    for kept in (variant(1), variant(1, "")):
        any_store.save_variant(kept)
    plan(any_store, 1)
    (taken,), _ = any_store.deliveries.claim("c", NOON, NOON + DAY, 1)
    settled = Settlement(
        subscriber=taken.subscriber,
        last=1,
        status=status,
        try_at=NOON if status == "planned" else None,
        attempts=1,
    )
    any_store.deliveries.settle([settled], "c", NOON + 5 * DAY)
    assert any_store.forget_variants(NOON + (2 + days) * DAY) == gone
    assert (any_store.variant("ada-1") is None) is bool(gone)
    assert any_store.variant("-1") is not None


def test_what_may_be_planned_yet_stays(any_store: Store) -> None:
    """One of the newest edition, or of one that was the newest lately, has no delivery while its reader is planned."""
    publish(any_store, 3)
    add_reader(any_store, "ada")
    for last in (1, 2, 3):
        any_store.save_variant(variant(last))
    closed = [NOON + day * DAY for day in range(3)]
    assert any_store.forget_variants(closed[1]) == 0
    assert any_store.forget_variants(closed[1] + DAY / 2) == 1
    assert any_store.forget_variants(closed[2] + 30 * DAY) == 1
    assert any_store.variant("ada-3") is not None
