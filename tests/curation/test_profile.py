"""Topics of a site's own: from a file alone, without training."""

from __future__ import annotations

import pytest

from digest.curation.topics import Classifier
from digest.curation.vectors import Directions, unit
from digest.models import Rules, Topic
from digest.site import read_topic, shipped
from tests.builders import make_paper

SHIPPED = tuple(topic for path in sorted(shipped("feeds").glob("*.toml")) if (topic := read_topic(path)))
SPECULATIVE = Topic(
    slug="speculative",
    title="Speculative decoding",
    description="Faster inference of language models: a small model drafts tokens and the large one verifies them.",
    rules=Rules(any=("speculative decoding", "draft model")),
)
OCEAN = Topic(slug="ocean", title="Oceans", description="Marine science, the sea, fish, underwater images and sonar.")


def sure(topic: Topic, title: str, abstract: str = "") -> float:
    """How sure a classifier of the shipped topics and `topic` is that a paper belongs to `topic`."""
    paper = make_paper(1, title=title, abstract=abstract)
    return next(entry.confidence for entry in Classifier([*SHIPPED, topic]).explain(paper) if entry.topic == topic.slug)


def test_a_keyword_in_the_title_decides() -> None:
    """Five keywords are enough for a feed."""
    assert sure(SPECULATIVE, "Tree-structured speculative decoding of large language models") > 0.8


def test_being_alike_alone_does_not_assign_where_there_are_keywords() -> None:
    """A paper near the topic without any of its keywords is ranked before one far from it, and not assigned."""
    title = "Faster language model inference by verifying drafted tokens"
    assert 10 * sure(SPECULATIVE, "Protein folding in yeast") < sure(SPECULATIVE, title)
    assigned = Classifier([*SHIPPED, SPECULATIVE]).assign(make_paper(1, title=title))
    assert SPECULATIVE.slug not in {entry.topic for entry in assigned}


def test_a_description_alone_makes_a_topic() -> None:
    """Without keywords being alike is all there is."""
    assert sure(OCEAN, "Underwater image enhancement", "Images from the sea are dim.") > sure(
        OCEAN, "Scaling laws of language models", "We train transformers."
    )


def test_each_thing_a_description_lists_is_enough() -> None:
    """A paper on one of several unlike things is nearer to a list of them than to the same words as one thing."""
    things = ("protein folding", "court decisions", "weather forecasting", "music composition")
    listed = Topic(slug="mine", title="Mine", description=", ".join(things))
    together = Topic(slug="mine", title="Mine", description=" ".join(things))
    title = "Forecasting the weather"
    assert sure(listed, title) > sure(together, title)


def test_vectors_are_held_against_several_directions_at_once() -> None:
    """The cosine with each, 0 with one that is empty; an empty vector is like none."""
    near, far = unit((3.0, 4.0)), unit((-1.0, 0.0))
    directions = Directions([near, (), far])
    assert directions.likeness(near) == pytest.approx([1.0, 0.0, -0.6], abs=1e-4)
    assert directions.likeness(()) == [0.0, 0.0, 0.0]


def test_the_shipped_topics_keep_their_papers() -> None:
    """A new topic leaves what has nothing to do with it where it was."""
    paper = make_paper(1, title="Zero-shot text-to-speech and voice cloning", abstract="Speech synthesis.")
    assert Classifier([*SHIPPED, SPECULATIVE]).assign(paper) == Classifier(SHIPPED).assign(paper)


def test_example_papers_teach_a_topic() -> None:
    """A paper like an example is surer when the example is known."""
    example = make_paper(7, title="Satellite image segmentation", abstract="Remote sensing of forests from orbit.")
    topic = Topic(slug="project", title="My project", examples=(example.id,))
    paper = make_paper(1, title="Remote sensing and segmentation of satellite imagery")

    def found(classifier: Classifier) -> float:
        return next(entry.confidence for entry in classifier.explain(paper) if entry.topic == "project")

    assert found(Classifier([*SHIPPED, topic], {example.id: example})) > 5 * found(Classifier([*SHIPPED, topic]))


@pytest.mark.parametrize(
    "rules",
    [
        Rules(categories=("cs.SD",)),
        Rules(authors=("Ada Lovelace",)),
        Rules(any=("formant",)),
        Rules(all=("voice", "formant")),
        Rules(min_upvotes=5),
    ],
)
def test_rules_that_hold_assign_the_topic(rules: Rules) -> None:
    """However weak the evidence and whatever else the paper is about, it is in the topic's feed."""
    paper = make_paper(
        1, title="Zero-shot voice cloning", abstract="Speech with formants.", categories=("cs.SD",), upvotes=9
    )
    assigned = Classifier([*SHIPPED, Topic(slug="mine", title="Mine", rules=rules)]).assign(paper)
    assert "mine" in {entry.topic for entry in assigned}
