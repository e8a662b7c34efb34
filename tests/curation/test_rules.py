"""The rules of a topic file: which papers they hold for, and the evidence they give."""

from __future__ import annotations

from typing import Any

import pytest

from digest.curation.rules import Evidence, RuleBook, strength
from digest.curation.terms import PaperText
from digest.models import Author, Rules, Topic
from tests.builders import make_paper

PAPER: dict[str, Any] = {
    "title": "Speculative Decoding for Robots",
    "abstract": "We draft tokens with a small model.",
    "keywords": ("KV cache", "drafting"),
    "categories": ("cs.RO", "cs.LG", "q-bio.BM"),
    "authors": (Author(name="Ada Lovelace"), Author(name="Emmy Noether", organization="Göttingen University")),
    "organizations": ("Example Labs Inc.",),
    "upvotes": 12,
}


def judge(rules: Rules, **changes: Any) -> tuple[tuple[Evidence, ...], bool]:
    """The evidence of one topic with `rules`, and whether it is forbidden."""
    judgement = RuleBook([Topic(slug="mine", title="Mine", rules=rules)]).judge(
        PaperText(make_paper(1, **(PAPER | changes)))
    )
    return judgement.evidence.get("mine", ()), "mine" in judgement.forbidden


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (Rules(any=("speculative decoding",)), ['"speculative decoding" in the title']),
        (Rules(any=("kv-cache",)), ['"kv-cache" in the source\'s keywords']),
        (Rules(any=("small models", "absent")), ['"small models" in the abstract']),
        (Rules(all=("robot", "draft")), ['"robot" in the title', '"draft" in the abstract']),
        (Rules(any=("robot",), all=("token",)), ['"robot" in the title', '"token" in the abstract']),
        (Rules(any=("robot",), none=("music",)), ['"robot" in the title']),
        (Rules(categories=("cs.RO",)), ["arXiv category cs.RO"]),
        (Rules(categories=("q-bio",)), ["arXiv category q-bio.BM"]),
        (Rules(categories=("cs.RO",), any=("absent",)), ["arXiv category cs.RO"]),
        (Rules(authors=("A. Lovelace",)), ["by Ada Lovelace"]),
        (Rules(authors=("emmy noether",)), ["by Emmy Noether"]),
        (Rules(organizations=("example lab",)), ["from Example Labs Inc."]),
        (Rules(organizations=("Göttingen",)), ["from Göttingen University"]),
        (Rules(min_upvotes=12), ["12 upvotes"]),
        (Rules(any=("robot",), min_upvotes=10), ['"robot" in the title']),
    ],
)
def test_rules_that_hold_say_why(rules: Rules, why: list[str]) -> None:
    """`any`, categories, authors and organisations are alternatives; `all`, `none` and upvotes are conditions."""
    evidence, forbidden = judge(rules)
    assert [piece.why for piece in evidence] == why
    assert not forbidden


@pytest.mark.parametrize(
    ("rules", "forbidden"),
    [
        (Rules(any=("music",)), False),
        (Rules(all=("robot", "music")), False),
        (Rules(any=("robot",), all=("music",)), False),
        (Rules(any=("robot",), none=("drafting",)), True),
        (Rules(any=("robot",), min_upvotes=13), True),
        (Rules(categories=("cs.CL", "q-fin")), False),
        (Rules(authors=("Byron Lovelace",)), False),
        (Rules(organizations=("ample",)), False),
        (Rules(min_upvotes=13), True),
        (Rules(), False),
    ],
)
def test_rules_that_do_not_hold_give_no_evidence(rules: Rules, *, forbidden: bool) -> None:
    """A word of `none` or too few upvotes also forbid the topic, whatever else speaks for it."""
    assert judge(rules) == ((), forbidden)


def test_a_paper_without_votes_has_none() -> None:
    """A paper whose votes nobody counted does not reach a minimum."""
    assert judge(Rules(min_upvotes=1), upvotes=None) == ((), True)


def test_a_keyword_does_not_reach_from_one_given_keyword_into_the_next() -> None:
    """`cache drafting` is not a keyword of a paper with the keywords `KV cache` and `drafting`."""
    assert judge(Rules(any=("cache drafting",))) == ((), False)


def test_more_evidence_is_stronger_and_never_certain() -> None:
    """Strength grows with every reason and stays below one."""
    half = Evidence(0.5, "half")
    assert [strength([half] * count) for count in (0, 1, 2)] == [0.0, 0.5, 0.75]
