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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from digest.curation.terms import PaperText
from digest.curation.words import Phrases, spell
from digest.models import Author, Paper, Rules, Topic

# How far one piece of evidence alone goes to decide a topic (0 to 1). Set by judgement; their order matters most.
_TITLE, _GIVEN_KEYWORD, _ABSTRACT = 0.55, 0.35, 0.25
_PRIMARY_CATEGORY, _CROSS_CATEGORY = 0.30, 0.15
_AUTHOR, _ORGANIZATION, _UPVOTES = 0.80, 0.70, 0.50

_Places = dict[str, tuple[str, float]]
"""Keyword → where it stands and what that weighs."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason of one rule: `weight` is how sure it alone makes us, 0 to 1."""

    why: str
    weight: float


def strength(evidence: Iterable[Evidence]) -> float:
    """Several reasons as one confidence: the chance that not all of them mislead, were they independent (noisy OR)."""
    doubt = 1.0
    for piece in evidence:
        doubt *= 1.0 - piece.weight
    return 1.0 - doubt


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
        self._rules = {topic.slug: topic.rules for topic in topics if topic.rules != Rules()}
        self._any = {slug: frozenset(rules.any) for slug, rules in self._rules.items()}
        self._phrases = Phrases(
            keyword for rules in self._rules.values() for keyword in (*rules.any, *rules.all, *rules.none)
        )
        self._strict = [slug for slug, rules in self._rules.items() if rules.none or rules.min_upvotes]
        self._always = [slug for slug, rules in self._rules.items() if _needs_a_look(rules)]
        self._by_clue: dict[str, list[str]] = {}
        for slug, rules in self._rules.items():
            for clue in {*rules.any, *rules.all, *(_category_clue(name) for name in rules.categories)}:
                self._by_clue.setdefault(clue, []).append(slug)

    def judge(self, text: PaperText) -> Judgement:
        """What the rules say about one paper."""
        places = self._places(text)
        names = text.paper.categories
        clues = (*places, *map(_category_clue, names), *(_category_clue(name.partition(".")[0]) for name in names))
        asked = dict.fromkeys([*self._always, *(slug for clue in clues for slug in self._by_clue.get(clue, ()))])
        reasons = {slug: self._reasons(slug, text.paper, places) for slug in asked}
        vetoed = (slug for slug in self._strict if _vetoes(self._rules[slug], text.paper, places))
        return Judgement({slug: pieces for slug, pieces in reasons.items() if pieces}, frozenset(vetoed))

    def _places(self, text: PaperText) -> _Places:
        """Each keyword found, with the best place it stands in and the weight of that place."""
        return (
            dict.fromkeys(self._phrases.found(text.abstract), ("the abstract", _ABSTRACT))
            | dict.fromkeys(self._phrases.found(text.keywords), ("the source's keywords", _GIVEN_KEYWORD))
            | dict.fromkeys(self._phrases.found(text.title), ("the title", _TITLE))
        )

    def _reasons(self, slug: str, paper: Paper, places: _Places) -> tuple[Evidence, ...]:
        """Why the paper is within the rules of one topic, the strongest reason first; empty when it is not."""
        rules = self._rules[slug]
        if _vetoes(rules, paper, places) or not all(keyword in places for keyword in rules.all):
            return ()
        wanted = self._any[slug]
        reasons = [
            *(Evidence(f'"{word}" in {place}', weight) for word, (place, weight) in places.items() if word in wanted),
            *_category_evidence(rules, paper),
            *_people_evidence(rules, paper),
        ]
        if not reasons and _has_alternatives(rules):
            return ()
        reasons += [Evidence(f'"{word}" in {places[word][0]}', places[word][1]) for word in rules.all]
        if not reasons:
            reasons = [Evidence(f"{paper.latest('upvotes')} upvotes", _UPVOTES)]
        return tuple(sorted(reasons, key=lambda reason: (-reason.weight, reason.why)))


def _has_alternatives(rules: Rules) -> bool:
    return bool(rules.any or rules.categories or rules.authors or rules.organizations)


def _needs_a_look(rules: Rules) -> bool:
    """Whether the rules may hold for a paper that has none of their keywords and categories."""
    people = rules.authors or rules.organizations
    return bool(people or (rules.min_upvotes and not rules.all and not _has_alternatives(rules)))


def _category_clue(name: str) -> str:
    return f"category {name}"


def _vetoes(rules: Rules, paper: Paper, places: _Places) -> bool:
    if any(keyword in places for keyword in rules.none):
        return True
    return rules.min_upvotes > 0 and (paper.latest("upvotes") or 0) < rules.min_upvotes


def _category_evidence(rules: Rules, paper: Paper) -> list[Evidence]:
    for place, category in enumerate(paper.categories):
        if category in rules.categories or category.partition(".")[0] in rules.categories:
            return [Evidence(f"arXiv category {category}", _CROSS_CATEGORY if place else _PRIMARY_CATEGORY)]
    return []


def _people_evidence(rules: Rules, paper: Paper) -> list[Evidence]:
    found = [
        Evidence(f"by {author.name}", _AUTHOR)
        for author in paper.authors
        if any(_same_person(wanted, author) for wanted in rules.authors)
    ]
    if rules.organizations:
        names = dict.fromkeys([*paper.organizations, *(author.organization or "" for author in paper.authors)])
        wanted = Phrases(rules.organizations)
        found += [Evidence(f"from {name}", _ORGANIZATION) for name in names if wanted.found(spell(name))]
    return found


def _same_person(wanted: str, author: Author) -> bool:
    """Whether two spellings can be one person: the same last name, and no first name that contradicts the other's."""
    asked, given = spell(wanted), spell(author.name)
    if not asked or not given or asked[-1] != given[-1]:
        return False
    return all(
        a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in zip(asked[:-1], given[:-1], strict=False)
    )
