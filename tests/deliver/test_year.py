"""A simulated year: whatever readers, zones and outages do, every run of editions is gapless and free of repeats.

`DIGEST_YEAR=1` runs the long version: 1,000 readers over all zones and a whole year.
"""

from __future__ import annotations

import os
import random
import sqlite3
from bisect import bisect_left
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from digest.deliver import deliver
from digest.mail.carrier import Envelope, Fate, Outcome, outcome
from digest.models import Preferences, Subscriber
from digest.site import Site
from digest.store import Store
from digest.subscribe import pause, resume, set_preferences

from .sites import Sent, papers_in, publish, reader

WHOLE = "DIGEST_YEAR" in os.environ
READERS, DAYS = (1000, 365) if WHOLE else (60, 12)
START = datetime(2026, 1, 1, tzinfo=UTC) if WHOLE else datetime(2026, 3, 25, tzinfo=UTC)
"""The short version spans Europe's spring night and the first of a month."""
HOUR = timedelta(hours=1)
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "right/")))
CHOICES = ((), ("agents",), ("science",))
STRIDE = max(1, len(ZONES) // READERS)
"""A few readers live all over the world too, and not only in the zones whose names come first."""
WEEK, OUTAGE = 168, 2
"""Hours: in each week the site is down once for so long."""


@dataclass
class Year:
    """What happens, hour by hour."""

    store: Store
    site: Site
    luck: random.Random = field(default_factory=lambda: random.Random(2026))  # noqa: S311 - a game of chance, repeatable
    runs: list[datetime] = field(default_factory=list)
    wanted: dict[str, Preferences] = field(default_factory=dict)
    deliveries: list[tuple[datetime, str, Preferences]] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)
    down: set[datetime] = field(default_factory=set)

    def live(self) -> None:
        """Readers come, editions are closed on weekdays, mail goes out every hour that the site is up."""
        self.store.subscribers.add([self.newcomer(number) for number in range(READERS)])
        self.wanted = {each.id: each.preferences for each in self.store.subscribers.all()}
        number = 0
        for hours in range(DAYS * 24):
            now = START + hours * HOUR
            if now.hour == 5 and now.weekday() < 5:
                number += 1
                first_on = now.date() - timedelta(days=number - 1)
                publish(self.store, number, first_on=first_on)
            self.change_something(now)
            if hours % WEEK == 0:
                begins = now + self.luck.randrange(WEEK - OUTAGE) * HOUR
                self.down |= {begins + later * HOUR for later in range(OUTAGE)}
            if now not in self.down:
                self.send(now)

    def newcomer(self, number: int) -> Subscriber:
        """A reader somewhere, who wants it somehow."""
        cadence = self.luck.choice(("daily", "daily", "weekdays", "weekly", "monthly"))
        preferences = Preferences(
            topics=CHOICES[number % len(CHOICES)],
            cadence=cadence,
            hour=self.luck.randrange(24),
            zone=ZONES[number * STRIDE % len(ZONES)],
            weekdays=self.luck.choice(((), ("wed",), ("mon", "thu"))),
            when_empty=self.luck.choice(("skip", "say")),
        )
        return reader(number, START, preferences=preferences)

    def change_something(self, now: datetime) -> None:
        """Now and then a reader moves, chooses otherwise, pauses or comes back."""
        if self.luck.random() > READERS / 2000:
            return
        id_ = f"reader{self.luck.randrange(READERS):014x}"
        known = self.store.subscribers.get(id_)
        assert known
        match self.luck.randrange(4):
            case 0:
                given = {"zone": self.luck.choice(ZONES), "hour": str(self.luck.randrange(24))}
                set_preferences(self.store, self.site, id_, given, now=now)
            case 1:
                cadence = self.luck.choice(("daily", "weekdays", "weekly", "monthly"))
                set_preferences(self.store, self.site, id_, {"cadence": cadence}, now=now)
            case 2:
                pause(self.store, id_, now=now, until=date.fromordinal(now.toordinal() + self.luck.randint(3, 9)))
            case _:
                resume(self.store, id_, now=now)
        after = self.store.subscribers.get(id_)
        assert after
        self.wanted[id_] = after.preferences

    def send(self, now: datetime) -> None:
        """One run; one message in a hundred is not taken at first."""
        carrier = Sent(self.answer)
        report = deliver(self.store, self.site, now=now, carrier=carrier)
        assert not report.is_trouble
        self.runs.append(now)
        for place, envelope in enumerate(carrier.envelopes):
            self.deliveries.append((now, envelope.id, self.wanted[envelope.id.partition("-")[0]]))
            if place == 0:
                first, last = self.run_of(envelope.id)
                topics = self.wanted[envelope.id.partition("-")[0]].topics
                assert papers_in(envelope.content) == papers_of(first, last, topics)

    def answer(self, envelope: Envelope) -> Outcome:
        """The readers' servers, seldom busy."""
        if self.luck.random() < 0.01:
            return outcome(envelope, Fate.TEMPORARY, "busy", 451)
        self.arrived.append(envelope.id)
        return outcome(envelope, Fate.ACCEPTED, "", 250)

    def run_of(self, id_: str) -> tuple[int, int]:
        """The editions of a delivery."""
        (known,) = [one for one in self.store.deliveries.of(id_.partition("-")[0]) if one.id == id_]
        return known.first, known.last


