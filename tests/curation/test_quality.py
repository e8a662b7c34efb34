"""Floors under the quality that docs/quality.md states; far enough below it that only a real loss fails them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from digest.curation.accuracy import evaluate_by_category, evaluate_topics
from digest.curation.labels import parse_labels
from digest.curation.model import load_model
from digest.curation.similar import SimilarPapers
from digest.curation.topics import Classifier
from digest.models import Paper, Topic
from digest.site import read_topic, shipped
from tests.builders import make_paper


@pytest.fixture(scope="module")
def arxiv_papers(shared_data: Path) -> list[Paper]:
    """arXiv papers in balance over its categories, none of them learned from."""
    records = map(json.loads, (shared_data / "topics" / "dev.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        make_paper(
            number,
            title=record["title"],
            abstract=record["abstract"],
            categories=tuple(record["categories"]),
            keywords=(),
        )
        for number, record in enumerate(records)
    ]


@pytest.fixture(scope="module")
def topics() -> list[Topic]:
    """The eighteen shipped topics."""
    return [topic for path in sorted(shipped("feeds").glob("*.toml")) if (topic := read_topic(path))]


def test_the_shipped_topics_are_the_trained_ones(topics: list[Topic]) -> None:
    """A topic file for each topic the model knows, each with a description and keywords, each with its own place."""
    assert {topic.slug for topic in topics} == set(load_model().topics)
    assert all(topic.description and topic.rules.any for topic in topics)
    assert sorted(topic.order for topic in topics) == list(range(1, 19))


def test_the_model_says_what_it_was_made_from() -> None:
    """Provenance and the cross-validated numbers travel with the weights, and the numbers are above the bars."""
    provenance = load_model().provenance
    assert date.fromisoformat(str(provenance["trained_on"]))
    measured = provenance["cross_validated"]
    assert isinstance(measured, dict)
    assert measured["accuracy"] >= 0.80
    assert measured["acceptable"] >= 0.92
    assert measured["macro_f1"] >= 0.72


def test_papers_nobody_labelled_are_in_topics_their_category_allows(
    topics: list[Topic], arxiv_papers: list[Paper]
) -> None:
    """arXiv papers, judged by categories the classifier does not see."""
    report = evaluate_by_category(Classifier(topics), arxiv_papers)
    assert report["papers"] == 2116
    assert report["accuracy"] > 0.80
    assert report["macro_f1"] > 0.80


def test_similar_papers_are_of_one_category(arxiv_papers: list[Paper]) -> None:
    """Nearly all papers find five like them, of which two in five have the very same of some sixty categories."""
    category = {paper.id: paper.categories[0] for paper in arxiv_papers}
    index = SimilarPapers(arxiv_papers)
    asked = arxiv_papers[::15]
    pairs = [(paper.id, similar.paper) for paper in asked for similar in index.like(paper)]
    assert len(pairs) > 4 * len(asked)
    assert sum(category[paper] == category[similar] for paper, similar in pairs) > 0.37 * len(pairs)


def test_labelled_papers_are_where_they_were_learned(topics: list[Topic], shared_data: Path) -> None:
    """The shipped weights fit the shipped words and rules: what was learned is found again."""
    papers: dict[str, Paper] = {}
    for path in sorted((shared_data / "hf_daily").glob("2026-05-*.json")):
        for item in json.loads(path.read_text(encoding="utf-8")):
            known = item["paper"]
            papers[known["id"]] = make_paper(
                1, id=f"arxiv:{known['id']}", aliases=(), title=known["title"], abstract=known["summary"], keywords=()
            )
    labels = parse_labels((shared_data / "topics" / "hf_topics.tsv").read_text(encoding="utf-8"))
    report = evaluate_topics(Classifier(topics), papers.values(), labels)
    assert report["accuracy"] > 0.95
