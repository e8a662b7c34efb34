"""A reader's own order."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.curation.digest import build_digest
from digest.curation.personal import PersonalOrder
from digest.models import Digest, Mark, Selection
from tests.builders import NOON, TOPICS, make_edition, make_entry, make_paper

SUBJECTS = ("Speculative decoding", "Video diffusion", "Protein folding", "Robot grasping")


def mark(number: int, title: str, wish: Literal["more", "less"] = "more") -> Mark:
    """A paper of the reader's, not of any digest."""
    return Mark(paper=make_paper(900 + number, title=title, abstract=""), wish=wish, at=NOON + timedelta(hours=number))


def digest() -> Digest:
    """Two sections of four papers, one of each subject, the first best."""
    entries = [
        make_entry(10 * row + place, topic, score=4 - place, title=f"{subject} {topic}", abstract="A study.")
        for row, topic in enumerate(("agents", "science"))
        for place, subject in enumerate(SUBJECTS)
    ]
    return build_digest([make_edition(1, *entries)], Selection(), TOPICS)


def firsts(arranged: Digest) -> list[str]:
    """The best paper of each section."""
    return [section.papers[0].paper.title for section in arranged.sections]


def test_papers_like_those_wanted_come_first_in_every_section() -> None:
    """Three kept papers on one subject raise it from third place, and the line says so."""
    marks = [mark(number, f"Protein folding {number}") for number in range(3)]
    arranged = PersonalOrder().arrange(digest(), marks)
    assert firsts(arranged) == ["Protein folding agents", "Protein folding science"]
    best = arranged.sections[0].papers[0]
    assert best.score.why == "3 upvotes; because you kept 3 papers on protein folding"
    assert best.score.value == digest().sections[0].papers[2].score.value


def reasons(marks: list[Mark], *titles: str) -> list[str]:
    """Why papers with these titles, the first with `make_paper(1)`'s id, are raised for who marked; as they come."""
    entries = [
        make_entry(number, "agents", score=0, title=title, abstract="") for number, title in enumerate(titles, start=1)
    ]
    everybodys = build_digest([make_edition(1, *entries)], Selection(), TOPICS)
    arranged = PersonalOrder().arrange(everybodys, marks)
    return [entry.score.why.rpartition("because you kept ")[2] for entry in arranged.papers]


def test_the_reason_is_what_most_of_the_marks_share() -> None:
    """Not the rarest phrase that one of them has as well, and in the words of the paper that is raised."""
    marks = [
        mark(1, "Orthrus memory for speculative decoding"),
        mark(2, "Speculative decoding on phones"),
        mark(3, "Speculative decoding of video"),
    ]
    assert reasons(marks, "Orthrus Memory and Speculative Decoding") == ["3 papers on speculative decoding"]
    assert reasons(marks, "An Orthrus Memory") == ["a paper on orthrus memory"]
    assert reasons([mark(1, "Tabular parrot songs")], "On Tabular Parrot Songs") == ["a paper on tabular parrot songs"]
    assert reasons([mark(1, "A parrot language")], "Parrot Language Models") == ["a paper on parrot language models"]
    assert reasons(marks, "Orthrus: Memory of Agents") == ["3 upvotes"]


def test_a_marked_paper_is_not_explained_by_its_own_mark() -> None:
    """When it comes back it is the others that speak for it, or nothing is said."""
    own = Mark(paper=make_paper(1, title="Speculative decoding", abstract=""), wish="more", at=NOON)
    assert reasons([own], "Speculative decoding") == ["3 upvotes"]
    assert reasons([own, mark(1, "Speculative decoding again")], "Speculative decoding") == [
        "a paper on speculative decoding"
    ]


def test_papers_like_those_not_wanted_go_back() -> None:
    """The best paper of everybody falls behind when the reader wants less of its subject; nothing is claimed kept."""
    marks = [mark(number, f"Speculative decoding {number}", "less") for number in range(3)]
    arranged = PersonalOrder().arrange(digest(), marks)
    assert arranged.sections[0].papers[-1].paper.title == "Speculative decoding agents"
    assert all("because" not in entry.score.why for entry in arranged.papers)


def test_without_marks_it_is_everybodys_order() -> None:
    """The very same digest."""
    assert PersonalOrder().arrange(digest(), []) == digest()


def test_marks_on_other_things_change_nothing() -> None:
    """A taste that no paper of the digest shares leaves the order."""
    arranged = PersonalOrder().arrange(digest(), [mark(1, "Whale songs in the ocean")])
    assert [entry.paper.id for entry in arranged.papers] == [entry.paper.id for entry in digest().papers]


@given(st.lists(st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(["more", "less"])), max_size=12))
def test_no_section_starves(wishes: list[tuple[str, Literal["more", "less"]]]) -> None:
    """Whatever is marked, each section keeps its place and all its papers."""
    marks = [mark(number, title, wish) for number, (title, wish) in enumerate(wishes)]
    arranged = PersonalOrder().arrange(digest(), marks)
    assert [section.slug for section in arranged.sections] == [section.slug for section in digest().sections]
    for mine, everybodys in zip(arranged.sections, digest().sections, strict=True):
        assert {entry.paper.id for entry in mine.papers} == {entry.paper.id for entry in everybodys.papers}


@pytest.mark.parametrize("turned", [False, True])
def test_the_order_in_which_marks_are_given_does_not_matter(turned: bool) -> None:  # noqa: FBT001
    """Nor whether the order was asked for other readers before."""
    marks = [mark(0, "Robot grasping of cups"), mark(1, "Video diffusion", "less"), mark(2, "Robot arms")]
    order = PersonalOrder()
    order.arrange(digest(), [mark(5, "Protein folding")])
    given = marks[::-1] if turned else marks
    assert order.arrange(digest(), given) == PersonalOrder().arrange(digest(), marks)


def test_old_marks_give_way_to_new_ones() -> None:
    """Only the newest hundred count."""
    old = [mark(0, "Protein folding")]
    new = [mark(number, "Robot grasping") for number in range(1, 101)]
    assert PersonalOrder().taste([*old, *new]) == PersonalOrder().taste(new)
