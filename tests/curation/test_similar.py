"""Similar papers: shared telling words, and nothing else."""

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


def test_words_find_papers() -> None:
    """A description is enough to find what it is about."""
    assert SimilarPapers(PAPERS).like_text("singing voices")[0].paper in {PAPERS[2].id, PAPERS[3].id}
    assert SimilarPapers(PAPERS).like_text("") == ()


def test_an_empty_index_finds_nothing() -> None:
    """Without papers there is nothing like anything."""
    assert SimilarPapers([]).like(PAPERS[0]) == ()
