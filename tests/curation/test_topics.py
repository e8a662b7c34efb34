"""Assigning topics: the shipped topics, a site's own, and what is said about it."""

from __future__ import annotations

from typing import Any

import pytest

from digest.curation.topics import Classifier, fingerprint
from digest.models import OTHER, Paper, Rules, Topic
from digest.site import read_topic, shipped
from tests.builders import make_paper


@pytest.fixture(scope="module")
def topics() -> tuple[Topic, ...]:
    """The eighteen shipped topics."""
    files = sorted(shipped("feeds").glob("*.toml"))
    return tuple(topic for path in files if (topic := read_topic(path)))


@pytest.fixture(scope="module")
def classifier(topics: tuple[Topic, ...]) -> Classifier:
    """A classifier of the shipped topics."""
    return Classifier(topics)


def paper(title: str, abstract: str = "", **fields: Any) -> Paper:
    """A paper of which little more than the title is known."""
    return make_paper(1, title=title, abstract=abstract, **fields)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Scaling laws for multilingual language model pre-training", "language-models"),
        ("Process rewards improve chain-of-thought mathematical reasoning", "reasoning"),
        ("A benchmark for GUI agents that use a web browser", "agents"),
        ("Repository-level program repair on SWE-bench with code LLMs", "code"),
        ("Jailbreak attacks and safety guardrails of aligned models", "alignment-and-safety"),
        ("Dense retrieval and reranking for recommender systems", "retrieval"),
        ("Multimodal large language models for visual question answering and OCR", "vision-language"),
        ("Text-to-image diffusion with personalised image editing", "image-generation"),
        ("Autoregressive video diffusion for interactive world models", "video"),
        ("3D Gaussian splatting for novel view synthesis", "3d"),
        ("Open-vocabulary object detection and instance segmentation", "perception"),
        ("Zero-shot text-to-speech and voice cloning", "audio"),
        ("Vision-language-action models for dexterous robotic manipulation", "robotics"),
        ("Offline reinforcement learning with Q-functions on MuJoCo", "reinforcement-learning"),
        ("Speculative decoding and KV cache quantization for LLM serving", "efficiency"),
        ("Protein structure generation for drug discovery", "science"),
        ("Convergence of stochastic gradient descent and time series forecasting", "machine-learning"),
        ("Law, education and the economics of labor markets", "society"),
    ],
)
def test_a_clear_paper_is_in_its_topic(classifier: Classifier, title: str, expected: str) -> None:
    """Each shipped topic gets a paper whose title says it plainly, and with some confidence."""
    primary = classifier.assign(paper(title))[0]
    assert primary.topic == expected
    assert 0.3 < primary.confidence <= 1
    assert primary.why


def test_a_paper_between_topics_has_a_secondary_one(classifier: Classifier) -> None:
    """A paper about two things is in one section and in both feeds."""
    assigned = classifier.assign(paper("Watermarking and jailbreak attacks on text-to-image diffusion models"))
    assert {entry.topic for entry in assigned} >= {"alignment-and-safety", "image-generation"}
    assert len(assigned) <= 3
    assert [entry.confidence for entry in assigned] == sorted((e.confidence for e in assigned), reverse=True)


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("", ""),
        ("Lorem ipsum dolor", ""),
        ("зверь и птица", ""),
        ("$x^2$", ""),
        ("A recipe for chocolate cake", "Mix butter, sugar and eggs, then bake for forty minutes until golden."),
    ],
)
def test_what_is_about_none_of_the_topics_is_other(classifier: Classifier, title: str, abstract: str) -> None:
    """No topic is better than an absurd one."""
    (only,) = classifier.assign(paper(title, abstract))
    assert (only.topic, only.confidence) == (OTHER, 0.0)


def test_the_reason_names_what_the_paper_says(classifier: Classifier) -> None:
    """The line is made of words of the paper, and of where they stand."""
    assert classifier.assign(paper("Faster speculative decoding"))[0].why.startswith(
        '"speculative decoding" in the title'
    )


