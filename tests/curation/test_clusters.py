"""Which records become one paper."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from digest.curation.clusters import unite
from digest.identity import identities
from digest.models import Author, KnownPaper, Paper
from tests.builders import NOON, make_paper

TITLE = "Attention Is Not All You Need After All"
ADA = (Author(name="Ada Lovelace"),)


def record(
    *, arxiv: str | None = None, doi: str | None = None, authors: tuple[Author, ...] = ADA, **more: Any
) -> Paper:
    """A record of one title with these ids."""
    aliases = identities(title=TITLE, authors=authors, arxiv=arxiv, doi=doi)
    return make_paper(1, **({"id": aliases[0], "aliases": aliases, "title": TITLE, "authors": authors} | more))


def known(paper: Paper) -> KnownPaper:
    """A stored paper."""
    return KnownPaper(paper=paper, first_seen_at=NOON)


def test_title_then_id() -> None:
    """A paper stored by its title alone becomes the paper with the id, and is not a new one."""
    stored = record()
    (decision,) = unite([record(arxiv="2605.00001")], [known(stored)])
    assert (decision.paper.id, decision.parts) == ("arxiv:2605.00001", (stored.id,))


def test_two_arxiv_ids_stay_two() -> None:
    """An equal title never makes one paper of two arXiv ids."""
    decisions = unite([record(arxiv="2605.00001"), record(arxiv="2605.00002")], [])
    assert [decision.paper.id for decision in decisions] == ["arxiv:2605.00001", "arxiv:2605.00002"]


def test_an_equal_title_of_other_people() -> None:
    """Records that share a title but no author are two papers."""
    decisions = unite([record(arxiv="2605.00001"), record(authors=(Author(name="Emmy Noether"),))], [])
    assert len(decisions) == 2


def test_one_title_and_nothing_else() -> None:
    """Records known by an equal title alone are one paper, whoever wrote them: they have one id."""
    (decision,) = unite([record(), record(authors=(Author(name="Emmy Noether"),))], [])
    assert decision.paper.id.startswith("title:")


def test_a_lone_title_goes_to_the_first_id() -> None:
    """A record that could be either of two papers goes to the one whose id comes first."""
    stored = [known(record(arxiv="2605.00002")), known(record(arxiv="2605.00001"))]
    (decision,) = unite([record(venue="A venue of the paper")], stored)
    assert decision.parts == ("arxiv:2605.00001",)


def test_a_bridge_makes_two_stored_papers_one() -> None:
    """A record that names both ids of what was stored as two papers makes them one, the one seen first leading."""
    by_arxiv = record(arxiv="2605.00001", authors=())
    by_doi = make_paper(2, id="doi:10.1000/x", aliases=("doi:10.1000/x", "title:other"))
    (decision,) = unite([record(arxiv="2605.00001", doi="10.1000/x")], [known(by_arxiv), known(by_doi)])
    assert set(decision.parts) == {"arxiv:2605.00001", "doi:10.1000/x"}
    assert {"arxiv:2605.00001", "doi:10.1000/x", "title:other"} <= set(decision.paper.aliases)


def test_nothing_new_is_no_decision() -> None:
    """A record that says what is known makes no decision."""
    paper = record(arxiv="2605.00001")
    assert unite([paper], [known(paper)]) == ()


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_records_makes_no_difference(order: tuple[int, ...]) -> None:
    """Title, DOI, arXiv id and all together: one paper, the same in every order, at once or one after the other."""
    records = (
        record(venue="V"),
        record(doi="10.1000/x"),
        record(arxiv="2605.00001"),
        record(arxiv="2605.00001", doi="10.1000/x"),
    )
    (expected,) = unite(records, [])
    (at_once,) = unite([records[place] for place in order], [])
    assert at_once.paper == expected.paper
    stored: dict[str, KnownPaper] = {}
    for place in order:
        for decision in unite([records[place]], tuple(stored.values())):
            for part in decision.parts:
                del stored[part]
            stored[decision.paper.id] = known(decision.paper)
    assert [one.paper for one in stored.values()] == [expected.paper]
