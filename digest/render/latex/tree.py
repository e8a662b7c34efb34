"""What a text is made of once its LaTeX is read: a small tree that every printer can walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Style = Literal["em", "strong", "code", "variable"]


@dataclass(frozen=True, slots=True)
class Text:
    """Characters as they are to be read, not escaped."""

    text: str


@dataclass(frozen=True, slots=True)
class Styled:
    """A stretch in another type style."""

    style: Style
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A superscript or a subscript."""

    raised: bool
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula: what it reads as, and its source where a program can set it better.

    `known` says that every command in it is of the documented table.
    """

    source: str
    children: tuple[Node, ...]
    known: bool


Node: TypeAlias = Text | Styled | Script | Formula


def flat(nodes: tuple[Node, ...]) -> str:
    """The characters of `nodes` without styles and scripts."""
    return "".join(node.text if isinstance(node, Text) else flat(node.children) for node in nodes)
