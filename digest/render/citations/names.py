"""Authors' names taken apart, as bibliographies sort them: family and given name.

A source gives one string; which part is the family name is told by position, particles and suffixes. That is right for
most names and wrong for some: it never loses a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PARTICLES = frozenset((
    "af", "al", "bin", "da", "das", "de", "degli", "dei", "del", "della", "den", "der", "des", "di", "do", "dos",
    "du", "el", "ibn", "la", "las", "le", "les", "lo", "los", "ten", "ter", "van", "vom", "von", "y", "zu", "zum",
    "zur",
))  # fmt: skip
_SUFFIXES = frozenset(("jr", "jr.", "sr", "sr.", "ii", "iii", "iv"))
_GROUP = re.compile(
    r"\b(?:team|group|lab|labs|inc|ltd|llc|collaboration|consortium|university|institute|research|foundation|project)\b"
    r"\.?$|^team\s|\bet al\b|[&@/:]|\band\b|\d",
    re.IGNORECASE,
)
"""What no person is called."""


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name; of a group, or of a person with one name, `family` is all of it and `given` is empty."""

    family: str
    given: str = ""
    suffix: str = ""

    @property
    def literal(self) -> bool:
        """Whether it must be taken as a whole."""
        return not self.given


def parse_name(text: str) -> Name:
    """`Ludwig van der Berg Jr.` as family `van der Berg`, given `Ludwig`, suffix `Jr.`."""
    words = text.split()
    suffix = words.pop() if len(words) > 2 and words[-1].lower() in _SUFFIXES else ""  # noqa: PLR2004 - given, family
    if len(words) < 2 or "," in text or _GROUP.search(text):  # noqa: PLR2004 - one word is no pair
        return Name(text.strip())
    start = next((at for at in range(1, len(words) - 1) if words[at] in _PARTICLES), len(words) - 1)
    return Name(" ".join(words[start:]), " ".join(words[:start]), suffix)
