"""Reading a folder of traffic: what its lines may look like, and what becomes of those that are broken."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.curation.foresight import evaluate_trend, mornings
from digest.curation.traffic import Sighting, parse_readings, parse_signals
from tests.builders import make_paper

MORNING = "2026-05-18T09:00:00Z"


def sightings(api: Any, **others: Any) -> tuple[Sighting, ...]:
    """What one paper's line says."""
    return parse_signals(json.dumps({"id": "2605.00001", "api": api} | others)).found


def counts(value: Any) -> list[tuple[str, int]]:
    """What is known of a paper whose upvotes are written so."""
    (seen,) = sightings([{"at": MORNING, "list_date": "2026-05-18", "upvotes": value}])
    return [(signal.metric, signal.value) for signal in seen.signals]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("not json", "is no JSON"),
        ("[]", "is no object"),
        ("3", "is no object"),
        ("[" * 100_000, "recursion"),
        ("9" * 5000, "digits"),
        ('{"order": []}', "has no moment `seen_at`"),
        ('{"seen_at": "2026-05-18T09:00:00Z"}', "has no list `order`"),
        ('{"seen_at": "2026-05-18T09:00:00Z", "order": null}', "has no list `order`"),
        ('{"seen_at": "2026-05-18T09:00:00Z", "order": [3]}', "has a paper without an id"),
        ('{"seen_at": "yesterday", "order": []}', "has no moment `seen_at`"),
        ('{"seen_at": "0001-01-01T00:00:00Z", "order": []}', "has no moment `seen_at`"),
        ('{"seen_at": 17, "order": []}', "has no moment `seen_at`"),
    ],
)
def test_a_broken_reading_is_left_out_and_named(text: str, wrong: str) -> None:
    """The others stay; what is said has the file, the line and what it lacks."""
    good = json.dumps({"seen_at": MORNING, "order": ["2605.00001"]})
    parsed = parse_readings(f"{good}\n\n{text}\r\n{good}\n")
    assert [reading.order for reading in parsed.found] == [("arxiv:2605.00001",)] * 2
    (said,) = parsed.wrong
    assert said.startswith("page_order.jsonl, line 3: ")
    assert wrong in said


@pytest.mark.parametrize(
    "seen",
    [
        {},
        {"at": "morning"},
        {"at": MORNING, "list_date": "Monday"},
        {"at": MORNING, "list_date": 18},
        None,
        "text",
    ],
)
def test_a_broken_sighting_is_left_out_and_named(seen: Any) -> None:
    """A day, a moment or an object that is none."""
    parsed = parse_signals(json.dumps({"id": "2605.00001"}) + "\n" + json.dumps({"id": "2605.00002", "api": [seen]}))
    assert parsed.found == ()
    assert len(parsed.wrong) == 1
    assert parsed.wrong[0].startswith("signals.jsonl, line 2: has no ")


@pytest.mark.parametrize("name", [None, 2605.1, "", " ", "\x00", "\ud800"])
def test_a_paper_without_an_id_is_left_out(name: Any) -> None:
    """Also an id that no database could be asked for."""
    assert len(parse_signals(json.dumps({"id": name, "api": []})).wrong) == 1


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (0, [("upvotes", 0)]),
        (12.0, [("upvotes", 12)]),
        ("7", [("upvotes", 7)]),
        ("1.41k", [("upvotes", 1410)]),
        ("2K", [("upvotes", 2000)]),
        ("1,234", [("upvotes", 1234)]),
        ("1.2M", [("upvotes", 1_200_000)]),
        *(
            (value, [])
            for value in (None, "many", "", "-3", -3, True, [], float("nan"), float("inf"), 10**12, "9" * 40)
        ),
    ],
)
def test_a_count_may_be_text_and_what_is_none_is_unknown(value: Any, known: list[tuple[str, int]]) -> None:
    """A count of 0 is an observation, so stars do not stand in for it; what is no count is no observation."""
    assert counts(value) == known


