"""How papers write a phrase: `time training`, found word by word, is `test-time training` to who reads it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from digest.curation.terms import STOP_WORDS
from digest.curation.words import WORD, singular
from digest.models import Paper

_LONGER = 2 / 3
"""Of the papers with a phrase, the share that must have a word before or after it for it to be a part of the phrase."""
_MOST_WORDS, _LEAST_TITLES = 4, 2
_JOINTS, _HYPHENS = re.compile(r"[ \-\u2010\u2011]"), ("-", "\u2010", "\u2011")
"""What may stand between two words of one phrase."""
_CAPITAL = re.compile(r"\b[A-Z](?=[a-z]+\b)")
"""In a title it says nothing."""


class _Word(NamedTuple):
    word: str
    """As `digest.curation.words.spell` has it."""
    start: int
    end: int


class _Text:
    """A text with the places of its words."""

    def __init__(self, text: str) -> None:
        self.text = unicodedata.normalize("NFKC", " ".join(text.split()))
        self.words = [_Word(singular(found[0].casefold()), *found.span()) for found in WORD.finditer(self.text)]

    def places(self, phrase: Sequence[str]) -> Iterator[int]:
        """Where `phrase` begins, in words."""
        for place, _ in enumerate(self.words):
            run = self.words[place : place + len(phrase)]
            if [word.word for word in run] == list(phrase) and all(self._joined(*pair) for pair in pairwise(run)):
                yield place

    def neighbour(self, place: int, step: int, *, hyphened: bool) -> str:
        """The word before (-1) or after (1) the one at `place`, where it may belong to it; else nothing."""
        if not 0 <= place + step < len(self.words):
            return ""
        first, second = sorted((self.words[place], self.words[place + step]), key=attrgetter("start"))
        if hyphened and self.text[first.end] not in _HYPHENS:
            return ""
        word = self.words[place + step].word
        return word if self._joined(first, second) and word not in STOP_WORDS and not word.isdigit() else ""

    def written(self, place: int, count: int) -> str:
        """`count` words from `place` on, as they stand there."""
        return self.text[self.words[place].start : self.words[place + count - 1].end]

    def _joined(self, first: _Word, second: _Word) -> bool:
        return _JOINTS.fullmatch(self.text[first.end : second.start]) is not None


def worded(phrase: str, papers: Iterable[Paper]) -> str:
    """`phrase`, words with spaces between, as most of `papers` write it in their sentences, else in their titles.

    A word that most of them have before or after it is a part of it: anywhere with a hyphen, without one in titles.
    Empty when none of them writes it without something in between.
    """
    titles, abstracts = [], []
    for paper in papers:
        titles.append(_Text(paper.title))
        abstracts.append(_Text(paper.abstract))
    words = phrase.split()
    while len(words) < _MOST_WORDS:
        longer = _longer(words, titles + abstracts, hyphened=True) or _longer(words, titles, hyphened=False)
        if not longer:
            break
        words = longer
    for texts in (abstracts, titles):
        spellings = Counter(text.written(place, len(words)) for text in texts for place in text.places(words))
        if spellings:
            most = min(spellings, key=lambda spelling: (-spellings[spelling], spelling != spelling.lower(), spelling))
            return _CAPITAL.sub(lambda found: found[0].lower(), most) if texts is titles else most
    return ""


def joined(first: str, second: str) -> str:
    """The three words of two pairs that overlap, as `diffusion language` and `language model`; empty of any others."""
    if first.count(" ") == second.count(" ") == 1:
        for left, right in ((first, second), (second, first)):
            if left.partition(" ")[2] == right.partition(" ")[0]:
                return f"{left} {right.partition(' ')[2]}"
    return ""


def _longer(words: Sequence[str], texts: Iterable[_Text], *, hyphened: bool) -> list[str]:
    """The phrase with the word before or after it that most texts have there; nothing when there is none."""
    having = [(text, places) for text in texts if (places := list(text.places(words)))]
    if len(having) < _LEAST_TITLES:
        return []
    last = len(words) - 1
    for step, edge in ((-1, 0), (1, last)):
        found = Counter(
            word
            for text, places in having
            for word in {text.neighbour(place + edge, step, hyphened=hyphened) for place in places} - {""}
        )
        for word, count in found.most_common(1):
            if count >= _LONGER * len(having):
                return [word, *words] if step < 0 else [*words, word]
    return []
