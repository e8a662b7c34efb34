"""The terms of a paper: all of them, and those of a model found without naming the others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.curation.terms import KnownTerms, PaperText
from tests.builders import make_paper

WORDS = ["robot", "robots", "arm", "the", "c", "learning", "é", "deep-learning"]
texts = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)


def test_terms_are_words_pairs_and_categories() -> None:
    """No small word, no letter alone, no pair over a small word or from one keyword into the next."""
    text = PaperText(
        make_paper(1, title="A Robot", abstract="arms of c robots", keywords=("arm", "wrist"), categories=("cs.RO",))
    )
    assert text.title_terms == {"robot"}
    assert text.all_terms == {"robot", "arm", "wrist", "c robot", "c:cs.RO", "c1:cs.RO"}


@given(texts, texts, st.lists(texts, max_size=2), st.sets(st.sampled_from(["cs.RO", "cs.LG"])), st.data())
def test_known_terms_are_those_of_all_terms(
    title: str, abstract: str, keywords: list[str], categories: set[str], data: st.DataObject
) -> None:
    """The quick way finds what the slow way does, and parts it into the title and elsewhere."""
    paper = make_paper(
        1, title=title, abstract=abstract, keywords=tuple(keywords), categories=tuple(sorted(categories))
    )
    text = PaperText(paper)
    known = data.draw(st.sets(st.sampled_from(sorted(text.all_terms)))) if text.all_terms else set()
    in_title, elsewhere = KnownTerms([*known, "nothing", "nothing here"]).of(text)
    assert in_title == known & text.title_terms
    assert elsewhere == known - text.title_terms
