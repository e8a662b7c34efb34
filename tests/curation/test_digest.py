"""Facts about narrowing a run of editions to one digest."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.curation.digest import build_digest, run_starts_on
from digest.models import Selection
from tests.builders import TOPICS, make_edition, make_entry

ALL = Selection()


def shape(digest):
    return [(section.slug, [entry.paper.id[-1] for entry in section.papers]) for section in digest.sections]


def test_sections_stand_in_the_order_of_the_topics_with_rising_before_and_other_behind():
    """Within a section the best paper is first."""
    edition = make_edition(
        1,
        make_entry(1, "other"),
        make_entry(2, "science", score=1),
        make_entry(3, "science", score=2),
        make_entry(4, "agents"),
        make_entry(5, "code", reason="rising", previous=1),
    )
    assert shape(build_digest([edition], ALL, TOPICS)) == [
        ("rising", ["5"]),
        ("agents", ["4"]),
        ("science", ["3", "2"]),
        ("other", ["1"]),
    ]


def test_a_paper_of_a_secondary_topic_comes_to_those_who_asked_for_it():
    """It stands in the first of its topics that was asked for."""
    edition = make_edition(1, make_entry(1, "agents", "code"), make_entry(2, "science"))
    assert shape(build_digest([edition], Selection(topics=("code",)), TOPICS)) == [("code", ["1"])]


def test_a_paper_stands_once_in_a_run():
    """New and rising in one run is new to this reader, with the later votes."""
    run = [
        make_edition(1, make_entry(1, upvotes=4)),
        make_edition(2, make_entry(1, upvotes=40, reason="rising", previous=1)),
    ]
    digest = build_digest(run, ALL, TOPICS)
    assert shape(digest) == [("agents", ["1"])]
    assert [(entry.reason, entry.paper.latest("upvotes")) for entry in digest.papers] == [("new", 40)]


def test_what_a_later_edition_says_is_withdrawn_is_left_out():
    """A weekly reader never sees a paper withdrawn during the week; the edition itself still holds it."""
    first, second = make_edition(1, make_entry(1)), make_edition(2, make_entry(2), withdrawn=("arxiv:2605.00001",))
    assert shape(build_digest([first, second], ALL, TOPICS)) == [("agents", ["2"])]
    assert shape(build_digest([first], ALL, TOPICS)) == [("agents", ["1"])]


def test_a_cut_keeps_the_best_and_says_how_many_it_left_out():
    """`max_papers` counts over all sections."""
    entries = [make_entry(number, ("agents", "code")[number % 2], score=number) for number in range(1, 8)]
    digest = build_digest([make_edition(1, *entries)], Selection(max_papers=3), TOPICS)
    assert sorted(entry.paper.id[-1] for entry in digest.papers) == ["5", "6", "7"]
    assert digest.left_out == 4


def test_votes_below_the_least_are_left_out():
    """A paper without a vote count has none."""
    edition = make_edition(1, make_entry(1, upvotes=9), make_entry(2, upvotes=10), make_entry(3))
    assert shape(build_digest([edition], Selection(min_upvotes=10), TOPICS)) == [("agents", ["2"])]


def test_a_topic_that_is_gone_keeps_its_papers_together():
    """An old edition stays readable after a topic file was removed."""
    digest = build_digest([make_edition(1, make_entry(1, "quantum-computing"))], ALL, TOPICS)
    assert [(section.slug, section.title) for section in digest.sections] == [
        ("quantum-computing", "Quantum Computing")
    ]


@pytest.mark.parametrize(
    ("cadence", "first"), [("daily", date(2026, 3, 1)), ("weekly", date(2026, 2, 23)), ("monthly", date(2026, 1, 31))]
)
def test_a_cadence_is_a_length_of_run(cadence, first):
    """The run ends with the day given, both ends included."""
    assert run_starts_on(date(2026, 3, 1), cadence) == first


@given(
    st.lists(st.tuples(st.sampled_from(["agents", "code", "x"]), st.floats(0, 9), st.integers(0, 50)), max_size=30),
    st.integers(1, 12),
    st.integers(1, 40) | st.none(),
    st.integers(0, 50),
)
def test_nothing_is_lost_and_nothing_doubled(papers, days, most, votes):
    """However a run is cut into editions, it gives the same digest, and every match is shown or counted as left out."""
    entries = [
        make_entry(number, topic, score=score, upvotes=upvotes) for number, (topic, score, upvotes) in enumerate(papers)
    ]
    wanted = Selection(max_papers=most, min_upvotes=votes)
    whole = build_digest([make_edition(1, *entries)], wanted, TOPICS)
    parts = build_digest([make_edition(day + 1, *entries[day::days]) for day in range(days)], wanted, TOPICS)
    matching = [entry for entry in entries if entry.paper.latest("upvotes") >= votes]
    assert whole.sections == parts.sections
    assert len(whole.papers) + whole.left_out == len(matching)
    assert len({entry.paper.id for entry in whole.papers}) == len(whole.papers)
