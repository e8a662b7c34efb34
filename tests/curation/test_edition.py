"""Facts about composing an edition."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.curation.edition import Past, RisingRule, compose_edition, edition_verdict
from digest.models import KnownPaper, Signal, Verdict
from tests.builders import NOON, make_edition, make_entry, make_known

RULE = RisingRule(factor=3, votes=20, days=7)


def compose(waiting, past=None, now=NOON, rising=RULE, **fields):
    return compose_edition(
        waiting,
        past=past or Past(),
        now=now,
        dated_on=now.date(),
        rising=rising,
        verdicts={"hf": Verdict.FRESH},
        **fields,
    )


def with_votes(known: KnownPaper, votes: int, at) -> KnownPaper:
    signal = Signal(metric="upvotes", value=votes, observed_at=at, source="hf")
    return replace(known, paper=replace(known.paper, signals=(*known.paper.signals, signal)))


def past_of(entry, known, number=1):
    edition = make_edition(number, entry)
    return Past(last=edition, recent=(edition,), papers={known.paper.id: known})


def test_the_first_edition_is_number_one_and_holds_what_waits_best_first():
    """Papers stand by score, and the edition carries its note and verdict."""
    edition = compose([make_known(1, upvotes=2), make_known(2, upvotes=90)], note="Read this.")
    assert [entry.paper.id for entry in edition.papers] == ["arxiv:2605.00002", "arxiv:2605.00001"]
    assert (edition.number, edition.verdict, edition.note) == (1, Verdict.FRESH, "Read this.")


def test_the_order_of_arrival_does_not_show():
    """The same papers in another order give an equal edition."""
    papers = [make_known(number, upvotes=number % 3) for number in range(1, 9)]
    assert compose(papers) == compose(papers[::-1])


def test_a_withdrawn_paper_does_not_enter():
    """What was withdrawn before its edition is never printed."""
    assert compose([make_known(1, withdrawn=True)]).papers == ()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"listed_on": NOON.date() + timedelta(days=1)}, "new"),
        ({"listed_on": NOON.date()}, "late"),
        ({"listed_on": None}, "new"),
        ({"version": 2, "listed_on": NOON.date() + timedelta(days=1)}, "revised"),
        ({"announcement": "replace"}, "revised"),
    ],
)
def test_the_reason_says_how_a_paper_came_in(fields, reason):
    """A paper of a day already covered is late; a later version is revised."""
    past = Past(last=make_edition(1), recent=(make_edition(1),), papers={})
    edition = compose([make_known(1, **fields)], past, now=NOON + timedelta(days=1))
    assert [entry.reason for entry in edition.papers] == [reason]


@pytest.mark.parametrize(
    ("before", "after", "days", "comes_back"),
    [(4, 40, 2, True), (4, 23, 2, False), (30, 80, 2, False), (0, 20, 2, True), (4, 400, 8, False)],
)
def test_a_paper_rises_when_votes_multiply_within_the_window(before, after, days, comes_back):
    """Both bounds hold, growth by factor and by number, and only for recent editions."""
    now = NOON + timedelta(days=days)
    entry = make_entry(1, upvotes=before)
    known = with_votes(make_known(1, upvotes=before), after, now)
    edition = compose([], past_of(entry, known), now=now)
    assert [(back.reason, back.previous) for back in edition.papers] == ([("rising", 1)] if comes_back else [])


def test_a_paper_rises_once():
    """After it came back it does not come back again, however its votes grow."""
    now = NOON + timedelta(days=2)
    known = with_votes(make_known(1, upvotes=4), 4000, now)
    first, second = (
        make_edition(1, make_entry(1, upvotes=4)),
        make_edition(2, make_entry(1, upvotes=40, reason="rising")),
    )
    past = Past(last=second, recent=(first, second), papers={known.paper.id: known})
    assert compose([], past, now=now).papers == ()


def test_a_paper_that_rises_keeps_the_id_it_was_printed_with():
    """A stronger identity learned since does not change what feed readers know it by."""
    now = NOON + timedelta(days=1)
    entry = make_entry(1, upvotes=4, id="title:abc")
    known = with_votes(make_known(1, upvotes=4), 99, now)
    edition = make_edition(1, entry)
    past = Past(last=edition, recent=(edition,), papers={"title:abc": known})
    assert [back.paper.id for back in compose([], past, now=now).papers] == ["title:abc"]


def test_rising_can_be_turned_off():
    """Zero days means no paper comes back."""
    now = NOON + timedelta(days=1)
    known = with_votes(make_known(1, upvotes=4), 99, now)
    edition = compose([], past_of(make_entry(1, upvotes=4), known), now=now, rising=replace(RULE, days=0))
    assert edition.papers == ()


def test_a_withdrawal_is_declared_once():
    """The edition after a withdrawal names it, the one after that does not."""
    entry, known = make_entry(1), make_known(1, withdrawn=True)
    past = past_of(entry, known)
    declared = compose([], past)
    assert declared.withdrawn == ("arxiv:2605.00001",)
    assert compose([], replace(past, withdrawn=declared.withdrawn)).withdrawn == ()


@pytest.mark.parametrize(
    ("verdicts", "has_papers", "expected"),
    [
        ((Verdict.FRESH, Verdict.QUIET), True, Verdict.FRESH),
        ((Verdict.FRESH, Verdict.HOLIDAY), True, Verdict.FRESH),
        ((Verdict.FRESH, Verdict.DOWN), True, Verdict.PARTIAL),
        ((Verdict.PARTIAL,), True, Verdict.PARTIAL),
        ((Verdict.QUIET,), False, Verdict.QUIET),
        ((Verdict.QUIET, Verdict.DOWN), False, Verdict.DOWN),
        ((Verdict.FRESH,), False, Verdict.QUIET),
        ((), True, Verdict.FRESH),
        ((), False, Verdict.QUIET),
    ],
)
def test_the_sources_verdicts_become_one(verdicts, has_papers, expected):
    """One bad source makes an edition partial; without papers the worst verdict shows."""
    assert edition_verdict(verdicts, has_papers=has_papers) is expected
