"""Papers in the store: kept whole, found by any name, written only when something changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.models import Author, Paper, Query, Signal
from digest.store import Store
from tests.builders import NOON, make_assignment, make_edition, make_entry, make_paper
from tests.store.saving import save

FULL = make_paper(
    1,
    aliases=("arxiv:2605.00001", "doi:10.1000/x", "title:abc"),
    abstract='All of it: naïve, 漢字, "quotes", 100 % \\alpha.',
    authors=(Author(name="José Ñandú", organization="Org; with a semicolon"), Author(name="Emmy Noether")),
    categories=("cs.LG", "cs.AI"),
    keywords=("a", "b"),
    organizations=("Org",),
    summary="One line.",
    pdf_url="https://arxiv.org/pdf/2605.00001",
    published_at=NOON + timedelta(microseconds=7),
    updated_at=NOON,
    version=2,
    abstract_version=1,
    announcement="replace",
    withdrawn=True,
    venue="A venue",
    signals=(
        Signal(metric="upvotes", value=3, observed_at=NOON, source="hf"),
        Signal(metric="comments", value=1, observed_at=NOON + timedelta(hours=1), source="file"),
    ),
)


def test_a_paper_comes_back_as_it_was(any_store: Store) -> None:
    """Every field survives both databases."""
    save(any_store, FULL)
    known = any_store.paper("doi:10.1000/x")
    assert known is not None
    assert known.paper == FULL
    assert known.assignments == (make_assignment("agents"),)
    assert (known.first_seen_at, known.edition) == (NOON, None)


def test_every_name_leads_to_the_paper(any_store: Store) -> None:
    """A paper is found by each of its names, and an unknown name finds nothing."""
    save(any_store, FULL)
    assert any_store.papers_by_alias([*FULL.aliases, "title:none"]) == dict.fromkeys(FULL.aliases, FULL)
    assert any_store.paper("title:none") is None


def test_a_changed_paper_is_updated(any_store: Store) -> None:
    """What is learned later is added to the same paper; its first moment stays."""
    save(any_store, make_paper(1, upvotes=3))
    later = NOON + timedelta(days=1)
    (decision,) = save(any_store, make_paper(1, upvotes=9, at=later, venue="A venue"), topic="code", now=later)
    known = any_store.paper(decision.paper.id)
    assert known is not None
    assert (known.paper.venue, [signal.value for signal in known.paper.signals]) == ("A venue", [3, 9])
    assert (known.first_seen_at, known.assignments) == (NOON, (make_assignment("code"),))


def test_a_stronger_id_keeps_edition_and_old_name(any_store: Store) -> None:
    """A paper published by its title and later known by an arXiv id is the same paper, and not published again."""
    titled = make_paper(1, id="title:abc", aliases=("title:abc",))
    save(any_store, titled)
    entry = replace(make_entry(1), paper=titled)
    any_store.save_edition(make_edition(1, entry))
    save(any_store, make_paper(1, aliases=("arxiv:2605.00001", "title:abc")))
    known = any_store.paper("title:abc")
    assert known is not None
    assert (known.paper.id, known.edition) == ("arxiv:2605.00001", 1)
    edition = any_store.edition(1)
    assert edition is not None
    assert edition.papers == (entry,)
    assert any_store.unpublished() == ()


def test_two_stored_papers_become_one(any_store: Store) -> None:
    """When two stored papers turn out to be one, observations and names are joined and nothing is published twice."""
    one = make_paper(1, upvotes=3)
    two = make_paper(2, id="doi:10.1000/x", aliases=("doi:10.1000/x",), upvotes=5, at=NOON + timedelta(hours=2))
    save(any_store, one, two)
    any_store.save_edition(make_edition(1, replace(make_entry(1), paper=two)))
    save(any_store, make_paper(1, aliases=("arxiv:2605.00001", "doi:10.1000/x")))
    (known,) = any_store.find_papers(Query())
    assert known.paper.aliases == ("arxiv:2605.00001", "doi:10.1000/x")
    assert ([signal.value for signal in known.paper.signals], known.edition) == ([3, 5], 1)


def test_an_unchanged_paper_is_not_written(tmp_path: Path) -> None:
    """Storing what is known changes no row, and storing only a new signal does not touch the full-text index."""
    path = tmp_path / "digest.db"
    with Store.open(f"sqlite:///{path}") as store, closing(sqlite3.connect(path)) as spy:
        save(store, *(make_paper(number, upvotes=1) for number in range(5)))
        before = list(spy.iterdump())
        assert save(store, *(make_paper(number, upvotes=1) for number in range(5))) == ()
        assert list(spy.iterdump()) == before
        index = "SELECT * FROM papers_search_data"
        words = spy.execute(index).fetchall()
        save(store, make_paper(1, upvotes=2, at=NOON + timedelta(hours=1), venue="A venue"))
        assert spy.execute(index).fetchall() == words
    spy.close()


def test_more_papers_than_a_statement_takes(store: Store) -> None:
    """Thousands of papers are looked up, read and assigned in batches."""
    papers = [make_paper(number) for number in range(2500)]
    save(store, *papers)
    assert len(store.papers_by_alias(paper.id for paper in papers)) == 2500
    assert len(store.unpublished()) == 2500
    assert store.reassign(lambda some: [(make_assignment(paper.id),) for paper in some]) == 2500
    known = store.paper(papers[7].id)
    assert known is not None
    assert known.assignments == (make_assignment(papers[7].id),)


def test_thinning_keeps_the_first_and_each_days_last(any_store: Store) -> None:
    """Old observations are thinned to the first and one a day; newer ones and what the paper had at each day stay."""
    moments = [NOON + timedelta(hours=hours) for hours in range(0, 72, 6)]
    for value, moment in enumerate(moments):
        save(any_store, make_paper(1, upvotes=value, at=moment), now=moment)
    assert any_store.thin_signals(moments[8]) == 4
    known = any_store.paper("arxiv:2605.00001")
    assert known is not None
    assert [signal.value for signal in known.paper.signals] == [0, 1, 5, 7, 8, 9, 10, 11]
    assert any_store.thin_signals(moments[8]) == 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(), [3, 2, 1]),
        (Query(limit=1), [3]),
        (Query(sort="votes"), [1, 2, 3]),
        (Query(topic="agents"), [3, 2, 1]),
        (Query(topic="code"), []),
        (Query(since=date(2026, 5, 19), until=date(2026, 5, 20)), [2]),
        (Query(author="lovelace"), [3, 2, 1]),
        (Query(author="nobody"), []),
        (Query(organization="institute"), [2]),
        (Query(text="quantum", sort="votes"), [2]),
    ],
)
def test_queries(any_store: Store, query: Query, expected: list[int]) -> None:
    """Every condition of a query narrows; the order is the newest list day or the most upvotes first."""
    extra: dict[int, dict[str, Any]] = {2: {"organizations": ("The Institute",), "abstract": "Quantum things."}}
    for number in (1, 2, 3):
        at = NOON + timedelta(days=number - 1)
        save(any_store, make_paper(number, upvotes=10 - number, at=at, **extra.get(number, {})), now=at)
    found: list[Paper] = [known.paper for known in any_store.find_papers(query)]
    assert [int(paper.id[-1]) for paper in found] == expected
