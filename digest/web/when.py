"""A reader's coming deliveries in their own words and zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from digest.curation.due import next_deliveries
from digest.models import Subscriber
from digest.render.environment import day


def coming_deliveries(reader: Subscriber, now: datetime) -> tuple[str, ...]:
    """The next three, such as `Monday 23 November 2026, 07:00 CET`; none while nothing is to come."""
    if reader.status != "active":
        return ()
    moments = next_deliveries(reader.preferences, now, last_delivered_at=reader.last_delivered_at)
    zone = ZoneInfo(reader.preferences.zone)
    return tuple(f"{day(local)}, {local:%H:%M %Z}" for local in (moment.astimezone(zone) for moment in moments))
