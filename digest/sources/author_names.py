"""Author lists written as one string: split into names, affiliations left out, LaTeX accents decoded.

It does not look up who anybody is, and does not turn names around except `Family, Given`.
"""

from __future__ import annotations

import re
import unicodedata

from digest.sources import limits

_LONGEST = 200_000
"""Characters of one author list looked at; 3,000 authors need about 60,000."""
_SUFFIXES = frozenset(("jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "ph.d.", "md"))
_AND = re.compile(r",? and |[,;] ?| (?=[,;])")


def split_names(text: str) -> list[str]:
    """The names of `A. One, B. Two (MIT) and C. Three, Jr.` in order."""
    names: list[str] = []
    for part in _AND.split(" ".join(without_parentheses(text[:_LONGEST]).split())):
        name = decode_latex(part.strip())
        if name.lower() in _SUFFIXES and names:
            names[-1] += f" {name}"
        elif name.strip(".&"):
            names.append(name)
        if len(names) > limits.AUTHORS:
            break
    return names


def family_last(name: str) -> str:
    """`Family, Given` and `Family, Jr., Given` as `Given Family Jr.`; anything else as it is."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 2 and parts[1].lower() not in _SUFFIXES:  # noqa: PLR2004 - family, given
        return f"{parts[1]} {parts[0]}".strip()
    if len(parts) == 3:  # noqa: PLR2004 - family, suffix, given
        return f"{parts[2]} {parts[0]} {parts[1]}".strip()
    return name


def without_parentheses(text: str) -> str:
    """`text` without what is in round brackets, however deep; a bracket left open hides nothing."""
    if "(" not in text:
        return text
    kept: list[str] = []
    opened: list[int] = []
    for character in text:
        if character == "(":
            opened.append(len(kept))
        if character == ")" and opened:
            del kept[opened.pop() :]
        else:
            kept.append(character)
    return "".join(kept)


_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
_LETTERS = {
    "aa": "å", "AA": "Å", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "ss": "ß", "l": "ł", "L": "Ł",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip
_ACCENTED = re.compile(
    r"\\(?P<accent>[`'^~=.\"]|[urHvdckb](?![A-Za-z]))\s{0,3}\{{0,3}(?P<letter>\\[ij](?![A-Za-z])|[A-Za-z])\}{0,3}"
)
_LETTER = re.compile(r"\\(" + "|".join(sorted(_LETTERS, key=len, reverse=True)) + r")(?![A-Za-z])\s{0,3}(?:\{\})?")
_ESCAPED = re.compile(r"\\([&%$#_{}, ])")
_MATH = re.compile(r"(\$[^$]{0,500}\$)")


def decode_latex(text: str) -> str:
    r"""`text` with LaTeX's accents and braces as Unicode: `G\"{o}del` is `Gödel`. Math, between `$`, is left alone.

    Done here with a few expressions, because pylatexenc parses all of LaTeX and takes a hundred times as long; a
    bibliography has an accent in every other name. Commands that are no letters stay as they are.
    """
    if "\\" not in text and "{" not in text and "~" not in text:
        return text
    parts = _MATH.split(text) if "$" in text else [text]
    parts[::2] = map(_decode_words, parts[::2])
    return unicodedata.normalize("NFC", " ".join("".join(parts).split()))


def _decode_words(text: str) -> str:
    # The dotless i and j exist for accents and are plain under them.
    text = _ACCENTED.sub(lambda found: found["letter"][-1] + _ACCENTS[found["accent"]], text)
    text = _LETTER.sub(lambda found: _LETTERS[found[1]], text)
    text = text.replace("{", "").replace("}", "") if "\\" not in text else _without_braces(text)
    return _ESCAPED.sub(r"\1", text.replace("~", " ")).replace("---", "—").replace("--", "–")


def _without_braces(text: str) -> str:
    r"""`text` without braces that only group; those of a command (`\emph{x}`) and escaped ones stay."""
    if re.search(r"\\[A-Za-z]+\s*\{", text):
        return text
    return re.sub(r"(?<!\\)[{}]", "", text)
