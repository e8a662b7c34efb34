"""Merging two descriptions of a paper: an algebra, held by properties, and a table of what wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.curation.merge import merge, news_among, union_of_signals
from digest.models import Author, Paper, Signal
from tests.builders import NOON, make_paper

HOURS = tuple(NOON + timedelta(hours=hours) for hours in range(4))
WORDS = st.sampled_from(("", "one", "one two", "one two …", "tow one", "Something longer"))
LISTS = st.lists(st.sampled_from(("cs.AI", "cs.CL", "cs.LG", "stat.ML")), unique=True, max_size=3).map(tuple)
LINKS = st.none() | st.sampled_from(
    ("https://arxiv.org/abs/2605.00001", "http://arxiv.org/abs/1", "https://a.example/", "https://[broken", "x")
)
SIGNALS = st.lists(
    st.builds(
        Signal,
        metric=st.sampled_from(("upvotes", "comments")),
        value=st.integers(0, 3),
        observed_at=st.sampled_from(HOURS),
        source=st.sampled_from(("hf", "file")),
    ),
    max_size=5,
).map(lambda signals: union_of_signals(signals, ()))
PAPERS = st.builds(
    Paper,
    id=st.just("arxiv:2605.00001"),
    aliases=st.sampled_from(
        (
            ("arxiv:2605.00001", "title:1"),
            ("arxiv:2605.00001", "doi:10.1/x", "title:2"),
            ("arxiv:2605.00001", "openreview:abcdef"),
        )
    ),
    title=st.sampled_from(("A Title", "A title", "Another Title")),
    abstract=WORDS,
    authors=st.lists(
        st.builds(Author, name=st.sampled_from(("A", "B")), organization=st.none() | st.just("O")), max_size=3
    ).map(tuple),
    categories=LISTS,
    keywords=LISTS,
    organizations=LISTS,
    summary=st.none() | WORDS.filter(bool),
    url=LINKS,
    pdf_url=LINKS,
    code_url=LINKS,
    listed_on=st.none() | st.dates(date(2026, 5, 1), date(2026, 5, 3)),
    published_at=st.none() | st.sampled_from(HOURS),
    updated_at=st.none() | st.sampled_from(HOURS),
    version=st.none() | st.integers(1, 3),
    announcement=st.none() | st.sampled_from(("new", "cross", "replace", "replace-cross")),
    withdrawn=st.booleans(),
    venue=st.none() | WORDS.filter(bool),
    signals=SIGNALS,
)


@given(PAPERS, PAPERS)
def test_commutative(one: Paper, other: Paper) -> None:
    """Which of two descriptions came first makes no difference."""
    assert merge(one, other) == merge(other, one)


@given(PAPERS, PAPERS, PAPERS)
def test_associative(one: Paper, two: Paper, three: Paper) -> None:
    """Nor does which two were merged first."""
    assert merge(merge(one, two), three) == merge(one, merge(two, three))


@given(PAPERS, PAPERS)
def test_idempotent(one: Paper, other: Paper) -> None:
    """A description that is merged in already changes nothing."""
    assert merge(one, one) == one
    assert merge(merge(one, other), other) == merge(one, other)


@given(st.lists(PAPERS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_any_order_and_repetition(papers: list[Paper], random: object) -> None:
    """Any order and any repetition of the same descriptions gives the same paper."""
    shuffled = [*papers, *papers]
    random.shuffle(shuffled)
    # A lone description stays as it is spelled; merged with itself via another it is put in order.
    assert reduce(merge, papers) == reduce(merge, shuffled)


@pytest.mark.parametrize(
    ("field", "one", "other", "expected"),
    [
        ("abstract", {"abstract": "Short."}, {"abstract": "Rather longer."}, "Rather longer."),
        ("abstract", {"abstract": "Long, but cut …"}, {"abstract": "Whole."}, "Whole."),
        ("abstract", {"abstract": "Of version 1.", "version": 1}, {"abstract": "Of v2.", "version": 2}, "Of v2."),
        ("abstract", {"abstract": "Known."}, {"abstract": "", "version": 3}, "Known."),
        ("title", {"title": "A much longer old title", "version": 1}, {"title": "New", "version": 2}, "New"),
        ("authors", {"authors": (Author(name="A"),)}, {"authors": ()}, (Author(name="A"),)),
        ("categories", {"categories": ("cs.LG", "cs.CL")}, {"categories": ()}, ("cs.LG", "cs.CL")),
        ("categories", {"categories": ("cs.LG",)}, {"categories": ("cs.LG", "cs.AI")}, ("cs.LG", "cs.AI")),
        ("listed_on", {"listed_on": date(2026, 4, 16)}, {"listed_on": date(2026, 4, 10)}, date(2026, 4, 10)),
        ("updated_at", {"updated_at": HOURS[0]}, {"updated_at": HOURS[1]}, HOURS[1]),
        ("version", {"version": 2}, {}, 2),
        ("withdrawn", {"withdrawn": True, "version": 2}, {"version": 1}, True),
        ("withdrawn", {"withdrawn": True, "version": 2}, {"version": 3}, False),
        ("announcement", {"announcement": "new"}, {"announcement": "replace"}, "replace"),
        ("url", {"url": "https://x.example/p"}, {"url": "https://arxiv.org/abs/1"}, "https://arxiv.org/abs/1"),
        ("code_url", {"code_url": "http://github.com/a/b"}, {"code_url": "https://github.com/a/b"}, "https://github.com/a/b"),
        ("summary", {"summary": None}, {"summary": "One line."}, "One line."),
    ],
)  # fmt: skip
def test_what_wins(field: str, one: dict, other: dict, expected: object) -> None:
    """Each field has a rule of its own; the table in the module's docstring says the same."""
    assert getattr(merge(make_paper(1, **one), make_paper(1, **other)), field) == expected


