"""Whether text can be read: the contrast of every visible text with its ground, in light and in dark.

Colours are computed from style sheets and attributes as a browser does it; what lies on a picture, or has a colour that
cannot be known, is left out. Nothing is said of how a mail program changes colours by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from digest.lint.cascade import Cascade, Scheme, Style
from digest.lint.colour import Colour, Tokens, colour_of, contrast
from digest.lint.finding import Finding
from digest.lint.markup import Element, elements, place
from digest.lint.rules import found

LEAST = 4.5
"""WCAG 2.2, 1.4.3, for text of any size."""
_UNSEEN = frozenset(("head", "style", "script", "title", "template", "noscript"))
_WHITE, _BLACK = Colour(1, 1, 1), Colour(0, 0, 0)
_CANVAS = {"light": (_BLACK, _WHITE), "dark": (_WHITE, Colour(0x12 / 255, 0x12 / 255, 0x12 / 255))}
"""Text and ground of a browser that is told nothing else (Chromium's dark canvas is #121212)."""
_LINK = {"light": Colour(0, 0, 0xEE / 255), "dark": Colour(0x9E / 255, 0x9E / 255, 1)}


@dataclass(frozen=True, slots=True)
class _Look:
    """How an element is shown; None: not known."""

    ink: Colour | None
    ground: Colour | None
    hidden: bool = False
    variables: dict[str, Tokens] = field(default_factory=dict)


def legibility(root: Element, sheets: Sequence[str] = ()) -> Iterator[Finding]:
    """Text of too little contrast, each pair of colours once for each scheme; `sheets` are linked style sheets."""
    own = [element.text or "" for element in root.iter("style")]
    adapts = any(
        "dark" in (meta.get("content") or "") for meta in root.iter("meta") if meta.get("name") == "color-scheme"
    )
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        yield from _illegible(root, Cascade(root, [*sheets, *own], scheme), scheme, adapts=adapts)


def _illegible(root: Element, cascade: Cascade, scheme: Scheme, *, adapts: bool) -> Iterator[Finding]:
    looks: dict[Element, _Look] = {}
    seen: set[tuple[str, str]] = set()
    default: Scheme = scheme if adapts else "light"
    for element in elements(root):
        parent = element.getparent()
        above = looks[parent] if parent is not None else _Look(*_CANVAS[default])
        look = looks[element] = _look(element, cascade[element], above, default)
        if look.hidden or look.ink is None or look.ground is None or not _has_text(element):
            continue
        ink = look.ink.over(look.ground)
        pair = (str(ink), str(look.ground))
        ratio = contrast(ink, look.ground)
        if ratio < LEAST and pair not in seen:
            seen.add(pair)
            yield found("contrast", place(element), f"in {scheme}: {pair[0]} on {pair[1]} is {ratio:.2f} to 1")


def _look(element: Element, style: Style, above: _Look, scheme: Scheme) -> _Look:
    own = {name: tokens for name, tokens in style.items() if name.startswith("--")}
    variables = above.variables | own if own else above.variables
    ink = above.ink
    if "color" in style:
        value = colour_of(style["color"], variables)
        ink = value if isinstance(value, Colour) else above.ink if isinstance(value, str) else None
    elif element.tag == "a" and element.get("href") is not None:
        ink = _LINK[scheme]
    ground = above.ground
    if "background-color" in style:
        ground = _ground(colour_of(style["background-color"], variables), ink, above.ground)
    hidden = above.hidden or element.tag in _UNSEEN or element.get("hidden") is not None
    hidden = hidden or _says(style, "display", "none") or _says(style, "visibility", "hidden")
    return _Look(ink, ground, hidden, variables)


def _ground(value: Colour | str | None, ink: Colour | None, above: Colour | None) -> Colour | None:
    if value == "currentcolor":
        return ink
    if isinstance(value, str):
        return above
    if value is None or (above is None and value.alpha < 1):
        return None
    return value.over(above or _WHITE)


def _says(style: Style, name: str, word: str) -> bool:
    tokens: Sequence[Any] = style.get(name, ())
    return any(token.type == "ident" and token.lower_value == word for token in tokens)


def _has_text(element: Element) -> bool:
    texts = [element.text, *(child.tail for child in element)]
    return any(text and text.strip() for text in texts)
