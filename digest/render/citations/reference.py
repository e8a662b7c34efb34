"""A paper as a reference: its kind, its date, its identifiers, and the key it is cited by."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Literal

from digest.models import Paper
from digest.render.citations.names import Name, parse_name
from digest.render.math import to_text
from digest.render.safety import plain, safe_url

Kind = Literal["preprint", "article", "proceedings"]

_PROCEEDINGS = re.compile(
    r"\b(?:proc(?:eedings|\.)?|conf(?:erence|\.)?|workshop|symposium|meeting|neurips|nips|iclr|icml|aaai|ijcai|acl|naacl|"
    r"emnlp|coling|eacl|cvpr|iccv|eccv|wacv|bmvc|miccai|icra|iros|rss|corl|kdd|www|sigir|cikm|chi|siggraph|interspeech|"
    r"icassp|colm|aistats|uai|colt)\b",
    re.IGNORECASE,
)
"""What venues are called whose papers are read aloud before they are printed."""
_STOP = frozenset((
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "how", "in", "into", "is",
    "it", "its", "of", "on", "or", "the", "to", "towards", "via", "we", "what", "when", "why", "with",
))  # fmt: skip
_LATIN = str.maketrans({"ø": "o", "Ø": "O", "ß": "ss", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
                        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i"})  # fmt: skip
_LONGEST_WORD = 24


@dataclass(frozen=True, slots=True)
class Reference:
    """What every format says of a paper. Texts are one line; `title` and `abstract` still hold their LaTeX."""

    paper: Paper
    key: str
    kind: Kind
    title: str
    abstract: str
    names: tuple[Name, ...]
    published_on: date | None
    arxiv: str | None
    """The versionless arXiv id."""
    doi: str | None
    url: str | None

    @property
    def plain_title(self) -> str:
        """The title as Unicode."""
        return to_text(self.title)


def references(papers: Sequence[Paper]) -> tuple[Reference, ...]:
    """The papers as references, in order, each once; their keys are unique and do not depend on the order."""
    distinct = list({paper.id: paper for paper in papers}.values())
    wanted = [_key(paper) for paper in distinct]
    counts = Counter(wanted)
    return tuple(
        _reference(paper, key if counts[key] == 1 else f"{key}-{_suffix(paper)}")
        for paper, key in zip(distinct, wanted, strict=True)
    )


def _reference(paper: Paper, key: str) -> Reference:
    named = dict(alias.split(":", 1) for alias in reversed((paper.id, *paper.aliases)) if ":" in alias)
    return Reference(
        paper=paper,
        key=key,
        kind=_kind(paper),
        title=plain(paper.title) or "Untitled",
        abstract=plain(paper.abstract),
        names=tuple(parse_name(name) for author in paper.authors if (name := plain(author.name))),
        published_on=_date(paper),
        arxiv=named.get("arxiv"),
        doi=named.get("doi"),
        url=safe_url(paper.url),
    )


def _kind(paper: Paper) -> Kind:
    if not paper.venue or not re.search(r"\w", paper.venue) or re.match(r"arxiv\b|corr\b", paper.venue, re.IGNORECASE):
        return "preprint"
    return "proceedings" if _PROCEEDINGS.search(paper.venue) else "article"


def _date(paper: Paper) -> date | None:
    """The day it was published; else the day it was listed."""
    return paper.published_at.date() if paper.published_at else paper.listed_on


def _key(paper: Paper) -> str:
    """Family name of the first author, year, and the first word of the title that says something; ASCII."""
    family = parse_name(plain(paper.authors[0].name)).family if paper.authors else ""
    published = _date(paper)
    words = re.findall(r"[a-z0-9]+", _ascii(to_text(plain(paper.title))))
    word = next((word for word in words if word not in _STOP), words[0] if words else "")
    surname = re.sub(r"[^a-z]", "", _ascii(family))[:_LONGEST_WORD]
    return f"{surname or 'anon'}{published.year if published else 'nd'}{word[:_LONGEST_WORD]}"


def _ascii(text: str) -> str:
    """The Latin letters of `text` without accents, in lower case; `-` and apostrophes join what they stand between."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LATIN))
    letters = "".join(char for char in decomposed if char.isascii()).lower()
    return re.sub(r"(?<=[a-z0-9])[-'](?=[a-z0-9])", "", letters)


def _suffix(paper: Paper) -> str:
    """What tells a paper from others of its key: its arXiv number, else a hash of its id."""
    scheme, _, number = paper.id.partition(":")
    if scheme == "arxiv":
        return re.sub(r"[^0-9a-z]", "", number.lower())
    return blake2b(paper.id.encode(), digest_size=4).hexdigest()