def papers_of(first: int, last: int, topics: tuple[str, ...]) -> set[bytes]:
    """The papers of a run that a choice asks for, as `publish` makes them."""
    wanted = [0] * (not topics or "agents" in topics) + [1] * (not topics)
    return {b"%05d" % (number * 10 + place) for number in range(first, last + 1) for place in wanted}


def test_a_year_of_all_zones_and_cadences_is_gapless_and_without_repeats(store, site):
    """Editions follow each other; each digest comes at the hour asked for, or right after an outage."""
    year = Year(store, site)
    year.live()
    with closing(sqlite3.connect(site.root / "digest.db")) as connection, connection:
        rows = connection.execute(
            "SELECT subscriber, first, last, due_at, attempts, status FROM deliveries "
            "WHERE status = 'sent' OR variant IS NULL ORDER BY subscriber, last"
        ).fetchall()
    connection.close()
    expected: dict[str, int] = defaultdict(lambda: 1)
    for subscriber, first, last, _, _, _ in rows:
        assert first == expected[subscriber], f"{subscriber} has a gap or a repeat before edition {first}"
        assert last >= first
        expected[subscriber] = last + 1
    assert sorted(year.arrived) == sorted(f"{row[0]}-{row[2]}" for row in rows if row[5] == "sent")
    watermarks = {each.id: each.watermark for each in store.subscribers.all()}
    assert all(watermarks[id_] == after - 1 for id_, after in expected.items())
    assert len(expected) > READERS * 0.9  # a monthly reader may have paused over the first
    _assert_at_their_hour(year, {f"{row[0]}-{row[2]}": row for row in rows})
    assert len(year.deliveries) > READERS * DAYS / 8


def _assert_at_their_hour(year: Year, rows: dict[str, tuple]) -> None:
    for sent_at, id_, preferences in year.deliveries:
        if id_ not in rows:
            continue  # not taken at first: it waits when the year ends, or became part of a later one
        _, _, _, due, attempts, _ = rows[id_]
        due_at = datetime.fromisoformat(due).replace(tzinfo=UTC)
        if attempts == 1:
            assert sent_at == year.runs[bisect_left(year.runs, due_at)], f"{id_} was due at {due_at}"
            was_down = year.down.intersection(sent_at - back * HOUR for back in range(1, OUTAGE + 1))
            assert sent_at - due_at < (1 + len(was_down)) * HOUR, f"{id_} was due at {due_at}"
        local = due_at.astimezone(ZoneInfo(preferences.zone))
        wanted = local.replace(hour=preferences.hour, minute=0)
        exists = wanted.astimezone(UTC).astimezone(wanted.tzinfo).hour == preferences.hour
        assert local.hour == preferences.hour or not exists
