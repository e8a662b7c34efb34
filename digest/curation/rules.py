"""What a topic file's rules say about a paper, with the evidence a person can check.

A paper is within the rules of a topic when

- at least one of `any` (keywords), `categories`, `authors` and `organizations` holds (those lists are joined by OR;
  when all four are empty, `all` or `min_upvotes` must be given and decides alone),
- and every keyword of `all` occurs,
- and no keyword of `none` occurs,
- and it has `min_upvotes` upvotes at least.

Keywords are looked for in the title, in the keywords the source gave and in the abstract, whole and as
`digest.curation.words` compares. A category `q-bio` stands for all of its archive. Which topic wins is decided
elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple

from digest.curation.people import People
from digest.curation.terms import PaperText
from digest.curation.words import Phrases
from digest.models import Paper, Rules, Topic

# How far one piece of evidence alone goes to decide a topic (0 to 1). Set by judgement; their order matters most.
_TITLE, _GIVEN_KEYWORD, _ABSTRACT = 0.55, 0.35, 0.25
_PRIMARY_CATEGORY, _CROSS_CATEGORY = 0.30, 0.15
_AUTHOR, _ORGANIZATION, _UPVOTES = 0.80, 0.70, 0.50


class Evidence(NamedTuple):
    """One reason of one rule; of two the stronger comes first in their order."""

    doubt: float
    """How likely it misleads, 0 to 1, where nothing else is known."""
    why: str


_Found = dict[str, Evidence]
"""Keyword → what it says at the best of the places where it stands."""


def strength(evidence: Iterable[Evidence]) -> float:
    """Several reasons as one confidence: the chance that not all of them mislead, were they independent (noisy OR)."""
    return 1.0 - prod([piece.doubt for piece in evidence])


class Judgement(NamedTuple):
    """What all rules together say about one paper."""

    evidence: dict[str, tuple[Evidence, ...]]
    """For each topic whose rules hold the reasons, the strongest first."""
    forbidden: frozenset[str]
    """The topics that a keyword of their `none`, or too few upvotes, keep the paper out of."""


class RuleBook:
    """The rules of several topics, prepared to be asked about many papers."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        """Only topics with rules take part."""
        rules_of = {topic.slug: topic.rules for topic in topics if topic.rules != Rules()}
        keywords = {word for rules in rules_of.values() for word in (*rules.any, *rules.all, *rules.none)}
        self._phrases = Phrases(keywords)
        self._in_title = _evidence(keywords, "the title", _TITLE)
        self._given = _evidence(keywords, "the source's keywords", _GIVEN_KEYWORD)
        self._in_abstract = _evidence(keywords, "the abstract", _ABSTRACT)
        self._by_keyword = _inverted({slug: rules.any for slug, rules in rules_of.items()})
        self._by_category = _inverted({slug: rules.categories for slug, rules in rules_of.items()})
        people = {slug: People(rules.authors, rules.organizations) for slug, rules in rules_of.items()}
        self._people = {slug: wanted for slug, wanted in people.items() if wanted}
        self._conditions = {slug: rules for slug, rules in rules_of.items() if _has_conditions(rules)}

    def judge(self, text: PaperText) -> Judgement:
        """What the rules say about one paper."""
        found = self._found(text)
        reasons = self._alternatives(text.paper, found)
        forbidden = frozenset(slug for slug, rules in self._conditions.items() if _vetoes(rules, text.paper, found))
        for slug, rules in self._conditions.items():
            reasons[slug] = [] if slug in forbidden else _with_conditions(rules, reasons[slug], text.paper, found)
        return Judgement({slug: tuple(sorted(pieces)) for slug, pieces in reasons.items() if pieces}, forbidden)

    def _found(self, text: PaperText) -> _Found:
        """Each keyword found, with what it says at the best place it stands in."""
        found = {keyword: self._in_abstract[keyword] for keyword in self._phrases.found(text.abstract)}
        found.update((keyword, self._given[keyword]) for keyword in self._phrases.found(text.keywords))
        found.update((keyword, self._in_title[keyword]) for keyword in self._phrases.found(text.title))
        return found

    def _alternatives(self, paper: Paper, found: _Found) -> defaultdict[str, list[Evidence]]:
        """By topic the reasons of which one is enough, were there no conditions."""
        reasons: defaultdict[str, list[Evidence]] = defaultdict(list)
        for keyword, evidence in found.items():
            for slug in self._by_keyword.get(keyword, ()):
                reasons[slug].append(evidence)
        for slug, evidence in self._category_evidence(paper.categories).items():
            reasons[slug].append(evidence)
        for slug, wanted in self._people.items():
            reasons[slug] += [Evidence(1.0 - _AUTHOR, f"by {name}") for name in wanted.authors_of(paper)]
            reasons[slug] += [Evidence(1.0 - _ORGANIZATION, f"from {name}") for name in wanted.organizations_of(paper)]
        return reasons

    def _category_evidence(self, categories: Sequence[str]) -> dict[str, Evidence]:
        """By topic what the first category says that its rules name, itself or its archive."""
        said: dict[str, Evidence] = {}
        for place, category in enumerate(categories):
            evidence = Evidence(1.0 - (_CROSS_CATEGORY if place else _PRIMARY_CATEGORY), f"arXiv category {category}")
            for name in (category, category.partition(".")[0]):
                for slug in self._by_category.get(name, ()):
                    said.setdefault(slug, evidence)
        return said


def _evidence(keywords: Iterable[str], place: str, weight: float) -> dict[str, Evidence]:
    """What each keyword says when it stands in `place`."""
    return {keyword: Evidence(1.0 - weight, f'"{keyword}" in {place}') for keyword in keywords}


def _inverted(named: dict[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """For each of the names by topic, the topics that have it."""
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for slug, names in named.items():
        for name in dict.fromkeys(names):
            holders[name].append(slug)
    return dict(holders)


def _has_alternatives(rules: Rules) -> bool:
    return bool(rules.any or rules.categories or rules.authors or rules.organizations)


def _has_conditions(rules: Rules) -> bool:
    return bool(rules.all or rules.none or rules.min_upvotes)


def _vetoes(rules: Rules, paper: Paper, found: _Found) -> bool:
    if any(keyword in found for keyword in rules.none):
        return True
    return rules.min_upvotes > 0 and (paper.latest("upvotes") or 0) < rules.min_upvotes


def _with_conditions(rules: Rules, reasons: list[Evidence], paper: Paper, found: _Found) -> list[Evidence]:
    """The reasons with those that `all` adds; none when that does not hold, votes when nothing else was asked."""
    if not all(keyword in found for keyword in rules.all) or (not reasons and _has_alternatives(rules)):
        return []
    every = [*reasons, *(found[keyword] for keyword in rules.all)]
    if not every and rules.min_upvotes:
        return [Evidence(1.0 - _UPVOTES, f"{paper.latest('upvotes')} upvotes")]
    return every
