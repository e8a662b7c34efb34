"""The numbers of `digest topics evaluate`."""

from __future__ import annotations

import pytest

from digest.curation.accuracy import evaluate_by_category, evaluate_topics, judge
from digest.curation.categories import topics_of_category
from digest.curation.labels import Label, check_topics, parse_labels
from digest.curation.topics import Classifier
from digest.errors import SettingsError
from digest.models import Topic
from tests.builders import make_paper

LABELS = {
    **{f"a{number}": Label("audio") for number in range(5)},
    "b1": Label("code", frozenset({"agents"})),
    "b2": Label("code"),
}


def test_labels_are_read_with_and_without_secondary_topics() -> None:
    """Bare ids are arXiv's; comments and empty lines pass; a secondary topic equal to the primary is dropped."""
    text = "# id\tprimary\tsecondary\n2401.00001\tcode\t\n\nopenreview:x\taudio\tvideo, code\n2401.00002\tcode\tcode\n"
    assert parse_labels(text) == {
        "arxiv:2401.00001": Label("code"),
        "openreview:x": Label("audio", frozenset({"video", "code"})),
        "arxiv:2401.00002": Label("code"),
    }


def test_a_label_without_a_topic_is_named() -> None:
    """The error says where."""
    with pytest.raises(SettingsError, match=r"mine\.tsv, line 2: "):
        parse_labels("1\tcode\n2401.00001\n", "mine.tsv")


def test_a_label_may_name_its_paper_in_any_way() -> None:
    """Versions, addresses and DOIs are the paper's; said twice alike it is one label."""
    names = ("2401.00001v2", "arXiv:2401.00001", "https://arxiv.org/abs/2401.00001v1", "10.48550/arXiv.2401.00001")
    text = "".join(f"{name}\tcode\t\n" for name in (*names, "https://doi.org/10.1234/Ab"))
    assert parse_labels(text) == {"arxiv:2401.00001": Label("code"), "doi:10.1234/ab": Label("code")}


def test_two_labels_for_one_paper_are_refused() -> None:
    """Neither would be the right one to judge by."""
    with pytest.raises(SettingsError, match=r"mine\.tsv, line 3: `2401.00001v2` has another label further up"):
        parse_labels("2401.00001\tcode\n2401.00002\tcode\n2401.00001v2\taudio\n", "mine.tsv")


def test_the_report_counts_right_acceptable_and_per_topic() -> None:
    """Four of seven right, one more acceptable; only topics with five papers enter macro-F1."""
    assigned = {"a0": "audio", "a1": "audio", "a2": "audio", "a3": "code", "a4": "video", "b1": "agents", "b2": "code"}
    report = judge(assigned, LABELS | {"missing": Label("code")})
    assert report["papers"] == 7
    assert report["without_paper"] == 1
    assert report["accuracy"] == 0.5714
    assert report["acceptable"] == 0.7143
    assert report["macro_f1"] == 0.75
    per_topic = report["per_topic"]
    assert isinstance(per_topic, dict)
    assert per_topic["audio"] == {"papers": 5, "precision": 1.0, "recall": 0.6, "f1": 0.75}
    assert per_topic["video"] == {"papers": 0, "precision": 0.0, "recall": 0.0, "f1": 0.0}
    assert report["confusions"] == [
        {"label": "audio", "assigned": "code", "papers": 1},
        {"label": "audio", "assigned": "video", "papers": 1},
        {"label": "code", "assigned": "agents", "papers": 1},
    ]


def test_no_papers_is_a_report_of_zeros() -> None:
    """Nothing to judge is no error."""
    assert judge({}, {}) | {"per_topic": None} == {
        "papers": 0,
        "without_paper": 0,
        "accuracy": 0.0,
        "acceptable": 0.0,
        "macro_f1": 0.0,
        "per_topic": None,
        "confusions": [],
        "matrix": {},
    }


def test_papers_are_found_by_any_of_their_names() -> None:
    """A label by DOI judges a paper known by its arXiv id."""
    paper = make_paper(1, title="Speech recognition and text-to-speech", aliases=("arxiv:2605.00001", "doi:10.1/x"))
    report = evaluate_topics(Classifier([Topic(slug="audio", title="Audio")]), [paper], {"doi:10.1/x": Label("audio")})
    assert report["accuracy"] == 1.0


def test_categories_judge_without_being_seen() -> None:
    """A speech paper filed under robotics counts as wrong although its category names a topic; cs.LG judges nothing."""
    audio, robotics = Topic(slug="audio", title="Audio"), Topic(slug="robotics", title="Robotics")
    title = "Speech recognition and text-to-speech"
    papers = [
        make_paper(1, title=title, categories=("cs.SD",)),
        make_paper(2, title=title, categories=("cs.RO",)),
        make_paper(3, title=title, categories=("cs.LG", "cs.SD")),
        make_paper(4, title=title),
    ]
    report = evaluate_by_category(Classifier([audio, robotics]), papers)
    assert report["papers"] == 2
    assert report["accuracy"] == report["acceptable"] == 0.5
    assert report["without_label"] == 2


@pytest.mark.parametrize(
    ("category", "expected"),
    [("cs.SD", {"audio"}), ("q-bio.BM", {"science"}), ("astro-ph", {"science"}), ("cs.LG", set()), ("x", set())],
)
def test_a_category_stands_for_topics(category: str, expected: set[str]) -> None:
    """A category of a known archive stands for that archive; one that holds everything stands for nothing."""
    assert topics_of_category(category) == expected


def test_a_header_and_windows_line_ends_pass() -> None:
    """Tables as spreadsheets write them."""
    for header in ("id\tprimary\tsecondary", "ID\ttopic", "paper\tPrimary", "# mine\n\narxiv_id\tprimary"):
        assert parse_labels(f"{header}\r\n2401.00001\tcode\t\r\n") == {"arxiv:2401.00001": Label("code")}


def test_a_file_without_labels_is_refused() -> None:
    """Nothing can be measured on it."""
    with pytest.raises(SettingsError, match=r"mine\.tsv: has no label"):
        parse_labels("# none yet\n", "mine.tsv")


def test_a_topic_the_site_does_not_have_is_named() -> None:
    """A misspelled topic would otherwise count as a mistake of the classifier."""
    labels = {"arxiv:2401.00001": Label("code"), "arxiv:2401.00002": Label("other", frozenset({"cod"}))}
    with pytest.raises(SettingsError, match="no topic cod;"):
        check_topics(labels, ["code"], "mine.tsv")
