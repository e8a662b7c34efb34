"""What of a paper the topic model looks at: its words and word pairs, by place, and its categories.

A term is a word (`robot`), a pair of neighbouring words (`speculative decoding`) or a category (`c:cs.RO`, `c1:cs.RO`
for the primary one). Whether a term occurs matters, how often does not. What a term speaks for is
`digest.curation.model`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from digest.curation.words import spell
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
_SAYING = dict.fromkeys(STOP_WORDS, "")
"""What stands for a word, where that is not the word itself."""


def terms(words: list[str]) -> set[str]:
    """The words that say something, and the pairs of neighbours that both do."""
    saying = list(map(_SAYING.get, words, words))
    kept = set(saying)
    kept.difference_update([word for word in kept if len(word) < 2])  # noqa: PLR2004 - a letter says nothing
    kept.update([f"{first} {second}" for first, second in pairwise(saying) if first and second])
    return kept


@dataclass(frozen=True)
class PaperText:
    """A paper's text, spelled once for all who look at it."""

    paper: Paper

    @cached_property
    def title(self) -> list[str]:
        """The title."""
        return spell(self.paper.title)

    @cached_property
    def abstract(self) -> list[str]:
        """The abstract."""
        return spell(self.paper.abstract)

    @cached_property
    def keywords(self) -> list[str]:
        """The keywords the source gave, one after the other."""
        return spell(f" {_BORDER} ".join(self.paper.keywords))

    @cached_property
    def title_terms(self) -> set[str]:
        """The terms of the title, which count twice."""
        return terms(self.title)

    @cached_property
    def all_terms(self) -> set[str]:
        """The terms of title, abstract and keywords, and the categories."""
        found = self.title_terms | terms(self.abstract) | terms(self.keywords)
        categories = self.paper.categories
        return found.union((f"c:{name}" for name in categories), (f"c1:{name}" for name in categories[:1]))
