"""Text as comparable words, and phrases found in it whole.

Two spellings of a phrase are the same when they differ in case, in a simple plural (`world models`), or in hyphens
against spaces or nothing (`pre-training`, `pre training`, `pretraining`). Nothing here stems further, so `train`
does not find `training` and `rag` does not find `fragment`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise
from sys import intern

_LETTERS = bytes(ord(chr(code).lower()) if chr(code).isascii() and chr(code).isalnum() else 32 for code in range(256))
"""What each byte of an ASCII text is as part of a word: lower case, or a space."""
WORD = re.compile(r"[^\W_]+(?:\+\+|#(?!\w))?")
"""A word as it stands in a text."""
_SIBILANT_PLURAL = ("sses", "shes", "ches", "xes", "zes")
_SINGULAR_ENDING = ("ss", "us", "is")
_MOST_WORDS = 65_536
_SHORTEST_PLURAL = 4
_SHORTEST_PART = 3


def singular(word: str) -> str:
    """A lower-case word without the simple English plural: `policies` → `policy`, `llms` → `llm`, `bias` stays."""
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(_SINGULAR_ENDING):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(_SIBILANT_PLURAL) else word[:-1]


class _Singulars(dict[str, str]):
    """The words met so far without their plural, forgotten when they become many."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_WORDS:
            self.clear()
        self[intern(word)] = found = intern(singular(word))
        return found


_singulars = _Singulars()


def spell(text: str) -> list[str]:
    """The words of `text` in order: NFKC, lower case, singular, parted at hyphens."""
    if text.isascii() and "+" not in text and "#" not in text:
        words = text.encode("ascii").translate(_LETTERS).decode("ascii").split()  # as `WORD` has it, but quicker
    else:
        words = WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return list(map(_singulars.__getitem__, words))


class Passage:
    """A text as its words, with what is asked of it again and again."""

    __slots__ = ("distinct", "neighbours", "words")

    def __init__(self, text: str) -> None:
        self.words = spell(text)
        """In order."""
        self.distinct = set(self.words)
        self.neighbours = set(pairwise(self.words))
        """All pairs of words that stand next to each other."""

    def has(self, words: list[str]) -> bool:
        """Whether `words`, at least one, stand somewhere one after the other."""
        start, size = -1, len(words)
        for _ in range(self.words.count(words[0])):
            start = self.words.index(words[0], start + 1)
            if self.words[start : start + size] == words:
                return True
        return False


class Phrases:
    """Many phrases looked for in a passage at once."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """`phrases` as people write them; one without a letter or digit is never found."""
        self._single: dict[str, list[str]] = {}
        self._longer: dict[tuple[str, str], list[tuple[set[tuple[str, str]], list[str], str]]] = {}
        for phrase in dict.fromkeys(phrases):
            for words in _spellings(phrase):
                if len(words) == 1:
                    self._single.setdefault(words[0], []).append(phrase)
                else:
                    beginning, *further = pairwise(words)
                    self._longer.setdefault(beginning, []).append((set(further), words, phrase))
        self._words, self._beginnings = frozenset(self._single), frozenset(self._longer)

    def found(self, passage: Passage) -> set[str]:
        """The phrases that occur in `passage`, spelled as they were given."""
        found = {phrase for word in self._words & passage.distinct for phrase in self._single[word]}
        for beginning in self._beginnings & passage.neighbours:
            for further, words, phrase in self._longer[beginning]:
                if not further or (further <= passage.neighbours and passage.has(words)):
                    found.add(phrase)
        return found


def _spellings(phrase: str) -> Iterator[list[str]]:
    """The word sequences that count as `phrase`: parted at hyphens, joined at them, or one long word in two parts."""
    parted, joined = spell(phrase), spell(phrase.replace("-", ""))
    if parted:
        yield parted
    if joined and joined != parted:
        yield joined
    for place, word in enumerate(parted):
        for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            yield [*parted[:place], singular(word[:cut]), word[cut:], *parted[place + 1 :]]
