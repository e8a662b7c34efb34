r"""Text as LaTeX that BibTeX (8-bit), biber and our own reader take alike.

Accented Latin letters become commands (`{\"o}`), which classic BibTeX sorts and abbreviates rightly and biber decodes;
other scripts stay UTF-8, for neither program touches them. Formulas between `$` stay as they are. Braces come in pairs,
because BibTeX counts them whether they are escaped or not.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0328": "k",
    "\u0331": "b",
}  # fmt: skip
"""Combining marks and the accent commands of LaTeX."""
_LETTERS = {
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ß": "ss", "ł": "l", "Ł": "L", "ı": "i",
}  # fmt: skip
"""Letters with a command of their own in every LaTeX (those of T1 fonts only stay UTF-8)."""
_MATH = re.compile(r"(\$(?:[^$\\]|\\.){1,480}\$)")
_KEPT = re.compile(r"\\(?:[&%$#_{}\\]|[A-Za-z]+|[`'^\"~=.,;:! -])")
"""A command or an escaped sign that is LaTeX already."""
_ESCAPES = {"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "$": r"\$",
            "~": r"{\textasciitilde}", "^": r"{\textasciicircum}",
            "\\": r"{\textbackslash}", "–": "--", "—": "---", "\u00a0": " "}  # fmt: skip


def to_latex(text: str) -> str:
    """One line of text, LaTeX of its own kept, as the inside of a BibTeX field."""
    parts = _MATH.split(text)
    written = "".join(_formula(part) if number % 2 else _prose(part) for number, part in enumerate(parts))
    return written if _paired(written) else _without_braces(written)


def _formula(math: str) -> str:
    r"""A formula whose braces pair: single ones, as in `\left\{`, become the commands that mean them."""
    return math if _paired(math) else math.replace("\\{", "\\lbrace ").replace("\\}", "\\rbrace ")


def _prose(text: str) -> str:
    written: list[str] = []
    place = 0
    while place < len(text):
        if kept := _KEPT.match(text, place):
            written.append(kept[0])
            place = kept.end()
        else:
            char = text[place]
            written.append(_ESCAPES.get(char) or _letter(char))
            place += 1
    return "".join(written)


def _letter(char: str) -> str:
    if char.isascii():
        return char
    if char in _LETTERS:
        return f"{{\\{_LETTERS[char]}}}"
    base, *marks = list(unicodedata.normalize("NFD", char))
    if len(marks) != 1 or marks[0] not in _MARKS or not (base.isascii() and base.isalpha()):
        return char
    mark = _MARKS[marks[0]]
    above = marks[0] not in "\u0323\u0327\u0328\u0331"
    inner = f"\\{base}" if base in "ij" and above else base
    return f"{{\\{mark}{{{inner}}}}}" if mark.isalpha() or inner != base else f"{{\\{mark}{base}}}"


def _paired(text: str) -> bool:
    """Whether the braces pair as BibTeX counts them."""
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0


def _without_braces(text: str) -> str:
    """The last resort: braces that do not pair would swallow the rest of the file."""
    return re.sub(r"\\?[{}]", "", text)
