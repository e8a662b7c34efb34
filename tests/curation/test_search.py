"""Facts about searching a paper at hand: it says what the store's index says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.curation.clusters import unite
from digest.curation.digest import build_digest
from digest.curation.search import matcher
from digest.models import Author, Query, Selection
from digest.search_text import parse_text
from digest.store import Store
from tests.builders import NOON, TOPICS, make_edition, make_entry, make_paper

PAPERS = (
    make_paper(1, title="Speculative decoding with draft models", abstract="Faster, not worse."),
    make_paper(
        2, title="A survey of agents", abstract="Tool use and the café problem.", authors=(Author(name="Zoë Ångström"),)
    ),
    make_paper(
        3, title="Protein folding", abstract="Models of models; drafts, too.", authors=(Author(name="Ada Lovelace"),)
    ),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("models", [1, 3]),
        ('"draft models"', [1]),
        ("draft*", [1, 3]),
        ("models NOT protein", [1]),
        ("agents OR protein", [2, 3]),
        ("cafe", [2]),
        ("author:angstrom", [2]),
        ("title:models", [1]),
        ("(agents OR protein) AND drafts", [3]),
        ("AND", []),
    ],
)
def test_a_text_finds_what_it_says(text, found):
    """Words, phrases, fields, AND, OR, NOT; accents and case do not matter."""
    matches = matcher([text], [])
    assert [number for number, paper in enumerate(PAPERS, 1) if matches(paper)] == found


words = st.sampled_from(
    [
        "models",
        "draft",
        "draft*",
        '"draft models"',
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        "author:zoe",
        "title:protein",
        "café",
        "of",
        '"',
    ]
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The same papers in a database."""
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('search')}/papers.db") as opened:
        opened.save_papers(PAPERS, unite, lambda papers: [() for _ in papers], now=NOON)
        yield opened


@settings(max_examples=150)
@given(text=st.lists(words, min_size=1, max_size=6).map(" ".join))
def test_the_store_says_the_same(store, text):
    """Whatever is typed, a saved search brings the papers that a search of the database shows."""
    matches = matcher([text], [])
    listed = {known.paper.id for known in store.find_papers(Query(text=text))}
    at_hand = {paper.id for paper in PAPERS if matches(paper)}
    assert at_hand == (listed if parse_text(text) else set())


def test_searches_and_authors_bring_papers_beside_the_topics():
    """They stand in the section of their primary topic; nothing else comes."""
    edition = make_edition(
        1,
        make_entry(1, "science", title="A protein"),
        make_entry(2, "code", title="Speculative decoding"),
        make_entry(3, "code", title="Another", authors=(Author(name="Emmy Noether"),)),
        make_entry(4, "code", title="Not asked for", authors=()),
    )
    wanted = Selection(topics=("science",), searches=("speculative",), authors=("Emmy Noether",))
    digest = build_digest([edition], wanted, TOPICS)
    shown = [(section.slug, sorted(entry.paper.id[-1] for entry in section.papers)) for section in digest.sections]
    assert shown == [("code", ["2", "3"]), ("science", ["1"])]
