"""Facts about a paper's own page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from digest.models import Query, Signal
from digest.web.chart import HEIGHT, WIDTH, chart
from tests.web.conftest import NOW


def votes(*values):
    """Observations an hour apart."""
    return [
        Signal(metric="upvotes", value=value, observed_at=NOW + timedelta(hours=hour))
        for hour, value in enumerate(values)
    ]


def test_it_shows_what_is_known(web):
    """Title, every author, abstract, topics, votes over time, similar papers that have pages of their own."""
    known = max(web.store.find_papers(Query()), key=lambda one: len(one.paper.signals))
    answer = web.client.get(f"/papers/{known.paper.id}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300"
    for part in ('id="abstract"', 'id="topics"', "<svg", 'id="similar"'):
        assert part in answer.text, part
    assert "<script" not in answer.text


@pytest.mark.parametrize("name", ["2605.15298", "arxiv:2605.15298", "2605.15298v2", "https://arxiv.org/abs/2605.15298"])
def test_any_name_of_a_paper_opens_it(web, name):
    """Hugging Face's address, our id, a version, an address."""
    assert "PhysBrain" in web.client.get(f"/papers/{name}").text


@pytest.mark.parametrize(
    ("form", "start", "media_type"),
    [("bibtex", "@", "application/x-bibtex"), ("ris", "TY  -", "application/x-research-info-systems")],
)
def test_it_is_cited(web, form, start, media_type):
    """BibTeX and RIS as files."""
    answer = web.client.get("/papers/2605.15298", params={"as": form})
    assert answer.text.startswith(start)
    assert answer.headers["content-type"].startswith(media_type)
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["2001.00001", "x", "%3Cscript%3E", "../digest.toml", "a" * 2000])
def test_an_unknown_paper_is_not_found(web, name):
    """404 without an echo."""
    answer = web.client.get(f"/papers/{name}")
    assert answer.status_code == 404
    assert "<script" not in answer.text


def test_every_paper_has_a_page(web):
    """Hostile titles included."""
    for known in web.store.find_papers(Query()):
        answer = web.client.get(f"/papers/{known.paper.id.removeprefix('arxiv:')}")
        assert answer.status_code == 200, known.paper.id
        assert "<script" not in answer.text


def test_a_line_needs_two_moments():
    """One observation is no line."""
    assert chart(votes(5), "upvotes") is None
    assert chart([], "upvotes") is None


def test_the_line_spans_the_box():
    """The first moment left, the last right, the most at the top, nothing at the bottom."""
    drawn = chart(votes(0, 5, 10), "upvotes")
    assert drawn.points == f"0.0,{HEIGHT:.1f} {WIDTH / 2:.1f},{HEIGHT / 2:.1f} {WIDTH:.1f},0.0"
    assert chart(votes(0, 0), "upvotes").points == f"0.0,{HEIGHT:.1f} {WIDTH:.1f},{HEIGHT:.1f}"
