"""Bibliographies: what other programs read of a paper, and that it is the same paper when it comes back."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models import Author, Paper
from digest.render.citations import render_bibtex, render_csl, render_listing, render_ris
from digest.render.citations.latex import to_latex
from digest.render.citations.names import Name, parse_name
from digest.render.citations.reference import references
from digest.sources.recognise import parse
from tests.builders import NOON, make_paper

PUBLISHED = datetime(2026, 5, 1, tzinfo=UTC)


def paper(number: int = 1, *names: str, **fields: Any) -> Paper:
    """A paper by these authors, published in May 2026."""
    authors = tuple(Author(name=name) for name in names or ("Ada Lovelace", "Emmy Noether"))
    return make_paper(number, **({"authors": authors, "published_at": PUBLISHED} | fields))


def read_back(text: str) -> list[Paper]:
    """The papers our own reader finds, none set aside."""
    reading = parse(text.encode(), observed_at=NOON, source="test")
    assert reading.rejected == ()
    return list(reading.papers)


def keys(*papers: Paper) -> list[str]:
    """The citation keys of an export."""
    return [reference.key for reference in references(papers)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada Lovelace", Name("Lovelace", "Ada")),
        ("Ludwig van der Berg", Name("van der Berg", "Ludwig")),
        ("Anna Maria von Trapp Jr.", Name("von Trapp", "Anna Maria", "Jr.")),
        ("Van Nguyen", Name("Nguyen", "Van")),
        ("Jean-Luc O'Neil", Name("O'Neil", "Jean-Luc")),
        ("Madonna", Name("Madonna")),
        ("Kimi Team", Name("Kimi Team")),
        ("Acme, Inc.", Name("Acme, Inc.")),
        ("Simon and Schuster", Name("Simon and Schuster")),
    ],
)
def test_names_are_taken_apart(text, name):
    """By position, particle and suffix; a group is kept whole."""
    assert parse_name(text) == name


@pytest.mark.parametrize(
    ("title", "names", "key"),
    [
        ("On the Analytical Engine", ["Ada Lovelace"], "lovelace2026analytical"),
        ("The $\\alpha$ of It", ["Søren Kierkegård"], "kierkegard2026the"),
        ("Q-Learning, Again", ["Łukasz Groß"], "gross2026qlearning"),
        ("深層学習", ["山田太郎"], "anon2026"),
        ("BERT", ["Ludwig van der Berg"], "vanderberg2026bert"),
    ],
)
def test_keys_are_surname_year_and_word(title, names, key):
    """In ASCII, whatever the letters were."""
    assert keys(paper(1, *names, title=title)) == [key]


def test_keys_are_unique_and_do_not_depend_on_the_order():
    """Those who share one all get their own number; the others keep theirs."""
    alike = [paper(number, title="Engines") for number in (1, 2, 3)]
    other = paper(4, "Emmy Noether", title="Rings", id="doi:10.1/x", aliases=("doi:10.1/x",))
    expected = {"arxiv:2605.00001": "lovelace2026engines-260500001", "doi:10.1/x": "noether2026rings"}
    for mixed in permutations([*alike, other]):
        found = {reference.paper.id: reference.key for reference in references(mixed)}
        assert len(set(found.values())) == 4
        assert expected.items() <= found.items()


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        (
            "Gödel, Erdős, Çelik, Łukasz, Ångström",
            r"G{\"o}del, Erd{\H{o}}s, {\c{C}}elik, {\L}ukasz, {\r{A}}ngstr{\"o}m",
        ),
        ("í and ï", r"{\'{\i}} and {\"{\i}}"),
        ("R&D, 50%, #1, a_b", r"R\&D, 50\%, \#1, a\_b"),
        (r"R\&D, \$5", r"R\&D, \$5"),
        ("between $5 and $6", r"between \$5 and \$6"),
        (r"$x_{t+1}^2 \leq \alpha$ of a_b", r"$x_{t+1}^2 \leq \alpha$ of a\_b"),
        (r"$\left\{ x \right.$", r"$\left\lbrace  x \right.$"),
        (r"\begin{align} a_b &= c^2 \end{align}, a_b", r"\begin{align} a_b &= c^2 \end{align}, a\_b"),
        (r"\input{x} \write18{y} \def\a{b}", " write18{y} defa{b}"),
        (r"$\input{x} ^^5cinput{x} 5%$", r"$ ^{}^5cinput{x} 5\%$"),
        (r"our \method{} \cite{x}\emph{is}\end{document}", r"our method{} \emph{is}"),
        ("x^2 ~ y", r"x{\textasciicircum}2 {\textasciitilde} y"),
        ("a } b { c", "a  b  c"),
        ("深層 α", "深層 α"),
        ("ế", "ế"),
    ],
)
def test_text_becomes_latex(text, latex):
    """Accents as commands, formulas as they are, signs escaped once, braces in pairs."""
    assert to_latex(text) == latex


@given(st.text(max_size=200))
def test_braces_always_pair(text):
    """No text of a paper can swallow the next entry."""
    written, depth = to_latex(text), 0
    for char in written:
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    assert depth == 0


WORDS = st.text(st.sampled_from("abcXYZ éöüŁßñçø.,-?&%#_()0123"), min_size=1, max_size=60).map(
    lambda text: f"T {' '.join(re.sub('--+', '-', text).split())}".strip()
)


@given(
    st.lists(
        st.builds(
            lambda title, abstract, family, given_name: {
                "title": title,
                "abstract": abstract,
                "authors": (Author(name=f"{given_name} {family}"),),
            },
            WORDS,
            WORDS,
            st.sampled_from(["Gödel", "van der Berg", "O'Neil", "Ångström", "Şahin", "Ivanova"]),
            st.sampled_from(["Kurt", "Anne-Marie", "J. R.", "Łukasz", "Zoë"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_bibtex_comes_back_as_the_same_papers(given_fields):
    """Id, title, abstract, authors, primary category, keywords, address, venue and month survive."""
    papers = [
        make_paper(number, published_at=PUBLISHED, categories=("cs.CL",), keywords=("a & b", "ü"), signals=(), **fields)
        for number, fields in enumerate(given_fields, 1)
    ]
    for before, after in zip(papers, read_back(render_bibtex(papers)), strict=True):
        for name in ("id", "title", "abstract", "authors", "categories", "keywords", "url", "published_at"):
            assert getattr(after, name) == getattr(before, name), name


def test_an_entry_for_each_kind():
    """By venue; arXiv's own fields; double braces around the title."""
    text = render_bibtex(
        [
            paper(1, "Kurt Gödel", "Acme Team", title="On BERT", categories=("cs.CL", "cs.AI")),
            paper(2, title="In print", venue="Journal of Rings", aliases=("arxiv:2605.00002", "doi:10.1/a_b")),
            paper(3, title="Read aloud", venue="Proceedings of ICML 2026"),
        ]
    )
    assert text.startswith(
        "@misc{godel2026bert,\n"
        '  author = {G{\\"o}del, Kurt and {Acme Team}},\n'
        "  title = {{On BERT}},\n"
        "  year = {2026},\n"
        "  month = may,\n"
        "  eprint = {2605.00001},\n"
        "  archivePrefix = {arXiv},\n"
        "  primaryClass = {cs.CL},\n"
        "  url = {https://arxiv.org/abs/2605.00001},\n"
    )
    assert "@article{lovelace2026print,\n" in text
    assert "  journal = {Journal of Rings},\n" in text
    assert "  doi = {10.1/a_b},\n" in text
    assert "@inproceedings{lovelace2026read,\n" in text
    assert "  booktitle = {Proceedings of ICML 2026},\n" in text


