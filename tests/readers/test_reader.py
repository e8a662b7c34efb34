"""Facts about what readers do once they are in: choose, pause, leave, come back, see and erase their data."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from digest.errors import NotFoundError, SubscriptionError
from digest.models import Suppression
from digest.subscribe import (
    erase,
    export_data,
    pause,
    resubscribe,
    resume,
    set_preferences,
    sign_up,
    unsubscribe,
)
from tests.builders import make_edition, make_entry
from tests.readers.conftest import NOW

DAY = timedelta(days=1)
SEVEN = NOW.replace(hour=7)


def test_a_changed_schedule_counts_from_now_on(store, site, ada):
    """The page's next deliveries are kept: nothing is sent at once because the new hour is past today."""
    changed = set_preferences(store, site, ada.id, {"hour": "9", "zone": "Europe/Zurich"}, now=NOW)
    assert changed.next_at == SEVEN + DAY
    assert (changed.schedule_since, changed.watermark) == (NOW, ada.watermark)
    assert store.subscribers.get(ada.id) == changed


def test_a_changed_selection_leaves_the_schedule(store, site, ada):
    """A digest that is due stays due when topics change."""
    due_at = SEVEN + DAY
    changed = set_preferences(store, site, ada.id, {"topics": "agents", "max_papers": "5"}, now=due_at + DAY / 24)
    assert changed.next_at == due_at
    assert (changed.preferences.topics, changed.preferences.max_papers) == (("agents",), 5)


def test_a_wrong_preference_changes_nothing(store, site, ada):
    """Also not the right ones beside it."""
    with pytest.raises(SubscriptionError, match="hour"):
        set_preferences(store, site, ada.id, {"topics": "agents", "hour": "24"}, now=NOW)
    assert store.subscribers.get(ada.id) == ada


def test_a_change_never_takes_back_a_delivery(store, site, ada):
    """What is changed is the stored reader, not an older copy: the watermark of a delivery meanwhile stays."""
    store.subscribers.change(ada.id, lambda reader: replace(reader, watermark=7, last_delivered_at=SEVEN + DAY))
    changed = set_preferences(store, site, ada.id, {"topics": "agents"}, now=SEVEN + DAY)
    assert (changed.watermark, changed.last_delivered_at, changed.next_at) == (7, SEVEN + DAY, SEVEN + 2 * DAY)


def test_a_pause_ends_on_its_day(store, ada):
    """Or earlier by `resume`; what is published meanwhile is not lost, since the watermark stays."""
    paused = pause(store, ada.id, now=NOW, until=date(2026, 6, 1))
    assert (paused.status, paused.next_at) == ("active", SEVEN.replace(month=6, day=1))
    store.save_edition(make_edition(1, make_entry(1)))
    back = resume(store, ada.id, now=NOW + 2 * DAY)
    assert (back.next_at, back.preferences.pause_until, back.watermark) == (SEVEN + 3 * DAY, None, 0)


def test_a_pause_without_an_end_lasts(store, ada):
    """Nothing is to come, and nothing is caught up at the hour of resuming."""
    assert (pause(store, ada.id, now=NOW).status, store.subscribers.get(ada.id).next_at) == ("paused", None)
    assert resume(store, ada.id, now=NOW + 30 * DAY).next_at == SEVEN + 31 * DAY


@pytest.mark.parametrize("until", [date(2026, 5, 18), date(2020, 1, 1)])
def test_a_pause_ends_in_the_future(store, ada, until):
    """A date that is past is a mistake, and said to be one."""
    with pytest.raises(SubscriptionError, match="not in the future"):
        pause(store, ada.id, now=NOW, until=until)


def test_leaving_works_twice_and_beats_a_suppression(store, ada):
    """A bounce later does not make it a suppression that could be lifted, nor the other way round."""
    store.subscribers.suppress(Suppression(address=ada.address, reason="550 5.1.1", at=NOW))
    assert store.subscribers.get(ada.id).status == "suppressed"
    first, second = unsubscribe(store, ada.id), unsubscribe(store, ada.id)
    store.subscribers.suppress(Suppression(address=ada.address, reason="complaint", at=NOW))
    assert first == second == store.subscribers.get(ada.id)
    assert (first.status, first.next_at) == ("unsubscribed", None)


def test_leaving_by_mistake_can_be_undone(store, ada):
    """The next digest has what is published from now on."""
    unsubscribe(store, ada.id)
    store.save_edition(make_edition(1, make_entry(1)))
    back = resubscribe(store, ada.id, now=NOW + DAY)
    assert (back.status, back.watermark, back.next_at) == ("active", 1, SEVEN + 2 * DAY)
    assert resubscribe(store, ada.id, now=NOW + 2 * DAY) == back


def test_a_suppression_is_lifted_by_resuming(store, ada):
    """The address works again; the first reason given was kept till then."""
    for reason in ("550 5.1.1 no such user", "complaint"):
        store.subscribers.suppress(Suppression(address="ADA@example.org", reason=reason, at=NOW))
    assert store.subscribers.suppression(ada.address).reason == "550 5.1.1 no such user"
    assert resume(store, ada.id, now=NOW).status == "active"
    assert (store.subscribers.suppression(ada.address), store.subscribers.suppressions()) == (None, ())


def test_nobody_is_brought_back_by_resuming(store, site, ada):
    """Neither who left nor who never confirmed; and they cannot pause."""
    unsubscribe(store, ada.id)
    sign_up(store, site, "bo@example.org", now=NOW)
    for address in (ada.address, "bo@example.org"):
        for act in (resume, pause):
            with pytest.raises(SubscriptionError, match=r"is (unsubscribed|pending)"):
                act(store, store.subscribers.find(address).id, now=NOW)


def test_a_reader_sees_all_that_is_known_of_them(store, ada):
    """As JSON: the row, the preferences, the suppression."""
    store.subscribers.suppress(Suppression(address=ada.address, reason="complaint", at=NOW))
    data = json.loads(json.dumps(export_data(store, store.subscribers.get(ada.id))))
    assert data["address"] == "ada@example.org"
    assert data["preferences"]["zone"] == "UTC"
    assert data["confirmed_at"] == "2026-05-18T10:00:00+00:00"
    assert data["suppression"] == {"address": ada.address, "reason": "complaint", "at": "2026-05-18T10:00:00+00:00"}


def test_an_erased_reader_leaves_no_trace(store, site):
    """No table holds the address any more."""
    sign_up(store, site, "ada.lovelace@example.org", now=NOW, network="192.0.2.1")
    store.subscribers.suppress(Suppression(address="ada.lovelace@example.org", reason="complaint", at=NOW))
    erase(store, store.subscribers.find("ada.lovelace@example.org"))
    with store._engine.connect() as connection:
        dump = "\n".join(connection.connection.iterdump())
    assert "lovelace" not in dump
    assert "192.0.2.0/24" in dump


def test_what_nobody_is_is_said(store):
    """A reader who is gone cannot be changed."""
    for act in (lambda: unsubscribe(store, "none"), lambda: resubscribe(store, "none", now=NOW)):
        with pytest.raises(NotFoundError, match="no such reader"):
            act()