def test_an_abstract_remembers_its_version() -> None:
    """An abstract of version 1 yields to that of version 2 even when version 2 was first heard of without one."""
    first = make_paper(1, abstract="The abstract of the first version.", version=1)
    second = make_paper(1, abstract="", version=2)
    whole = replace(second, abstract="Shorter now.")
    assert merge(merge(first, second), whole).abstract == "Shorter now."
    assert merge(merge(first, second), whole) == merge(first, merge(second, whole))


def test_a_stronger_name_becomes_the_id() -> None:
    """A paper known by its title alone takes the arXiv id it is later given, and keeps its old name."""
    titled = make_paper(1, id="title:abc", aliases=("title:abc",))
    named = make_paper(1, id="arxiv:2605.00001", aliases=("arxiv:2605.00001", "title:abc"))
    merged = merge(titled, named)
    assert (merged.id, merged.aliases) == ("arxiv:2605.00001", ("arxiv:2605.00001", "title:abc"))


def seen(value: int, hour: int, source: str = "hf") -> Signal:
    """One observation of that day's hour."""
    return Signal(metric="upvotes", value=value, observed_at=datetime(2026, 5, 18, hour, tzinfo=UTC), source=source)


@pytest.mark.parametrize(
    ("known", "incoming", "news"),
    [
        ([], [seen(3, 8)], [seen(3, 8)]),
        ([seen(3, 8)], [seen(3, 18)], []),
        ([seen(3, 8)], [seen(3, 9)], [seen(3, 9)]),
        ([seen(3, 8)], [seen(4, 18)], [seen(4, 18)]),
        ([seen(3, 8)], [seen(3, 18, "file")], [seen(3, 18, "file")]),
        ([seen(3, 8), seen(5, 12)], [seen(4, 10)], [seen(4, 10)]),
        ([seen(3, 8), seen(5, 12)], [seen(3, 10)], [seen(3, 10)]),
        ([seen(3, 8)], [seen(3, 8)], []),
        ([seen(3, 8)], [seen(5, 8)], [seen(5, 8)]),
        ([seen(5, 8)], [seen(3, 8)], []),
        ([], [seen(3, 8), seen(3, 9), seen(3, 18)], [seen(3, 8), seen(3, 9)]),
    ],
    ids=["first", "the same now", "the same then", "more", "another source", "late", "late, the same", "again",
         "more at one moment", "less at one moment", "a series"],
)  # fmt: skip
def test_what_is_news_of_a_signal(known: list, incoming: list, news: list) -> None:
    """A value repeated now (18:00) is not kept, one of another moment is; two never stand at one moment.

    What was observed between two equal values may arrive later.
    """
    assert list(news_among(known, union_of_signals(known, incoming), seen(0, 18).observed_at)) == news
