"""The LaTeX of titles and abstracts made readable: Unicode with `<sub>` and `<sup>`, plain Unicode, or MathML.

All three take any text (prose with or without formulas), never raise, take time linear in it, and show the same
words. What each command becomes is documented in `docs/latex.md`. It does no layout: a formula stays on its line.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from markupsafe import Markup, escape

from digest.render.latex.commands import GONE
from digest.render.latex.parser import parse
from digest.render.latex.symbols import SUBSCRIPTS, SUPERSCRIPTS
from digest.render.latex.tree import Formula, Node, Script, Text, flat
from digest.render.mathml import formula_mathml
from digest.render.safety import plain

_TAGS = {"em": "em", "strong": "strong", "code": "code", "variable": "i"}
_MAX_MATHML = 400
"""Characters of a formula handed to latex2mathml; a longer one is shown as Unicode."""
_MAX_BRACES = 40
_GAP = re.compile(f"[ \u00a0]*{GONE}(?=[.,;:)\\s]|$)|{GONE}")
_SPACES = re.compile("[ \u00a0]{2,}")


@functools.lru_cache(maxsize=8192)
def to_html(text: str) -> Markup:
    """`text` as escaped HTML: only `<i> <em> <strong> <code> <sub> <sup>`, nested at most as deep as the source."""
    return Markup(_close_gaps(_html(parsed(text))))  # noqa: S704 - every character passed through `escape`


@functools.lru_cache(maxsize=8192)
def to_text(text: str) -> str:
    """`text` as plain Unicode; `^{…}` and `_{…}` only where Unicode has no such letter."""
    return _close_gaps(_text(parsed(text))).strip()


@functools.lru_cache(maxsize=1024)
def to_mathml(text: str) -> Markup:
    """As `to_html`, with formulas as MathML where every command in them is known."""
    return Markup(_close_gaps(_html(parsed(text), formula=_mathml)))  # noqa: S704 - escaped, as above


@functools.lru_cache(maxsize=1024)
def parsed(text: str) -> tuple[Node, ...]:
    """The tree of `text`, cleaned."""
    return parse(plain(text))


def _close_gaps(printed: str) -> str:
    if GONE in printed:
        printed = _GAP.sub("", printed)
    return _SPACES.sub(" ", printed)


def _html(nodes: tuple[Node, ...], formula: Callable[[Formula], str] | None = None) -> str:
    return "".join(_html_node(node, formula) for node in nodes)


def _html_node(node: Node, formula: Callable[[Formula], str] | None) -> str:
    if isinstance(node, Text):
        return str(escape(node.text))
    if isinstance(node, Formula) and formula is not None:
        return formula(node)
    inner = _html(node.children, formula)
    if isinstance(node, Formula) or not inner:
        return inner
    tag = ("sup" if node.raised else "sub") if isinstance(node, Script) else _TAGS[node.style]
    return f"<{tag}>{inner}</{tag}>"


def _text(nodes: tuple[Node, ...]) -> str:
    return "".join(_text_node(node) for node in nodes)


def _text_node(node: Node) -> str:
    if isinstance(node, Text):
        return node.text
    inner = _text(node.children)
    if not isinstance(node, Script):
        return inner
    table, sign = (SUPERSCRIPTS, "^") if node.raised else (SUBSCRIPTS, "_")
    inner = inner.strip()
    if all(ord(char) in table for char in inner):
        return inner.translate(table)
    return f"{sign}{inner}" if len(inner) == 1 else f"{sign}{{{inner}}}"


def _mathml(formula: Formula) -> str:
    """The formula as MathML; as Unicode when it is unknown, long or more than latex2mathml can read."""
    simple = re.fullmatch(r"[\d.,%\s]*", flat(formula.children))
    source = formula.source
    balanced = source.count("{") == source.count("}") <= _MAX_BRACES
    if not formula.known or simple or len(source) > _MAX_MATHML or not balanced:
        return _html(formula.children)
    return formula_mathml(source) or _html(formula.children)
