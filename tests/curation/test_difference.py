"""Facts about what changed between two editions."""

from __future__ import annotations

from dataclasses import replace

from digest.curation.difference import difference
from tests.builders import make_edition, make_entry


def ids(entries):
    """The last digits of the papers."""
    return [entry.paper.id[-1] for entry in entries]


def test_papers_come_go_and_stay():
    """Each in the order of its edition; what is as it was is only counted."""
    before = make_edition(1, make_entry(1, score=3), make_entry(2, score=2), make_entry(3, score=1))
    after = make_edition(2, make_entry(1, score=9), make_entry(4, score=2), make_entry(5, score=8))
    found = difference([before], [after])
    assert (ids(found.new), ids(found.gone), found.changed, found.same) == (["5", "4"], ["2", "3"], (), 1)


def test_a_change_says_from_what_to_what():
    """Topic, rank, votes and title, and only those that changed."""
    before = make_edition(1, make_entry(1, "agents", upvotes=4, score=2), make_entry(2, upvotes=3, score=1))
    after = make_edition(
        2, make_entry(1, "code", upvotes=40, score=1, title="Renamed"), make_entry(2, score=2, upvotes=3)
    )
    second, first = difference([before], [after]).changed
    assert (second.topic, second.rank, second.upvotes, second.title) == (None, (2, 1), None, None)
    assert (first.topic, first.rank, first.upvotes) == (("agents", "code"), (1, 2), (4, 40))
    assert first.title == ("Paper number 1", "Renamed")


def test_a_paper_is_known_by_any_of_its_names():
    """One that got a stronger id meanwhile is the same paper."""
    old = make_entry(1)
    new = replace(old, paper=replace(old.paper, id="doi:10.1/x", aliases=("doi:10.1/x", old.paper.id)))
    found = difference([make_edition(1, old)], [make_edition(2, new)])
    assert (found.new, found.gone, found.same) == ((), (), 1)


def test_runs_are_compared_as_one_each():
    """A paper printed twice in a run counts once, as printed last; a withdrawn one not at all."""
    first = [make_edition(1, make_entry(1, upvotes=1)), make_edition(2, make_entry(1, upvotes=5), make_entry(2))]
    second = [
        make_edition(3, make_entry(1, upvotes=9)),
        make_edition(4, make_entry(3), withdrawn=("arxiv:2605.00003",)),
    ]
    found = difference(first, second)
    assert (ids(found.new), ids(found.gone)) == ([], ["2"])
    assert [change.upvotes for change in found.changed] == [(5, 9)]
