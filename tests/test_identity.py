"""Identity: every spelling of an id is the same paper, nothing else is an id."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.identity import arxiv_id, compatible, doi, identities, normalised_title, openreview_id
from digest.models import Author, Paper

NEW_SPELLINGS = [
    "2401.01234",
    " 2401.01234 ",
    "arXiv:2401.01234",
    "arxiv: 2401.01234",
    "ARXIV:2401.01234",
    "arXiv:2401.01234 [cs.CL]",
    "oai:arXiv.org:2401.01234",
    "arxiv/2401.01234",
    "http://arxiv.org/abs/2401.01234",
    "https://www.arxiv.org/abs/2401.01234/",
    "https://export.arxiv.org/abs/2401.01234?context=cs",
    "arxiv.org/abs/2401.01234#top",
    "https://arxiv.org/pdf/2401.01234",
    "https://arxiv.org/pdf/2401.01234.pdf",
    "https://arxiv.org/html/2401.01234",
    "https://ar5iv.labs.arxiv.org/html/2401.01234",
    "https://www.alphaxiv.org/abs/2401.01234",
    "https://huggingface.co/papers/2401.01234",
    "https://hf.co/papers/2401.01234",
    "https://huggingface.co/api/papers/2401.01234",
    "10.48550/arXiv.2401.01234",
    "doi:10.48550/arXiv.2401.01234",
    "https://doi.org/10.48550/arXiv.2401.01234",
    "arXiv.2401.01234",
    "arXiv 2401.01234",
    "abs/2401.01234",
    "urn:arXiv:2401.01234",
    "arXiv:2401.01234 [cs.CL] 3 Jan 2024",
    "https://arxiv.org/abs/arXiv:2401.01234",
    "https://www.alphaxiv.org/2401.01234",
    "https://www.semanticscholar.org/arxiv/2401.01234",
    "https://api.semanticscholar.org/arXiv:2401.01234",
    "https://arxiv-export1.library.cornell.edu/abs/2401.01234",
]


@pytest.mark.parametrize("text", NEW_SPELLINGS)
def test_spellings_of_a_new_id(text: str) -> None:
    """Ids since 2007 are known in every form they are quoted in."""
    assert arxiv_id(text) == ("2401.01234", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2401.01234v2", ("2401.01234", 2)),
        ("https://arxiv.org/pdf/2401.01234v12.pdf", ("2401.01234", 12)),
        ("oai:arXiv.org:2401.01234v3", ("2401.01234", 3)),
        ("0704.0001", ("0704.0001", None)),
        ("1412.9999v1", ("1412.9999", 1)),
        ("hep-th/9901001", ("hep-th/9901001", None)),
        ("hep-th/9901001v2", ("hep-th/9901001", 2)),
        ("math.GT/0309136", ("math/0309136", None)),
        ("arXiv:math.GT/0309136v1", ("math/0309136", 1)),
        ("http://arxiv.org/abs/cond-mat/0603029v1", ("cond-mat/0603029", 1)),
        ("https://arxiv.org/abs/hep-th%2F9901001", ("hep-th/9901001", None)),
        ("oai:arXiv.org:cs/0101027", ("cs/0101027", None)),
        ("CS/0101027", ("cs/0101027", None)),
    ],
)
def test_versions_and_the_old_scheme(text: str, expected: tuple[str, int | None]) -> None:
    """The version is told apart; an old id loses its subject class."""
    assert arxiv_id(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2413.01234",  # month 13
        "2400.01234",
        "0703.0001",  # before the scheme
        "2401.1234",  # five digits since 2015
        "1401.12345",  # four before
        "2401.00000",
        "2401.012345",
        "9912.12345",
        "hep-th/9913001",
        "hep-th/9901000",
        "hep-th/0801001",  # after the scheme
        "foo-bar/9901001",
        "2401.01234v0",
        "see 2401.01234 for more",
        "https://example.org/2401.01234",
        "https://arxiv.org.evil.example/abs/2401.01234",
        "https://evilarxiv.org/abs/2401.01234",
        "https://arxiv.org/list/cs.CL/new",
        "٢٤٠١.٠١٢٣٤",
        "10.1000/2401.01234",
    ],
)
def test_what_is_no_arxiv_id(text: str) -> None:
    """Impossible months, wrong lengths, other hosts and running text are not ids."""
    assert arxiv_id(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1103/PhysRevB.85.115117", "10.1103/physrevb.85.115117"),
        ("doi:10.1103/X", "10.1103/x"),
        ("DOI: 10.1103/X.", "10.1103/x"),
        ("https://doi.org/10.1103/X", "10.1103/x"),
        ("http://dx.doi.org/10.1103%2FX", "10.1103/x"),
        ("10.1002/(SICI)1096-8644(199601)99:1", "10.1002/(sici)1096-8644(199601)99:1"),
        ("10.48550/arXiv.2401.01234", "10.48550/arxiv.2401.01234"),
        ("10.1103/", None),
        ("11.1103/x", None),
        ("see 10.1103/x", None),
        ("", None),
    ],
)
def test_spellings_of_a_doi(text: str, expected: str | None) -> None:
    """A DOI is one name in lower case, however it is written."""
    assert doi(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://openreview.net/forum?id=rJl-b3RcF7", "rJl-b3RcF7"),
        ("https://openreview.net/pdf?id=rJl-b3RcF7#x", "rJl-b3RcF7"),
        ("https://openreview.net/forum?noteId=a&id=rJl-b3RcF7", "rJl-b3RcF7"),
        ("openreview:rJl-b3RcF7", "rJl-b3RcF7"),
        ("rJl-b3RcF7", None),
        ("https://example.org/forum?id=rJl-b3RcF7", None),
    ],
)
def test_openreview_forums(text: str, expected: str | None) -> None:
    """Forum ids are taken from OpenReview's own addresses only."""
    assert openreview_id(text) == expected


