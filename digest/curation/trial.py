"""Trying a topic file before it is used: which papers it would have caught, how surely, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from digest.curation.topics import Classifier
from digest.models import Assignment, Paper, Topic

LEAST_CONFIDENCE = 0.1
"""Papers less sure than this are not worth a line."""


class Caught(NamedTuple):
    """A paper that a topic file speaks for."""

    paper: Paper
    belonging: Assignment
    assigned: bool
    """Whether it would be in the topic's feed; otherwise it only comes near."""


def try_topic(
    topic: Topic,
    topics: Sequence[Topic],
    papers: Iterable[Paper],
    examples: Mapping[str, Paper] | None = None,
) -> tuple[Caught, ...]:
    """What `topic` would catch of `papers` beside the site's `topics`, surest first.

    A topic of the same slug in `topics` is replaced by it.
    """
    others = [other for other in topics if other.slug != topic.slug]
    classifier = Classifier([*others, topic], examples)
    caught = []
    for paper in papers:
        belonging = classifier.belonging(paper, topic.slug)
        if belonging and belonging.confidence >= LEAST_CONFIDENCE:
            assigned = any(entry.topic == topic.slug for entry in classifier.assign(paper))
            caught.append(Caught(paper, belonging, assigned))
    return tuple(sorted(caught, key=lambda entry: (-entry.belonging.confidence, entry.paper.id)))
