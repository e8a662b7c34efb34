"""Facts about stored readers, in both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from digest.models import Preferences, Subscriber, Suppression
from digest.store import Store

NOW = datetime(2026, 5, 18, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def reader(number: int, **fields: object) -> Subscriber:
    """Reader `number`, active."""
    plain = Subscriber(id=f"id{number:06}", address=f"reader{number}@example.org", status="active", created_at=NOW)
    return replace(plain, **fields)


def test_a_reader_comes_back_as_they_were(any_store: Store) -> None:
    """Every field, with moments in UTC and preferences whole."""
    preferences = Preferences(
        topics=("agents",),
        searches=('"tool use"',),
        authors=("Ada Lovelace",),
        cadence="weekly",
        weekdays=("fri",),
        zone="Asia/Tokyo",
        max_papers=5,
        min_upvotes=2,
        when_empty="say",
        pause_until=date(2026, 6, 1),
    )
    ada = reader(
        1,
        address="Jörg@example.org",
        preferences=preferences,
        watermark=3,
        confirmed_at=NOW,
        source="a list",
        epoch=2,
        schedule_since=NOW,
        last_delivered_at=NOW,
        next_at=NOW + MINUTE,
    )
    assert any_store.subscribers.add([ada]) == {}
    assert any_store.subscribers.get(ada.id) == ada
    assert any_store.subscribers.find("JÖRG@EXAMPLE.ORG") == ada
    assert any_store.subscribers.find("jorg@example.org") is None


def test_an_address_is_one_reader(any_store: Store) -> None:
    """Upper and lower case are the same; known and suppressed addresses are not added, and said to be what they are."""
    readers = any_store.subscribers
    readers.suppress(Suppression(address="reader3@example.org", reason="complaint", at=NOW))
    readers.add([reader(1, status="unsubscribed")])
    refused = readers.add(
        [reader(11, address="READER1@example.org"), reader(2), reader(12, address="Reader2@example.org"), reader(3)]
    )
    assert refused == {
        "reader1@example.org": "unsubscribed",
        "reader2@example.org": "active",
        "reader3@example.org": "suppressed",
    }
    assert [known.id for known in readers.all()] == ["id000001", "id000002"]


def test_readers_are_listed_in_batches(any_store: Store) -> None:
    """All of them, once each, by id; also when there are more than one batch holds."""
    readers = any_store.subscribers
    readers.add([reader(n, status="paused" if n % 3 else "active", next_at=NOW + n * MINUTE) for n in range(1200)])
    assert [known.id for known in readers.all()] == [f"id{n:06}" for n in range(1200)]
    assert [known.id for known in readers.all("active")] == [f"id{n:06}" for n in range(0, 1200, 3)]
    assert [known.id for known in readers.due(NOW + 3 * MINUTE)] == [f"id{n:06}" for n in range(4)]
    assert readers.counts() == {"active": 400, "paused": 800}


def test_changes_at_once_are_all_kept(any_store: Store) -> None:
    """Every change sees what the one before it stored."""
    any_store.subscribers.add([reader(1)])

    def count(_: int) -> None:
        any_store.subscribers.change("id000001", lambda known: replace(known, watermark=known.watermark + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(40)))
    known = any_store.subscribers.get("id000001")
    assert known is not None
    assert known.watermark == 40


def test_a_failing_change_changes_nothing(any_store: Store) -> None:
    """What is refused is rolled back."""
    any_store.subscribers.add([reader(1)])

    def refuse(_: Subscriber) -> Subscriber:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        any_store.subscribers.change("id000001", refuse)
    assert any_store.subscribers.get("id000001") == reader(1)
    assert any_store.subscribers.change("nobody", refuse) is None


def test_a_limit_holds_for_attempts_at_once(any_store: Store) -> None:
    """Of many at the same moment exactly as many as allowed are counted."""

    def attempt(_: int) -> bool:
        return any_store.subscribers.admit("network", NOW, most=5, within=timedelta(hours=1))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(20))) == 5


@pytest.mark.parametrize(
    ("minutes", "counted"),
    [([0, 0, 0, 0], [1, 1, 1, 0]), ([0, 10, 20, 59, 60, 61], [1, 1, 1, 0, 1, 0]), ([0, 2000], [1, 1])],
)
def test_a_limit_slides(any_store: Store, minutes: list[int], counted: list[int]) -> None:
    """Three within an hour, whenever the hour begins; other subjects do not count."""
    readers = any_store.subscribers
    readers.admit("another", NOW, most=3, within=timedelta(hours=1))
    admit: Callable[[int], bool] = lambda at: readers.admit(  # noqa: E731 - one expression, used at once
        "one", NOW + at * MINUTE, most=3, within=timedelta(hours=1)
    )
    assert [admit(at) for at in minutes] == [bool(one) for one in counted]


def test_a_suppression_of_an_unknown_address_can_be_lifted(any_store: Store) -> None:
    """It is listed with its reason until then."""
    readers = any_store.subscribers
    bad = Suppression(address="Bad@example.org", reason="550 5.1.1 no such user", at=NOW)
    readers.suppress(bad)
    assert readers.suppressions() == (bad,)
    assert readers.suppression("bad@EXAMPLE.org") == bad
    assert [readers.lift("bad@example.org"), readers.lift("bad@example.org")] == [True, False]
    assert readers.suppression("bad@example.org") is None
