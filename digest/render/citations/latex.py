r"""Text as LaTeX that BibTeX (8-bit), biber and our own reader take alike.

Accented Latin letters become commands (`{\"o}`), which classic BibTeX sorts and abbreviates rightly and biber decodes;
other scripts stay UTF-8, for neither program touches them. Formulas and the commands we know stay as they are; others
become words, because a title is foreign and whoever cites it compiles it. Braces come in pairs, because BibTeX counts
them whether they are escaped or not.
"""

from __future__ import annotations

import re
import unicodedata

from digest.render.latex.names import DROPPED_WITH_ARGUMENT, is_known
from digest.render.latex.scan import spans

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
_ENVIRONMENT = re.compile(
    r"\\begin\{(?P<name>(?:align|aligned|equation|eqnarray|gather|multline|cases|[bpv]?matrix|split)\*?)\}.{1,2000}?"
    r"\\end\{(?P=name)\}"
)
"""A displayed formula."""
_COMMAND = re.compile(r"\\([A-Za-z]+\*?)")
_DROPPED = re.compile(
    r"\\(?:" + "|".join(sorted(DROPPED_WITH_ARGUMENT)) + r")(?![A-Za-z])\*?(?:\[[^]]*\])?(?:\{[^{}]*\})?"
)
_TEX = {"%": r"\%", "#": r"\#", "^^": "^{}^"}
"""What TeX takes for itself even in a formula: a comment, a parameter, a character by its number."""
_KEPT = re.compile(r"\\[&%$#_{}\\`'^\"~=.,;:! -]")
"""An escaped sign, an accent or a space that is LaTeX already."""
_ESCAPES = {"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "$": r"\$",
            "~": r"{\textasciitilde}", "^": r"{\textasciicircum}",
            "\\": r"{\textbackslash}", "–": "--", "—": "---", "\u00a0": " "}  # fmt: skip


def to_latex(text: str) -> str:
    """One line of text, LaTeX of its own kept, as the inside of a BibTeX field."""
    written = "".join(
        _formula(text[span.start : span.end]) if span.kind == "math" else _text(text[span.start : span.end])
        for span in spans(text)
    )
    return written if _paired(written) else _without_braces(written)


def _formula(math: str) -> str:
    r"""A formula whose braces pair: single ones, as in `\left\{`, become the commands that mean them."""
    delimiters = r"\\(?:begin|end)\{[a-z]+\*?\}"
    math = "".join(
        part if re.fullmatch(delimiters, part) else _COMMAND.sub(_known, _DROPPED.sub("", part))
        for part in re.split(f"({delimiters})", math)
    )
    math = re.sub(r"(?<!\\)[%#]|\^\^", lambda found: _TEX[found[0]], math)
    return math if _paired(math) else math.replace("\\{", "\\lbrace ").replace("\\}", "\\rbrace ")


def _text(text: str) -> str:
    """Prose with the displayed formulas in it."""
    written, place = [], 0
    for found in _ENVIRONMENT.finditer(text):
        written += [_prose(text[place : found.start()]), _formula(found[0])]
        place = found.end()
    return "".join((*written, _prose(text[place:])))


def _prose(text: str) -> str:
    text = _DROPPED.sub("", text)
    written: list[str] = []
    place = 0
    while place < len(text):
        if command := _COMMAND.match(text, place):
            written.append(_known(command))
            place = command.end()
        elif kept := _KEPT.match(text, place):
            written.append(kept[0])
            place = kept.end()
        else:
            char = text[place]
            written.append(_ESCAPES.get(char) or _letter(char))
            place += 1
    return "".join(written)


def _known(command: re.Match[str]) -> str:
    """A command that any LaTeX reads and that shows something; of any other the name."""
    return command[0] if is_known(command[1].rstrip("*")) else command[1].rstrip("*")


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
