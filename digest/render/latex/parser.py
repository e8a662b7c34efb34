r"""LaTeX of titles and abstracts to a tree. It never raises and takes time linear in the text.

What it knows is `docs/latex.md`; of a command nobody knows (`\ours`) the name is shown and its arguments stay. It
defines nothing, includes nothing and repeats nothing, so the tree is never larger than the source.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace

from digest.render.latex.commands import read_command
from digest.render.latex.names import ALPHABET_SWITCHES, SWITCHES
from digest.render.latex.scan import spans
from digest.render.latex.symbols import lettered
from digest.render.latex.tree import Formula, Node, Script, Style, Styled, Text, flat

_MAX_DEPTH = 24
"""Levels of braces that are followed; deeper ones are read as if they were not there."""

_TOKEN = re.compile(
    r"""\\(?P<name>[A-Za-z]+\*?|.|$)
      | (?P<special>[{}$^_~&'`"-])
      | (?P<space>\s+)
      | (?P<plain>[^\\{}$^_~&'`"\s-]+)""",
    re.DOTALL | re.VERBOSE,
)
_MEANT = re.compile(r"[\\{}$^_~`]|--")
"""What may mean something in text mode; a text without it is itself."""
_PROSE = re.compile(r"(?:[^\\{}$^_~`-]|-(?!-))+")
"""Characters of text mode that stand for themselves, as long as no quotation is open …"""
_QUOTED_PROSE = re.compile(r"""(?:[^\\{}$^_~`'"-]|-(?!-))+""")
"""… and within one."""
_DASHES = re.compile(r"-+")
_OPTION = re.compile(r"\s?\[([^\[\]]{0,200})\]")
_LETTERS = re.compile(r"([A-Za-z]+)")
_TEXT_SCRIPT = re.compile(r"\^(?:\{[^{}\\]{1,20}\}|[+-]?\d{1,4}(?![\w.]))|_\{[^{}\\]{1,20}\}")


def parse(text: str) -> tuple[Node, ...]:
    r"""The tree of a text in which formulas stand between dollars or `\(…\)`; its white space is single spaces."""
    if not _MEANT.search(text):
        return (Text(text),)
    nodes: list[Node] = []
    for span in spans(text):
        if span.kind == "verbatim":
            nodes.append(Text(span.source))
        elif span.kind == "text":
            nodes += Reader(span.source, math=False).everything()
        else:
            nodes.append(_formula(span.source))
    return tuple(nodes)


@functools.lru_cache(maxsize=4096)
def _formula(source: str) -> Formula:
    reader = Reader(source, math=True)
    return Formula(source, reader.everything(), reader.known)


class Reader:
    """Reads one stretch, in text or in math mode, by recursive descent over its characters."""

    def __init__(self, source: str, *, math: bool) -> None:
        self.source, self.math, self.at, self.depth, self.known = source, math, 0, 0, True
        self.quotes = 0

    def everything(self) -> tuple[Node, ...]:
        """All of it; a closing brace too many is skipped."""
        nodes: list[Node] = []
        while self.at < len(self.source):
            nodes += self.group_content()
            self.at += 1
        return tuple(nodes)

    def group_content(self) -> tuple[Node, ...]:
        """Up to the brace that closes the group (not taken) or the end."""
        nodes: list[Node] = []
        while True:
            if run := self.prose():
                nodes.append(Text(run))
            found = _TOKEN.match(self.source, self.at)
            if found is None or found[0] == "}":
                break
            if found[0].startswith("\\") and (rest := self.switch(found["name"] or "")) is not None:
                return (*nodes, *rest)
            self.at = found.end()
            nodes += self.node(found)
        return tuple(nodes)

    def prose(self) -> str:
        """What comes next and means only itself, taken at once; most of most texts."""
        found = None if self.math else (_QUOTED_PROSE if self.quotes else _PROSE).match(self.source, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found[0]

    def switch(self, name: str) -> tuple[Node, ...] | None:
        r"""What follows a switch such as `\bf`, to the end of its group; None when `name` sets only what comes next."""
        if (name not in SWITCHES and name not in ALPHABET_SWITCHES) or self.depth >= _MAX_DEPTH:
            return None
        after = self.at + len(name) + 1
        if self.depth == 0 and (name in ALPHABET_SWITCHES or self.source.startswith("{", after)):
            return None
        self.at = after
        self.skip_spaces()
        self.depth += 1
        content = self.group_content()
        self.depth -= 1
        if name in SWITCHES:
            return self.styled(SWITCHES[name], content)
        return (Text("".join(lettered(name, char) for char in flat(content))),)

    def node(self, found: re.Match[str]) -> tuple[Node, ...]:
        """The token just taken, with what it takes further."""
        if found["plain"] is not None:
            return self.letters(found[0])
        if found["space"] is not None:
            return (Text(" "),)
        if found["special"] is not None:
            return self.special(found[0])
        return read_command(self, found["name"] or "")

    def letters(self, run: str) -> tuple[Node, ...]:
        """Plain characters; within a formula letters are variables."""
        if not self.math:
            return (Text(run),)
        parts = (part for part in _LETTERS.split(run) if part)
        return tuple(
            Styled("variable", (Text(part),)) if part.isalpha() and part.isascii() else Text(part) for part in parts
        )

    # Characters that mean something.

    def special(self, char: str) -> tuple[Node, ...]:
        """A character that LaTeX gives a meaning."""
        if char == "{":
            return self.braces()
        if char in "^_":
            return self.script(char)
        if char == "$":
            return (Text("$"),)
        if self.math:
            return (Text({"'": "′", "-": "−", "~": " ", "&": " "}.get(char, char)),)
        return (Text(self.punctuation(char)),)

    def punctuation(self, char: str) -> str:
        """Dashes, quotes and ties of text mode; what may be code or a plain character is left as it is."""
        if char == "~":
            before, follows = self.behind(1), self.peek()
            return "\u00a0" if before.isalpha() or follows == "\\" or (before == "." and follows.isalnum()) else "~"
        if char == "-":
            return self.dash()
        twice = self.peek() == char
        if char == "`" and twice:
            self.at, self.quotes = self.at + 1, self.quotes + 1
            return "“"
        if self.quotes and (char == '"' or (char == "'" and twice)):
            self.at, self.quotes = self.at + (char == "'"), self.quotes - 1
            return "”"
        return char

    def dash(self) -> str:
        """A hyphen, an en dash of two or an em dash of three; `--flag` is a program's option."""
        before = self.behind(1)
        end = _DASHES.match(self.source, self.at - 1)
        row = end[0] if end else "-"
        self.at += len(row) - 1
        if row == "--":
            return row if self.peek().isalnum() and not before.isalnum() else "–"
        return "—" if row == "---" else row

    def braces(self) -> tuple[Node, ...]:
        """A group. In text, braces that hold no command and protect no capital are characters."""
        if self.depth >= _MAX_DEPTH:
            return () if self.math else (Text("{"),)
        source = self.source[self.at : self.at + 200]
        shown = not self.math and not re.match(r"\s*\\|[A-Z][\w-]*\}|[^{}]*\\[A-Za-z\"'`^~=.]", source)
        content = self.group()
        return (Text("{"), *content, Text("}")) if shown else content

    def group(self) -> tuple[Node, ...]:
        """The content of a group whose opening brace is taken, with its closing brace taken too."""
        if self.depth >= _MAX_DEPTH:
            return ()
        self.depth += 1
        content = self.group_content()
        self.depth -= 1
        self.at += 1
        return content

    def script(self, char: str) -> tuple[Node, ...]:
        """A super- or subscript; in text only where a name or number carries one (`n^2`, `x_{10}`)."""
        if self.math:
            return (Script(char == "^", self.argument()),)
        before = self.behind(1)
        if before and (before.isalnum() or before in ")]") and (found := _TEXT_SCRIPT.match(self.source, self.at - 1)):
            self.at = found.end()
            return (Script(char == "^", (Text(found[0][1:].strip("{}")),)),)
        return (Text(char),)

    # What commands take.

    def styled(self, style: Style | None, content: tuple[Node, ...]) -> tuple[Node, ...]:
        """`content` in `style`; None is upright, which undoes the slant of variables."""
        if style is None:
            return tuple(child for node in content for child in _upright(node))
        return (Styled(style, content),) if content else ()

    def argument(self, *, math: bool | None = None) -> tuple[Node, ...]:
        """The next argument: a group, a command or one character; `math` switches the mode inside."""
        self.skip_spaces()
        mode, self.math = self.math, self.math if math is None else math
        try:
            found = _TOKEN.match(self.source, self.at)
            if found is None or found[0] == "}" or self.depth >= _MAX_DEPTH:
                return ()
            if found["plain"] is not None:
                self.at += 1
                return self.letters(found[0][0])
            self.at = found.end()
            if found[0] == "{":
                return self.group()
            self.depth += 1
            content = self.node(found)
            self.depth -= 1
            return content
        finally:
            self.math = mode

    def option(self) -> str | None:
        """The source of an optional argument in brackets, None when there is none."""
        found = _OPTION.match(self.source, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[1]

    def skip_spaces(self) -> None:
        """Takes white space."""
        while self.peek().isspace():
            self.at += 1

    def skip_empty_group(self) -> None:
        """Takes `{}`, which only ends a command's name."""
        if self.source.startswith("{}", self.at):
            self.at += 2

    def behind(self, taken: int) -> str:
        """The character before the `taken` ones that were taken last, empty at the start."""
        place = self.at - taken
        return self.source[place - 1 : place] if place > 0 else ""

    def peek(self) -> str:
        """The next character, empty at the end."""
        return self.source[self.at : self.at + 1]


def _upright(node: Node) -> tuple[Node, ...]:
    """`node` without the slant of variables, in it and below it."""
    if isinstance(node, Styled) and node.style == "variable":
        return node.children
    if isinstance(node, (Styled, Script)):
        return (replace(node, children=tuple(child for inner in node.children for child in _upright(inner))),)
    return (node,)
