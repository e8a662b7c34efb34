"""Facts about preferences as text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.curation.preferences import PREFERENCE_FIELDS, format_preferences, parse_preferences
from digest.errors import SubscriptionError
from digest.models import WEEKDAYS, Preferences

TOPICS = ("agents", "code")
LINES = st.lists(st.from_regex(r"[a-zé\"]{1,9}( [A-Z=]{1,9})?", fullmatch=True), max_size=3, unique=True).map(tuple)
PREFERENCES = st.builds(
    Preferences,
    topics=st.sampled_from([(), ("agents",), ("code", "agents"), ("other",)]),
    searches=LINES,
    authors=LINES,
    cadence=st.sampled_from(["daily", "weekdays", "weekly", "monthly"]),
    weekdays=st.sets(st.sampled_from(WEEKDAYS)).map(lambda days: tuple(day for day in WEEKDAYS if day in days)),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["UTC", "Europe/Zurich", "America/Argentina/Ushuaia"]),
    max_papers=st.none() | st.integers(1, 1000),
    min_upvotes=st.integers(0, 1000),
    when_empty=st.sampled_from(["skip", "say"]),
    pause_until=st.none() | st.dates(),
    personal=st.sampled_from(["", "on"]),
)


@given(preferences=PREFERENCES)
def test_preferences_come_back_from_their_text(preferences):
    """Every field; forms, files and the command line speak the same."""
    text = format_preferences(preferences)
    assert tuple(text) == PREFERENCE_FIELDS
    assert parse_preferences(text, start=Preferences(hour=3, authors=("X",)), topics=TOPICS) == preferences


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("topics", "Agents, code agents", ("agents", "code")),
        ("topics", "", ()),
        ("weekdays", "Friday, mon", ("mon", "fri")),
        ("hour", "07:00", 7),
        ("hour", "", 7),
        ("zone", "", "UTC"),
        ("cadence", "", "daily"),
        ("max_papers", "", None),
        ("min_upvotes", "", 0),
        ("searches", " tool   use \n\n tool use\nx", ("tool use", "x")),
        ("pause_until", "2026-06-01", date(2026, 6, 1)),
    ],
)
def test_text_is_read_generously(name, text, value):
    """Case, spaces, commas and emptiness have the plain meaning."""
    start = Preferences(
        topics=("code",), hour=3, zone="Asia/Tokyo", cadence="weekly", max_papers=3, min_upvotes=3, searches=("y",)
    )
    assert getattr(parse_preferences({name: text}, start=start, topics=TOPICS), name) == value


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("topics", "agents sports", "`sports`"),
        ("cadence", "hourly", "weekdays, weekly"),
        ("weekdays", "mon foo", "`foo`"),
        ("hour", "24", "0 to 23"),
        ("hour", "-1", "0 to 23"),
        ("hour", "٣", "0 to 23"),
        ("zone", "Mars/Olympus", "Europe/Zurich"),
        ("zone", "../../etc/passwd", "Europe/Zurich"),
        ("max_papers", "0", "1 to"),
        ("max_papers", "9" * 5000, "1 to"),
        ("min_upvotes", "many", "0 to"),
        ("when_empty", "maybe", "skip, say"),
        ("pause_until", "soon", "2026-11-20"),
        ("searches", "a\x07b", "printed"),
        ("searches", "a" * 201, "200"),
        ("authors", "\n".join(map(str, range(51))), "50"),
        ("colour", "red", "there is no preference"),
    ],
)
def test_what_is_not_possible_is_said_with_what_is(name, text, part):
    """The message names the preference, is one short line and says what can be written."""
    with pytest.raises(SubscriptionError) as caught:
        parse_preferences({name: text}, start=Preferences(), topics=TOPICS)
    message = str(caught.value)
    assert name in message
    assert part in message
    assert len(message) < 250
