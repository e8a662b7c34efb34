"""BibTeX and RIS, as reference managers write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.author_names import decode_latex, family_last, split_names
from tests.sources.reading import names, only, read

BIBTEX = r"""
% a comment
@string{jrn = "A Journal"}
@comment{ignored}
@article{one2024,
  title         = {{A} {T}itle with {\"O}zg{\"u}r and $\alpha_{i}$},
  author        = "One, Ada and Kurt G{\"o}del and Smith, Jr., John and others",
  year          = 2024, month = jan,
  eprint        = {2401.01234}, archivePrefix = {arXiv}, primaryClass={cs.CL},
  journal       = jrn # { and more},
  doi           = {10.1103/X},
  abstract      = {An abstract
     with {braces}.},
  keywords      = {agents; speech},
  url           = {https://example.org/a}
}
@misc(two, title = {Second Title}, howpublished = {arXiv preprint arXiv:2402.00002}, year = {2024})
"""


def test_bibtex_in_full() -> None:
    """Braces, accents, `@string`, `#`, names in either order; brackets may be round."""
    first, second = read(BIBTEX).papers
    assert first.aliases[:2] == ("arxiv:2401.01234", "doi:10.1103/x")
    assert first.title == r"A Title with Özgür and $\alpha_{i}$"
    assert names(first) == ["Ada One", "Kurt Gödel", "John Smith Jr."]
    assert (first.abstract, first.venue) == ("An abstract with braces.", "A Journal and more")
    assert (first.categories, first.keywords) == (("cs.CL",), ("agents", "speech"))
    assert first.published_at == datetime(2024, 1, 1, tzinfo=UTC)
    assert (second.id, second.title) == ("arxiv:2402.00002", "Second Title")


@pytest.mark.parametrize(
    "broken",
    [
        "@article{x, title = {open",
        '@article{x, title = "open',
        "@article{x, title = {a} # }",
        "@article{x, title = {a}",
    ],
)
def test_an_entry_without_end_is_set_aside(broken: str) -> None:
    """The next entry is read."""
    reading = read(f"{broken}\n@misc{{y, title = {{A Title}}}}\n")
    assert [paper.title for paper in reading.papers] == ["A Title"]
    assert "does not end" in reading.rejected[0].reason


def test_bibtex_of_a_careless_program() -> None:
    """Entries without a key, and several on one line; an address with an @ after a brace is no entry."""
    text = "@misc{title = {One {a,b}@example.org}, year = 2024}@misc{two, title = {Two}} @misc(three, title={Three})"
    assert [paper.title for paper in read(text).papers] == ["One a,b@example.org", "Two", "Three"]


def test_ris_in_full() -> None:
    """Tags of either generation, a value over two lines, a record without its end."""
    reading = read(
        "\ufeffTY  - JOUR\r\nTI  - A Title\r\nAU  - One, Ada\r\nAU  - Gödel, Kurt\r\nAB  - An abstract\r\n"
        "over two lines.\r\n"
        "DO  - 10.1103/X\r\nUR  - https://arxiv.org/abs/2401.01234\r\nPY  - 2024/01/02/\r\n"
        "KW  - agents\r\nJO  - A Journal\r\n"
        "ER  - \r\n\r\nTY  - CONF\r\nT1  - Second Title\r\nA1  - Two, Bea\r\n"
    )
    first, second = reading.papers
    assert (reading.form, first.aliases[:2]) == ("ris", ("arxiv:2401.01234", "doi:10.1103/x"))
    assert (names(first), first.abstract) == (["Ada One", "Kurt Gödel"], "An abstract over two lines.")
    assert (first.published_at, first.venue) == (datetime(2024, 1, 2, tzinfo=UTC), "A Journal")
    assert (second.title, names(second)) == ("Second Title", ["Bea Two"])


def test_a_record_without_title_is_set_aside() -> None:
    """In both forms."""
    assert "no title" in read("TY  - JOUR\nDO  - 10.1103/x\nER  - \n").rejected[0].reason
    assert "no title" in read("@article{x, doi = {10.1103/x}}").rejected[0].reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"G\"odel", "Gödel"),
        (r"G{\"{o}}del", "Gödel"),
        (r"Erd{\H o}s", "Erdős"),
        (r"{\L}ukasz", "Łukasz"),
        (r"Fran\c{c}ois", "François"),
        (r"M{\'\i}guez", "Míguez"),
        (r"Stra{\ss}e", "Straße"),
        (r"Bj{\o}rn", "Bjørn"),
        ("Donald~Knuth", "Donald Knuth"),
        (r"A \& B", "A & B"),
        (r"$\{x\}$ {Y}", r"$\{x\}$ Y"),
        (r"\emph{kept}", r"\emph{kept}"),
        ("plain", "plain"),
    ],
)
def test_latex_letters(text: str, expected: str) -> None:
    """Accents and letters become Unicode, grouping braces go, math and other commands stay."""
    assert decode_latex(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A. One, B. Two", ["A. One", "B. Two"]),
        ("A. One and B. Two", ["A. One", "B. Two"]),
        ("A. One, B. Two, and C. Three", ["A. One", "B. Two", "C. Three"]),
        ("A. One (1), B. Two (2) ((1) Here, (2) There (Far))", ["A. One", "B. Two"]),
        ("A. One; B. Two", ["A. One", "B. Two"]),
        ("A. One, Jr., B. Two", ["A. One Jr.", "B. Two"]),
        ("Alexander Anderson", ["Alexander Anderson"]),
        ("A. One (open, B. Two", ["A. One (open", "B. Two"]),
        ("", []),
        (" , ;and ", ["and"]),
    ],
)
def test_lists_of_names(text: str, expected: list[str]) -> None:
    """Commas, semicolons and `and` part names; affiliations go; a suffix stays with its name."""
    assert split_names(text) == expected


def test_family_names_go_last() -> None:
    """`Family, Given` is turned around, suffix and all; other names are left alone."""
    assert family_last("One, Ada") == "Ada One"
    assert family_last("Smith, Jr., John") == "John Smith Jr."
    assert family_last("Ada One") == "Ada One"
    assert family_last("Smith, Jr.") == "Smith, Jr."


@given(st.text(alphabet=r"""\{}"'$~^ab ,#=@()%""", max_size=120))
def test_any_bibtex_is_survived(text: str) -> None:
    """No arrangement of its special characters breaks the reader."""
    reading = read("@misc{x, title = {A Title}}\n@misc{y, title = " + text)
    assert reading.papers[0].title == "A Title"
    decode_latex(text)
    split_names(text)


def test_only_the_form_counts() -> None:
    """A single BibTeX entry is read though it is called anything."""
    assert only("@inproceedings{x, title={A Title}, booktitle={ICML}}").venue == "ICML"
