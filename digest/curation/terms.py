"""What of a paper the topic model looks at: its words and word pairs, by place, and its categories.

A term is a word (`robot`), a pair of neighbouring words (`speculative decoding`) or a category (`c:cs.RO`, `c1:cs.RO`
for the primary one). Whether a term occurs matters, how often does not. What a term speaks for is
`digest.curation.model`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from sys import intern

from digest.curation.words import Passage
from digest.models import Paper

_STOP_WORDS = """
a also an and approach are as at be been between both by can for from has have however in into is it its introduce
method model more most not of on or our over paper present propose proposed result show such than that the their these
they this through to use used using via we which while with work based
"""
_BORDER = "qqqq"
"""Between two keywords: a word no paper has, so that no phrase and no pair reaches from one into the next."""
STOP_WORDS = frozenset([*_STOP_WORDS.split(), _BORDER])
"""Words that say nothing about a topic."""


def terms(passage: Passage) -> set[str]:
    """The words that say something, and the pairs of neighbours that both do."""
    kept = {word for word in passage.distinct - STOP_WORDS if len(word) > 1}
    kept.update(
        [
            f"{first} {second}"
            for first, second in passage.neighbours
            if first not in STOP_WORDS and second not in STOP_WORDS
        ]
    )
    return kept


@dataclass(frozen=True)
class PaperText:
    """A paper's text, spelled once for all who look at it."""

    paper: Paper

    @cached_property
    def title(self) -> Passage:
        """The title."""
        return Passage(self.paper.title)

    @cached_property
    def abstract(self) -> Passage:
        """The abstract."""
        return Passage(self.paper.abstract)

    @cached_property
    def keywords(self) -> Passage:
        """The keywords the source gave, one after the other."""
        return Passage(f" {_BORDER} ".join(self.paper.keywords))

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The terms of its categories."""
        names = self.paper.categories
        return (*(f"c:{name}" for name in names), *(f"c1:{name}" for name in names[:1]))

    @cached_property
    def title_terms(self) -> set[str]:
        """The terms of the title, which count twice."""
        return terms(self.title)

    @cached_property
    def all_terms(self) -> set[str]:
        """The terms of title, abstract and keywords, and the categories."""
        return (self.title_terms | terms(self.abstract) | terms(self.keywords)).union(self.categories)


class KnownTerms:
    """Some terms, found in papers faster than all terms of a paper can be named."""

    def __init__(self, known: Iterable[str]) -> None:
        self._pairs: dict[tuple[str, str], str] = {}
        words = []
        for term in known:
            first, space, second = term.partition(" ")
            if space:
                self._pairs[intern(first), intern(second)] = term
            else:
                words.append(intern(term))
        self._words, self._neighbours = frozenset(words), frozenset(self._pairs)

    def of(self, text: PaperText) -> tuple[set[str], set[str]]:
        """Those of a paper's title, and those it has elsewhere only."""
        title = self._within(text.title)
        elsewhere = self._within(text.abstract)
        elsewhere |= self._within(text.keywords)
        elsewhere |= self._words.intersection(text.categories)
        elsewhere -= title
        return title, elsewhere

    def _within(self, passage: Passage) -> set[str]:
        found = passage.distinct & self._words
        found.update(map(self._pairs.__getitem__, passage.neighbours & self._neighbours))
        return found
