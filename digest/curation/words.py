"""Text as comparable words, and phrases found in it whole.

Two spellings of a phrase are the same when they differ in case, in a simple plural (`world models`), or in hyphens
against spaces or nothing (`pre-training`, `pre training`, `pretraining`). Nothing here stems further, so `train`
does not find `training` and `rag` does not find `fragment`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:\+\+|#(?!\w))?")
_SIBILANT_PLURAL = ("sses", "shes", "ches", "xes", "zes")
_SINGULAR_ENDING = ("ss", "us", "is")
_SHORTEST_PLURAL = 4
_SHORTEST_PART = 3


@lru_cache(maxsize=65_536)
def singular(word: str) -> str:
    """A lower-case word without the simple English plural: `policies` → `policy`, `llms` → `llm`, `bias` stays."""
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(_SINGULAR_ENDING):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(_SIBILANT_PLURAL) else word[:-1]


def spell(text: str) -> list[str]:
    """The words of `text` in order: NFKC, lower case, singular, parted at hyphens."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return list(map(singular, _WORD.findall(plain.casefold())))


class Phrases:
    """Many phrases looked for in one walk over a text."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """`phrases` as people write them; one without a letter or digit is never found."""
        self._single: dict[str, list[str]] = {}
        self._longer: dict[tuple[str, ...], list[tuple[list[str], str]]] = {}
        for phrase in dict.fromkeys(phrases):
            for words in _spellings(phrase):
                if len(words) == 1:
                    self._single.setdefault(words[0], []).append(phrase)
                else:
                    self._longer.setdefault((words[0], words[1]), []).append((words, phrase))
        self._begin = frozenset(first for first, _ in self._longer)

    def found(self, words: list[str]) -> set[str]:
        """The phrases that occur among `words`, spelled as they were given."""
        found = {phrase for word in self._single.keys() & set(words) for phrase in self._single[word]}
        begin = self._begin
        for place in [place for place, word in enumerate(words) if word in begin]:
            for spelled, phrase in self._longer.get(tuple(words[place : place + 2]), ()):
                if words[place : place + len(spelled)] == spelled:
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
