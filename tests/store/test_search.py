"""Searching by text: what it finds, and that nothing a reader types is an error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models import Author, Query
from digest.store import Store
from tests.builders import make_paper
from tests.store.saving import save

PAPERS = (
    make_paper(1, title="Training language agents", abstract="We train agents.", authors=(Author(name="Jörg Müller"),)),
    make_paper(
        2, title="A language of thought", abstract="On minds and machines.", authors=(Author(name="Ann Train"),)
    ),
    make_paper(3, title="State-of-the-art vision", abstract="Language is not used.", authors=()),
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with three papers."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('search') / 'digest.db'}"
    else:
        url = request.getfixturevalue("postgresql_server")
    with Store.open(url) as store:
        save(store, *PAPERS)
        yield store


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("language", "123"),
        ("LANGUAGE agents", "1"),
        ("language AND agents", "1"),
        ("agents OR vision", "13"),
        ("language NOT agents", "23"),
        ("NOT language", ""),
        ("NOT agents", "23"),
        ('"language of thought"', "2"),
        ('"thought language"', ""),
        ("train", "12"),
        ("trained", "12"),
        ("author:train", "2"),
        ("authors: müller", "1"),
        ("title:language", "12"),
        ("abstract:language", "3"),
        ("lang*", "123"),
        ("title:lang* AND NOT author:train", "1"),
        ("(agents OR vision) language", "13"),
        ("agents OR (vision language)", "13"),
        ("state-of-the-art", "3"),
        ("", "123"),
        ("AND", "123"),
        ("((((", "123"),
        ('"', "123"),
        ("agents)", "1"),
    ],
)
def test_what_is_found(filled: Store, text: str, expected: str) -> None:
    """Words, phrases, prefixes, fields, AND, OR, NOT and parentheses, the same in both databases."""
    assert "".join(sorted(known.paper.id[-1] for known in filled.find_papers(Query(text=text)))) == expected


SIGNS = (
    '"',
    "(",
    ")",
    "AND",
    "OR",
    "NOT",
    "title:",
    "author:",
    "*",
    "a",
    "language",
    "NEAR(",
    "^",
    ":",
    "-",
    "'",
    "\\",
    "&",
    "|",
    "!",
    "<->",
    "\x00",
)


@given(
    text=st.text(max_size=60)
    | st.lists(
        st.sampled_from(SIGNS),
        max_size=12,
    ).map(" ".join)
)
def test_no_text_is_an_error(filled: Store, text: str) -> None:
    """Whatever is typed, something is found or nothing is."""
    assert len(filled.find_papers(Query(text=text, author=text, organization=text))) <= 3
    assert len(filled.find_papers(Query(text=text))) <= 3


def test_accents_do_not_matter(tmp_path: Path) -> None:
    """SQLite finds Müller when asked for Muller."""
    with Store.open(f"sqlite:///{tmp_path / 'digest.db'}") as store:
        save(store, *PAPERS)
        assert [known.paper.id for known in store.find_papers(Query(text="author:Muller"))] == [PAPERS[0].id]