def test_names_and_moments_have_many_spellings() -> None:
    """Versions and prefixes do not matter, a moment without a zone is UTC, a list day not given is the moment's."""
    line = {"id": "arXiv:2605.00001v2", "api": [{"at": "2026-05-18T09:00:00", "upvotes": 3}]}
    (seen,) = parse_signals(json.dumps(line)).found
    assert (seen.paper, seen.day) == ("arxiv:2605.00001", date(2026, 5, 18))
    assert seen.seen_at == datetime(2026, 5, 18, 9, tzinfo=UTC)
    order = ["https://huggingface.co/papers/2605.00001", "2605.00001", "doi:10.5555/x"]
    (page,) = parse_readings(json.dumps({"seen_at": "2026-05-18T11:00:00+02:00", "order": order})).found
    assert page.order == ("arxiv:2605.00001", "doi:10.5555/x")
    assert page.seen_at == seen.seen_at


def test_stars_of_other_moments_belong_to_every_list_day() -> None:
    """They are observations of their own; alone they are no morning."""
    stars = [{"at": "2026-05-18T02:00:00Z", "github_stars": "1.5k"}]
    (seen,) = sightings([{"at": MORNING, "github_stars": 9}], stars=stars)
    assert [(signal.value, signal.source) for signal in seen.signals] == [(9, "api"), (1500, "stars")]
    assert sightings([], stars=stars) == sightings(None, stars=stars) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
MOMENTS = st.sampled_from([MORNING, "2026-05-18T20:00:00Z", "2026-05-18", "9999-12-31T23:59:59-12:00"]) | JSON
ENTRIES = st.dictionaries(st.sampled_from(["at", "list_date", "upvotes", "comments", "github_stars"]), MOMENTS)
NAMES = st.sampled_from(["2605.00001", "2605.00002"]) | JSON
LINES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "id": NAMES,
            "api": st.lists(ENTRIES, max_size=3) | JSON,
            "stars": st.lists(ENTRIES, max_size=2) | JSON,
            "seen_at": MOMENTS,
            "order": st.lists(NAMES, max_size=4) | JSON,
        },
    ).map(json.dumps)
    | st.text(max_size=20),
    max_size=6,
).map("\n".join)


@given(LINES, LINES)
def test_no_folder_is_too_odd_to_be_judged(signals: str, readings: str) -> None:
    """Whatever the two files hold, there is a report, and every line is used or named."""
    papers = {paper.id: paper for paper in map(make_paper, range(1, 3))}
    known, orders = parse_signals(signals), parse_readings(readings)
    report = evaluate_trend(mornings(papers, known.found, orders.found), orders.found)
    assert report["days"] == 0
    assert len(orders.found) + len(orders.wrong) == sum(bool(line.strip()) for line in readings.split("\n"))


@given(LINES, LINES)
def test_odd_lines_do_not_change_how_the_others_are_judged(signals: str, readings: str) -> None:
    """A good day is judged the same among whatever lines on papers nobody knows."""
    ids = [f"2605.{number:05}" for number in range(11, 27)]
    papers = {paper.id: paper for paper in map(make_paper, range(11, 27))}
    seen = {"at": MORNING, "list_date": "2026-05-18"}
    lines = "\n".join(
        json.dumps({"id": name, "api": [seen | {"upvotes": place * 7 % 11}]}) for place, name in enumerate(ids)
    )
    order = json.dumps({"seen_at": "2026-05-18T18:00:00Z", "order": ids})

    def judged(signals: str, readings: str) -> dict[str, object]:
        pages = parse_readings(readings).found
        report = evaluate_trend(mornings(papers, parse_signals(signals).found, pages), pages)
        return {key: value for key, value in report.items() if key != "left_out"}

    assert judged(f"{signals}\n{lines}", f"{readings}\n{order}") == judged(lines, order)
    assert judged(lines, order)["days"] == 1
