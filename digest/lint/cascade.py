"""The CSS cascade as far as colours need it: which declaration wins for each element, in light or in dark.

Known are style sheets (with `@media`), `style` attributes, `!important`, specificity, `bgcolor`, and custom properties.
Not known are layers, nesting, pseudo-elements and states such as `:hover`: what only they set is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import cssselect
import tinycss2
from lxml import etree

from digest.lint.colour import Tokens
from digest.lint.markup import Element, elements

Scheme = Literal["light", "dark"]
Style = Mapping[str, Tokens]
"""The values that won, by property."""
_Weight = tuple[bool, bool, tuple[int, int, int], int]
"""Important, inline, specificity, order: what is larger wins (CSS Cascading 4, section 6.1)."""
_Declaration = tuple[str, bool, Tokens]
"""A property, whether it is important, and its value."""
_WANTED = frozenset(("color", "background-color", "display", "visibility", "color-scheme"))
_LONGEST = 50_000
"""Characters looked at of one style sheet or attribute; parsing takes some ten microseconds each."""
_SHORT = 1_000
"""Characters of an attribute that is remembered."""
_ADAPTER = cssselect.HTMLTranslator()


class Cascade:
    """The winning declarations of a document under one colour scheme."""

    def __init__(self, root: Element, sheets: Iterable[str], scheme: Scheme) -> None:
        self._won: dict[Element, dict[str, tuple[_Weight, Tokens]]] = {}
        order = 0
        for sheet in sheets:
            for selector, content in _rules(tinycss2.parse_stylesheet(sheet[:_LONGEST], True, True), scheme):
                order += 1
                declared = _wanted(content)
                for specificity, element in _matches(root, selector):
                    self._declare(element, declared, inline=False, specificity=specificity, order=order)
        for element in elements(root):
            if colour := element.get("bgcolor"):
                declared = _written(f"background-color:{colour[:_LONGEST]}")
                self._declare(element, declared, inline=False, specificity=(0, 0, 0), order=0)
            if style := element.get("style"):
                self._declare(element, _written(style[:_LONGEST]), inline=True, specificity=(0, 0, 0), order=0)

    def __getitem__(self, element: Element) -> Style:
        return {name: tokens for name, (_, tokens) in self._won.get(element, {}).items()}

    def _declare(
        self,
        element: Element,
        declared: Sequence[_Declaration],
        *,
        inline: bool,
        specificity: tuple[int, int, int],
        order: int,
    ) -> None:
        won = self._won.setdefault(element, {})
        for name, important, tokens in declared:
            weight = (important, inline, specificity, order)
            if name not in won or weight >= won[name][0]:
                won[name] = (weight, tokens)


def _written(style: str) -> Sequence[_Declaration]:
    """What a `style` attribute declares; a mail has the same few hundreds of times."""
    return _known(style) if len(style) <= _SHORT else _wanted(style)


@lru_cache(maxsize=512)
def _known(style: str) -> Sequence[_Declaration]:
    return _wanted(style)


def _wanted(content: Any) -> Sequence[_Declaration]:
    """The declarations of a rule or attribute that are looked at, in order."""
    found: list[_Declaration] = []
    for declaration in tinycss2.parse_blocks_contents(content, True, True):
        if declaration.type != "declaration":
            continue
        name = "background-color" if declaration.lower_name == "background" else declaration.lower_name
        if name in _WANTED or name.startswith("--"):
            name = declaration.name if name.startswith("--") else name
            tokens = [token for token in declaration.value if token.type != "whitespace"]
            found.append((name, bool(declaration.important), tokens))
    return found


def _rules(nodes: Iterable[Any], scheme: Scheme) -> Iterator[tuple[str, Any]]:
    """Selector and content of every rule that holds under `scheme`."""
    for node in nodes:
        if node.type == "qualified-rule":
            yield tinycss2.serialize(node.prelude).strip(), node.content
        elif node.type == "at-rule" and node.lower_at_keyword in {"media", "supports"} and node.content is not None:
            condition = "".join(tinycss2.serialize(node.prelude).lower().split())
            other: Scheme = "light" if scheme == "dark" else "dark"
            if "print" not in condition and f"prefers-color-scheme:{other}" not in condition:
                yield from _rules(tinycss2.parse_rule_list(node.content, True, True), scheme)


def _matches(root: Element, selector: str) -> Iterator[tuple[tuple[int, int, int], Element]]:
    try:
        selectors: Sequence[cssselect.Selector] = cssselect.parse(selector)
        for each in selectors:
            if each.pseudo_element is None:
                path = _ADAPTER.selector_to_xpath(each, prefix="descendant-or-self::")
                matched = etree.XPath(path)(root)
                for element in matched if isinstance(matched, list) else ():
                    if isinstance(element, etree._Element):  # noqa: SLF001 - its only name
                        yield each.specificity(), element
    except (cssselect.SelectorError, etree.XPathError):
        return  # a selector of newer CSS: what it sets is not known
