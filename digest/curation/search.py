"""Whether a paper at hand matches a search text, as the store's index would say of the papers it holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from digest.models import Paper
from digest.search_text import Join, Term, parse_text

if TYPE_CHECKING:
    from snowballstemmer.porter_stemmer import PorterStemmer

_WORD = re.compile(r"[^\W_]+")
Matches = Callable[[Paper], bool]


def matcher(searches: Iterable[str], authors: Iterable[str]) -> Matches:
    """Says whether a paper matches one of the searches, or is by one of the authors."""
    trees = [tree for text in searches if (tree := parse_text(text))]
    trees += [Term(name, field="names") for name in authors if _words(name)]
    return lambda paper: any(_holds(tree, paper) for tree in trees)


def _holds(node: Term | Join, paper: Paper) -> bool:
    if isinstance(node, Term):
        return _has(node, paper)
    if node.kind == "not":
        return not _holds(node.parts[0], paper)
    return (all if node.kind == "and" else any)(_holds(part, paper) for part in node.parts)


def _has(term: Term, paper: Paper) -> bool:
    fields = _fields(paper)
    wanted = _words(term.words)
    places = fields.values() if term.field is None else [fields[term.field]]
    return any(_runs(wanted, words, prefix=term.prefix) for words in places)


def _runs(wanted: Sequence[str], words: Sequence[str], *, prefix: bool) -> bool:
    """Whether `wanted` stands in `words`, one after the other; with `prefix` the last may go on."""
    size = len(wanted)
    for start in range(len(words) - size + 1):
        found = words[start : start + size]
        if found == wanted or (prefix and found[:-1] == wanted[:-1] and found[-1].startswith(wanted[-1])):
            return True
    return False


def _fields(paper: Paper) -> dict[str, tuple[str, ...]]:
    names = "\n".join(author.name for author in paper.authors)
    return {"title": _words(paper.title), "abstract": _words(paper.abstract), "names": _words(names)}


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    """Lower-case words without accents, stemmed: what SQLite's tokenizers `porter` and `unicode61` make of a text."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return tuple(_stem(word) for word in _WORD.findall(plain.lower()))


@cache
def _porter() -> PorterStemmer:
    from snowballstemmer import stemmer  # noqa: PLC0415 - brings all its languages, and few digests search

    return stemmer("porter")


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    return str(_porter().stemWord(word))