def test_the_strongest_identity_comes_first() -> None:
    """arXiv before DOI before OpenReview before title; arXiv's own DOIs are arXiv ids."""
    found = identities(title="A Title", arxiv="2401.01234v2", doi="10.1103/x", openreview="abcdefgh")
    assert [name.partition(":")[0] for name in found] == ["arxiv", "doi", "openreview", "title"]
    found = identities(title="A Title", doi="10.1103/X", openreview="abcdefgh")
    assert found[:2] == ("doi:10.1103/x", "openreview:abcdefgh")
    assert identities(title="T", doi="10.48550/arXiv.2401.01234")[0] == "arxiv:2401.01234"


@pytest.mark.parametrize(
    "other",
    [
        "schrodinger bridges for generative models",
        "Schrödinger Bridges for Generative Models.",
        r"Schr\"odinger Bridges for Generative Models",
        r"Schr{\"o}dinger \emph{Bridges} for Generative Models",
        "Schrödinger <i>Bridges</i> for\nGenerative   Models",
        "Schro\u0308dinger Bridges: for Generative Models!",
    ],
)
def test_one_title_in_many_spellings(other: str) -> None:
    """Case, accents, LaTeX, markup, spaces and punctuation do not tell titles apart."""
    title = "Schrödinger Bridges for Generative Models"
    assert identities(title=other) == identities(title=title)


def test_greek_letters_equal_their_latex_names() -> None:
    """`α` and `$\\alpha$` are one letter."""
    assert normalised_title(r"Learning $\alpha$-divergences") == normalised_title("Learning α-divergences")


def test_a_short_title_needs_its_author() -> None:
    """Short titles are given more than once: the first author's family name keeps them apart."""
    first = identities(title="Mamba", authors=[Author(name="Albert Gu")])
    second = identities(title="Mamba", authors=[Author(name="Someone Else")])
    assert first != second
    assert first == identities(title="MAMBA", authors=[Author(name="Gu, Albert")])


def paper(arxiv: str | None, author: str = "", title: str = "A Survey of Large Language Models") -> Paper:
    """A paper of that id, author and title."""
    authors = (Author(name=author),) if author else ()
    aliases = identities(title=title, authors=authors, arxiv=arxiv)
    return Paper(id=aliases[0], aliases=aliases, title=title, authors=authors)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (paper("2401.01234"), paper("2401.01234"), True),
        (paper("2401.01234"), paper("2402.01234"), False),
        (paper("2401.01234"), paper(None), True),
        (paper("2401.01234", "Ada One"), paper(None, "Bea Two"), False),
        (paper("2401.01234", "Ada One"), paper(None, "One, A."), True),
        (paper(None), paper(None, "Bea Two"), True),
    ],
)
def test_papers_of_one_title_may_differ(first: Paper, second: Paper, *, expected: bool) -> None:
    """Two arXiv ids, or no common author, keep papers of the same title apart, in either order."""
    assert compatible(first, second) is expected
    assert compatible(second, first) is expected


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    """No string makes identity fail, and a title always has a name."""
    arxiv_id(text)
    doi(text)
    openreview_id(text)
    assert identities(title=text)[-1].startswith("title:")


@given(st.integers(7, 90), st.integers(1, 12), st.integers(1, 9999), st.integers(1, 99))
def test_every_id_of_the_new_scheme_is_read_back(year: int, month: int, number: int, version: int) -> None:
    """Whatever id arXiv may give out until 2090 comes back from its address."""
    digits = 5 if year >= 15 else 4
    name = f"{year:02}{month:02}.{number:0{digits}}"
    expected = None if (year, month) < (7, 4) else (name, version)
    assert arxiv_id(f"https://arxiv.org/abs/{name}v{version}") == expected


@given(st.text(alphabet=string.printable, min_size=1, max_size=80))
def test_normalising_twice_changes_nothing(title: str) -> None:
    """A normalised title is its own normal form."""
    assert normalised_title(normalised_title(title)) == normalised_title(title)
