"""Trying a topic file."""

from __future__ import annotations

from digest.curation.trial import try_topic
from digest.models import Rules, Topic
from tests.builders import TOPICS, make_paper

PAPERS = [
    make_paper(1, title="Speculative decoding with trees"),
    make_paper(2, title="Serving language models", abstract="We compare with speculative decoding."),
    make_paper(3, title="Protein folding", abstract="Structures of proteins."),
]
TOPIC = Topic(slug="speculative", title="Speculative decoding", rules=Rules(any=("speculative decoding",)))


def test_what_a_file_would_catch_is_listed_surest_first() -> None:
    """The paper that says it in the title comes first and is in the feed; what is about something else is absent."""
    caught = try_topic(TOPIC, TOPICS, PAPERS)
    assert [entry.paper.id for entry in caught][:1] == [PAPERS[0].id]
    assert PAPERS[2].id not in {entry.paper.id for entry in caught}
    assert caught[0].assigned
    assert caught[0].belonging.why == '"speculative decoding" in the title'
    assert [entry.belonging.confidence for entry in caught] == sorted(
        (entry.belonging.confidence for entry in caught), reverse=True
    )


def test_a_changed_file_replaces_the_one_it_is_named_after() -> None:
    """Trying a new `none` shows what it would keep out."""
    before = try_topic(TOPIC, [*TOPICS, TOPIC], PAPERS)
    strict = Topic(slug=TOPIC.slug, title=TOPIC.title, rules=Rules(any=TOPIC.rules.any, none=("tree",)))
    after = try_topic(strict, [*TOPICS, TOPIC], PAPERS)
    assert {entry.paper.id for entry in before} - {entry.paper.id for entry in after} == {PAPERS[0].id}
