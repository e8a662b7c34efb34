"""Similar papers: shared telling words, and those that are about the same first."""

from __future__ import annotations

from digest.curation.similar import SimilarPapers
from digest.models import Paper
from tests.builders import make_paper

PAPERS = [
    make_paper(1, title="Speculative decoding with draft trees", abstract="A draft model proposes tokens."),
    make_paper(2, title="Faster speculative decoding", abstract="The draft model is small; tokens are verified."),
    make_paper(3, title="Singing voice synthesis", abstract="A singer's voice from lyrics and melody."),
    make_paper(4, title="Voice conversion for singing", abstract="The melody stays, the voice changes."),
    make_paper(5, title="Bundle adjustment", abstract="Cameras and points."),
]


def names(paper: Paper, count: int = 5) -> list[str]:
    """The ids of the papers like `paper`."""
    return [similar.paper for similar in SimilarPapers(PAPERS).like(paper, count)]


def test_the_paper_about_the_same_is_first() -> None:
    """Each of a pair finds the other and never itself; a paper of its own kind finds none."""
    assert names(PAPERS[0])[0] == PAPERS[1].id
    assert names(PAPERS[2])[0] == PAPERS[3].id
    assert names(PAPERS[4]) == []


def test_the_reason_names_shared_words_once() -> None:
    """A word is not named again within a pair of words."""
    (similar, *_) = SimilarPapers(PAPERS).like(PAPERS[0])
    assert similar.why.startswith("both about ")
    assert '"speculative decoding"' in similar.why
    assert '"speculative"' not in similar.why
    assert 0 < similar.likeness <= 1


def test_no_more_than_asked_for() -> None:
    """Fewer when fewer are alike."""
    assert len(names(PAPERS[0], 1)) == 1
    assert names(PAPERS[0], 0) == []


def test_usual_words_do_not_make_papers_alike() -> None:
    """What is written about any subject counts little, whatever two papers share of it."""
    usual = (
        "However, remaining results are usually poorly understood, suitable where others outperform strong baselines."
    )
    papers = [
        make_paper(1, title="Diarization of meetings", abstract=f"Who speaks when. {usual}"),
        make_paper(2, title="Origami", abstract=f"Folding paper. {usual}"),
        make_paper(3, title="Diarization without labels", abstract="Speakers are told apart."),
    ]
    (similar, *_) = SimilarPapers(papers).like(papers[0])
    assert similar.paper == papers[2].id
    assert similar.why == 'both about "diarization"'


def reason(title: str, abstract: str) -> str:
    """Why two papers with this title, numbered, and this abstract are alike."""
    papers = [make_paper(number, title=f"{title} {number}", abstract=abstract) for number in (1, 2)]
    (similar,) = SimilarPapers(papers).like(papers[0])
    return similar.why


def test_numbers_are_no_reason() -> None:
    """Two papers that share a number and a subject share the subject."""
    why = reason("Speech recognition", "256 time steps of 256 samples.")
    assert "speech recognition" in why
    assert "256" not in why


def test_the_reason_is_in_the_papers_own_words() -> None:
    """Pairs that overlap are one phrase, hyphens and capitals are theirs, and words around a bracket are no phrase."""
    why = reason("Paper", "The graphical user interface (GUI) asks, test-time.")
    assert '"graphical user interface"' in why
    assert "interface GUI" not in why
    assert '"test-time"' in why


def test_an_empty_index_finds_nothing() -> None:
    """Without papers there is nothing like anything."""
    assert SimilarPapers([]).like(PAPERS[0]) == ()