def test_a_forbidden_topic_is_never_assigned(topics: tuple[Topic, ...]) -> None:
    """A site's `none` overrules what the model has learned."""
    strict = Topic(slug="audio", title="Audio", rules=Rules(none=("singing",)))
    others = [topic for topic in topics if topic.slug != "audio"]
    assigned = Classifier([strict, *others]).assign(paper("Singing voice synthesis and music generation"))
    assert "audio" not in {entry.topic for entry in assigned}


def test_only_topics_of_the_site_are_assigned(topics: tuple[Topic, ...]) -> None:
    """A trained topic that the site does not publish is not assigned."""
    own = [topic for topic in topics if topic.slug in {"audio", "code"}]
    named = Classifier(own).assign(paper("3D Gaussian splatting for novel view synthesis"))
    assert {entry.topic for entry in named} <= {"audio", "code", OTHER}


def test_a_topic_of_ones_own_works_by_its_rules(topics: tuple[Topic, ...]) -> None:
    """A topic the model does not know takes the papers its keywords name."""
    own = Topic(slug="bees", title="Bees", rules=Rules(any=("honey bee", "apiary")))
    assigned = Classifier([*topics, own]).assign(paper("Honey bees in the apiary"))
    assert assigned[0].topic == "bees"
    assert assigned[0].why == '"apiary" in the title, "honey bee" in the title'


@pytest.mark.parametrize("rules", [Rules(any=("grasping", "quadruped", "gripper")), Rules()])
@pytest.mark.parametrize(
    "title",
    ["Dexterous grasping with a learned policy", "Quadruped locomotion on rough terrain", "A soft robot gripper"],
)
def test_a_topic_of_ones_own_takes_the_place_of_a_removed_one(
    topics: tuple[Topic, ...], rules: Rules, title: str
) -> None:
    """What the model is sure belongs to a shipped topic that was removed goes to the site's own that overlaps it.

    By keywords, or by the description where there are none; and not to `OTHER`, as without a topic of one's own.
    """
    others = [topic for topic in topics if topic.slug != "robotics"]
    removed = next(topic for topic in topics if topic.slug == "robotics")
    own = Topic(slug="robots", title="Robots", description=removed.description, rules=rules)
    subject = paper(title, "Robot manipulation and locomotion, learned in simulation and tried on real robots.")
    assert Classifier(others).assign(subject)[0].topic == OTHER
    assert Classifier([*others, own]).assign(subject)[0].topic == "robots"


def test_keywords_of_ones_own_decide_also_where_a_shipped_topic_was_removed(topics: tuple[Topic, ...]) -> None:
    """A file with keywords takes no paper without one, however like its description it is."""
    others = [topic for topic in topics if topic.slug != "robotics"]
    own = Topic(slug="robots", title="Robots", rules=Rules(any=("exoskeleton",)))
    subject = paper("Dexterous grasping with a learned policy", "Robot manipulation, tried on real robots.")
    assert "robots" not in {entry.topic for entry in Classifier([*others, own]).assign(subject)}


def test_explain_ranks_every_topic(classifier: Classifier, topics: tuple[Topic, ...]) -> None:
    """Nothing is hidden from who asks why, and the first is what is assigned."""
    subject = paper("Speculative decoding for speech recognition")
    explained = classifier.explain(subject)
    assert {entry.topic for entry in explained} == {topic.slug for topic in topics}
    assert explained[0] == classifier.assign(subject)[0]


def test_assignments_repeat_exactly(topics: tuple[Topic, ...], classifier: Classifier) -> None:
    """The same paper and topics give the same assignments, in another classifier too."""
    subject = paper("Agents that write code for robots", "A benchmark of tool use, planning and memory.")
    assert Classifier(topics).assign(subject) == classifier.assign(subject)


def test_the_fingerprint_changes_with_any_topic_file(topics: tuple[Topic, ...]) -> None:
    """Stored assignments are known to be out of date when a keyword, a title or the order changed."""
    more = Topic(slug="bees", title="Bees")
    prints = {fingerprint(given) for given in (topics, topics[:-1], [*topics, more], topics[::-1])}
    assert len(prints) == 4
    assert fingerprint(topics) == fingerprint(list(topics))