HOSTILE = [
    paper(1, "A } B", "x and y", "others", title="} @misc{evil, title={x}", abstract="{" * 50),
    paper(2, "\\end{document} B", title="\n@article{a,", venue="{", keywords=("},", "a,b")),
    paper(3, title="$", abstract="\\", url="https://a.example/{x}\\y"),
    paper(4, title="\u202eReversed\x00", authors=()),
]


def test_hostile_papers_stay_entries_of_their_own():
    """Four in, four out, whatever they are called."""
    text = render_bibtex(HOSTILE)
    assert [each.id for each in read_back(text)] == [each.id for each in HOSTILE]
    assert text.count("\n@") == len(HOSTILE) - 1
    assert len(read_back(render_ris(HOSTILE))) == len(HOSTILE)
    assert len(json.loads(render_csl(HOSTILE))) == len(HOSTILE)
    assert render_listing(HOSTILE).count("\n") == len(HOSTILE)


@pytest.mark.skipif(shutil.which("bibtex") is None, reason="bibtex is not installed")
def test_bibtex_itself_reads_it_without_a_warning(tmp_path: Path):
    """The classic program, with the plain style, on ordinary and hostile papers."""
    papers = [*HOSTILE, paper(5, "Kurt Gödel"), paper(6, venue="Nature"), paper(7, venue="Proc. of ICML")]
    (tmp_path / "all.bib").write_text(render_bibtex(papers), encoding="utf-8")
    (tmp_path / "all.aux").write_text("\\relax\n\\citation{*}\n\\bibstyle{plain}\n\\bibdata{all}\n")
    done = subprocess.run(["bibtex", "all"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, re.findall(r"(?i)warning.*|.*error.*", done.stdout)) == (0, [])
    assert (tmp_path / "all.bbl").read_text(encoding="utf-8", errors="replace").count("\\bibitem") == len(papers)


def test_ris_is_read_by_reference_managers():
    """Tags of six columns, CRLF, Unicode texts; our own reader finds the same paper."""
    before = paper(1, "Kurt Gödel Jr.", "Acme Team", title="On $x^2$", keywords=("ring",), venue="Nature")
    text = render_ris([before])
    assert text == (
        "TY  - JOUR\r\nID  - godel2026x2\r\nAU  - Gödel, Kurt, Jr.\r\nAU  - Acme Team\r\nTI  - On x²\r\n"
        "T2  - Nature\r\nPY  - 2026\r\nDA  - 2026/05/01\r\nAN  - arXiv:2605.00001\r\nDP  - arXiv.org\r\n"
        "UR  - https://arxiv.org/abs/2605.00001\r\nKW  - ring\r\n"
        "AB  - What paper 1 is about. It says more.\r\nER  - \r\n\r\n"
    )
    (after,) = read_back(text)
    assert (after.id, after.title, after.keywords, after.venue) == (before.id, "On x²", ("ring",), "Nature")


CSL = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type", "id"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string"},
            "type": {"enum": ["article", "article-journal", "paper-conference"]},
            "author": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        name: {"type": "string", "minLength": 1} for name in ("family", "given", "suffix", "literal")
                    },
                },
            },
            "issued": {
                "type": "object",
                "required": ["date-parts"],
                "properties": {
                    "date-parts": {
                        "type": "array",
                        "maxItems": 2,
                        "items": {"type": "array", "maxItems": 3, "items": {"type": "integer"}},
                    }
                },
            },
            **{
                name: {"type": "string", "minLength": 1}
                for name in ("title", "container-title", "publisher", "number", "DOI", "URL", "keyword", "abstract")
            },
        },
    },
}
"""The parts of CSL's csl-data.json (schema 1.0.2) that concern what we write."""


def test_csl_is_valid():
    """Every item fits the schema, and says who, what and when."""
    papers = [*HOSTILE, paper(5, "Ludwig van der Berg", "Kimi Team", venue="Nature", title="On $\\alpha$")]
    records = json.loads(render_csl(papers))
    jsonschema.validate(records, CSL)
    assert records[-1] == {
        "id": "vanderberg2026on",
        "type": "article-journal",
        "title": "On α",
        "author": [{"family": "van der Berg", "given": "Ludwig"}, {"literal": "Kimi Team"}],
        "issued": {"date-parts": [[2026, 5, 1]]},
        "container-title": "Nature",
        "number": "arXiv:2605.00005",
        "URL": "https://arxiv.org/abs/2605.00005",
        "abstract": "What paper 5 is about. It says more.",
    }


def test_the_listing_is_markdown():
    """Foreign signs are escaped; more than three authors are counted."""
    text = render_listing([paper(1, "A B", "C D", "E F", "G H", title="On *it* [x](y)")])
    assert text == (
        "- [On \\*it\\* \\[x\\](y)](<https://arxiv.org/abs/2605.00001>). A B, C D, E F and 1 more. 2026. "
        "arXiv:2605.00001.\n"
    )
