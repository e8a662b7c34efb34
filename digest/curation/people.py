"""People and organisations that somebody named, found again in what a paper says of its authors."""

from __future__ import annotations

from collections.abc import Sequence

from digest.curation.words import Passage, Phrases, spell
from digest.models import Paper


class People:
    """Some people and some words of organisations' names; false when there are none."""

    def __init__(self, authors: Sequence[str], organizations: Sequence[str]) -> None:
        self._authors = [words for name in authors if (words := spell(name))]
        self._organizations = Phrases(organizations) if organizations else None

    def __bool__(self) -> bool:
        return bool(self._authors or self._organizations)

    def authors_of(self, paper: Paper) -> list[str]:
        """The names of the paper's authors who are among them."""
        if not self._authors:
            return []
        return [author.name for author in paper.authors if self._includes(spell(author.name))]

    def organizations_of(self, paper: Paper) -> list[str]:
        """The paper's organisations, its own and its authors', that have one of the words in their name."""
        if self._organizations is None:
            return []
        names = dict.fromkeys([*paper.organizations, *(author.organization or "" for author in paper.authors)])
        return [name for name in names if self._organizations.found(Passage(name))]

    def _includes(self, given: Sequence[str]) -> bool:
        return any(_same_person(wanted, given) for wanted in self._authors)


def _same_person(asked: Sequence[str], given: Sequence[str]) -> bool:
    """Whether two names can be one person's: the same last word, and none before it that contradicts the other's."""
    if not given or asked[-1] != given[-1]:
        return False
    return all(
        a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in zip(asked[:-1], given[:-1], strict=False)
    )
