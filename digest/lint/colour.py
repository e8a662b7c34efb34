"""Colours as CSS writes them, and how far two of them stand apart (WCAG 2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tinycss2.color3 import parse_color

_NESTING = 8
"""How deep `var()` may lead from one custom property to the next."""
Tokens = Sequence[Any]
"""Component values of tinycss2."""


class Colour(NamedTuple):
    """sRGB, each from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, ground: Colour) -> Colour:
        """What is seen of it on an opaque ground."""
        mixed = (self.alpha * own + (1 - self.alpha) * under for own, under in zip(self[:3], ground[:3], strict=True))
        return Colour(*mixed)

    def __str__(self) -> str:
        return "#" + "".join(f"{round(part * 255):02x}" for part in self[:3])


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    """WCAG 2.2, "relative luminance", with the threshold of IEC 61966-2-1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - the formula's own
        for part in colour[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def colour_of(tokens: Tokens, variables: Mapping[str, Tokens]) -> Colour | str | None:
    """The colour among `tokens`: `"currentcolor"`, `"inherit"` or `"none"` as words; None when it cannot be known."""
    for token in _resolved(tokens, variables, _NESTING):
        if token.type == "url" or (token.type == "function" and token.lower_name not in _COLOURS):
            return None
        if token.type == "ident" and token.lower_value in {"inherit", "none"}:
            return str(token.lower_value)
        colour = parse_color(token)
        if isinstance(colour, str):
            return "currentcolor"
        if colour is not None:
            return Colour(*colour)
    return "none"


_COLOURS = frozenset(("rgb", "rgba", "hsl", "hsla"))


def _resolved(tokens: Tokens, variables: Mapping[str, Tokens], depth: int) -> Iterable[Any]:
    """`tokens` with every `var()` replaced by what it stands for."""
    for token in tokens:
        if token.type != "function" or token.lower_name != "var" or depth == 0:
            yield token
            continue
        arguments = [each for each in token.arguments if each.type not in {"whitespace", "comment"}]
        name = arguments[0].value if arguments and arguments[0].type == "ident" else ""
        yield from _resolved(variables.get(name, arguments[2:]), variables, depth - 1)
