"""What each LaTeX command reads as, given the reader that stands behind its name.

The names are in `digest.render.latex.names`, the symbols in `digest.render.latex.symbols`. Nothing here defines,
includes or repeats anything, so what is read is never larger than the source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from digest.render.latex import names
from digest.render.latex.symbols import ACCENTS, ALPHABETS, FUNCTIONS, lettered, symbol
from digest.render.latex.tree import Node, Styled, Text, flat

if TYPE_CHECKING:
    from digest.render.latex.parser import Reader

Nodes: TypeAlias = tuple[Node, ...]

GONE = "\0"
"""Stands where a citation was, until the printer has closed the gap before it."""

_LINED = 4
"""Letters that a line is drawn over, each by itself; over more the line is left out."""
_SIMPLE = re.compile(r"\w+(?:\.\d+)?(?:\([^()]*\))?|.?")
_NAME = re.compile(r"\\([A-Za-z]+)")
_SIGNS = tuple("=<>+-−/|&")


def read_command(reader: Reader, name: str) -> Nodes:
    """What the command `name`, just taken, reads as; it takes its arguments from `reader`."""
    read = _READERS.get(name)
    if read is not None and not _is_foreign_letter(reader, name):
        return read(reader, name)
    value = symbol(name)
    return _unknown(reader, name) if value is None else _symbol(reader, name, value)


def _is_foreign_letter(reader: Reader, name: str) -> bool:
    r"""Whether `\d`, `\b`, `\t` and the like are a code's escape, not an accent: nothing to be accented follows."""
    return name in ACCENTS and len(name) == 1 and name.isalpha() and not (reader.math or reader.peek() in ("{", " "))


def _unknown(reader: Reader, name: str) -> Nodes:
    r"""A command of the authors' own: most set what they are given (`\ac{gan}`), the others are a name (`\ours`)."""
    reader.known = False
    content = reader.argument() if reader.peek() == "{" else ()
    return content or reader.letters(name.rstrip("*"))


def _styled(reader: Reader, name: str) -> Nodes:
    return reader.styled(names.STYLES[name], reader.argument(math=False if name in names.UPRIGHT else None))


def _switch(reader: Reader, name: str) -> Nodes:
    """A switch outside any group: it holds for the group that follows."""
    return reader.styled(names.SWITCHES[name], reader.argument() if reader.peek() == "{" else ())


def _alphabet(reader: Reader, name: str) -> Nodes:
    return (Text("".join(lettered(name, char) for char in flat(reader.argument()))),)


def _space(_: Reader, name: str) -> Nodes:
    return (Text(names.SPACES[name]),)


def _dropped(reader: Reader, name: str) -> Nodes:
    if name in {"left", "right", "middle"} and reader.peek() == ".":
        reader.at += 1
    return ()


def _dropped_with_argument(reader: Reader, _: str) -> Nodes:
    while reader.option() is not None:
        pass
    reader.argument()
    reader.known = False
    return (Text(GONE),)


def _fraction(reader: Reader, _: str) -> Nodes:
    above, below = reader.argument(), reader.argument()
    return (*_bracketed(above), Text("/"), *_bracketed(below))


def _root(reader: Reader, _: str) -> Nodes:
    sign = {"3": "∛", "4": "∜"}.get((reader.option() or "").strip(), "√")
    return (Text(sign), *_bracketed(reader.argument()))


def _binomial(reader: Reader, _: str) -> Nodes:
    return (Text("("), *reader.argument(), Text(" choose "), *reader.argument(), Text(")"))


def _around(reader: Reader, name: str) -> Nodes:
    reader.known &= name == "pmod"
    before, after = names.AROUND[name]
    return (Text(before), *reader.argument(), Text(after))


def _second(reader: Reader, name: str) -> Nodes:
    reader.known &= name in names.SECOND_OF_TWO
    reader.argument()
    return reader.argument()


def _bracketed(content: Nodes) -> Nodes:
    """`content`, in parentheses unless it is one number, letter or word."""
    return content if _SIMPLE.fullmatch(flat(content).strip()) else (Text("("), *content, Text(")"))


def _accented(reader: Reader, name: str) -> Nodes:
    """The argument with the mark on its first letter; a line goes over each of a few letters."""
    text, mark = flat(reader.argument()).replace("ı", "i").replace("ȷ", "j"), ACCENTS[name]
    if not text.strip():
        return (Text(text),)
    marked = 1
    if name == "overline":
        marked = len(text) if len(text) <= _LINED else 0
    text = unicodedata.normalize("NFC", "".join(char + mark for char in text[:marked]) + text[marked:])
    return (Styled("variable", (Text(text),)),) if reader.math and text[0].isalpha() else (Text(text),)


def _symbol(reader: Reader, name: str, value: str) -> Nodes:
    """A symbol; LaTeX swallows the space after a command, here it stays where the eye needs one."""
    before = reader.behind(len(name) + 1)
    reader.skip_empty_group()
    if len(name) == 1 and not name.isalpha():
        return (Text(value),)
    if name in FUNCTIONS:
        spaced = reader.peek() == " " or reader.peek().isalnum()
        return (Text((" " if before.isalnum() else "") + value + (" " if spaced else "")),)
    swallows = value[:1].isalpha() if reader.math else not value[:1].isalpha()
    if swallows or not before.isspace():
        _swallow(reader)
    return (Text(value),)


def _swallow(reader: Reader) -> None:
    """Takes the space after a command, unless a sign such as `≤` or a word such as `log` follows and wants it."""
    following = reader.source[reader.at : reader.at + 40].lstrip()
    wants_space = following.startswith(_SIGNS)
    if found := _NAME.match(following):
        value = symbol(found[1])
        wants_space = value is not None and (found[1] in FUNCTIONS or not value[:1].isalpha())
    if not wants_space:
        reader.skip_spaces()


_READERS: dict[str, Callable[[Reader, str], Nodes]] = {
    **dict.fromkeys(names.STYLES, _styled),
    **dict.fromkeys(names.SWITCHES, _switch),
    **dict.fromkeys(ALPHABETS, _alphabet),
    **dict.fromkeys(ACCENTS, _accented),
    **dict.fromkeys(names.SPACES, _space),
    **dict.fromkeys(names.DROPPED, _dropped),
    **dict.fromkeys(names.DROPPED_WITH_ARGUMENT, _dropped_with_argument),
    **dict.fromkeys(names.FRACTIONS, _fraction),
    **dict.fromkeys(names.AROUND, _around),
    **dict.fromkeys((*names.SECOND_OF_TWO, *names.LAST_OF_TWO), _second),
    "sqrt": _root,
    "binom": _binomial,
}
