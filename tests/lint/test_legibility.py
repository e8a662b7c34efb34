"""Contrast as browsers and WCAG compute it."""

from __future__ import annotations

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st

from digest.lint.colour import Colour, colour_of, contrast
from digest.lint.legibility import legibility
from digest.lint.markup import read_html

parts = st.floats(0, 1)
colours = st.builds(Colour, parts, parts, parts)


def seen(body: str, *, sheet: str = "", head: str = "") -> list[str]:
    """What is found in a page with this body and linked style sheet."""
    root = read_html(f"<html><head>{head}</head><body>{body}</body></html>")
    assert root is not None
    return [finding.message for finding in legibility(root, [sheet])]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000", "#fff", 21), ("#777", "#fff", 4.48), ("#767676", "#fff", 4.54), ("#f00", "#fff", 4.0), ("red", "red", 1)],
)
def test_the_ratio_is_that_of_wcag(one, other, ratio):
    """Values as WebAIM's checker gives them."""
    first, second = (colour_of(tinycss2.parse_component_value_list(text), {}) for text in (one, other))
    assert isinstance(first, Colour)
    assert isinstance(second, Colour)
    assert contrast(first, second) == pytest.approx(ratio, abs=0.01)


@given(colours, colours)
def test_the_ratio_is_symmetric_and_bounded(one, other):
    """It is from 1 to 21, whichever colour is the ground."""
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.0001


DARK = "@media (prefers-color-scheme: dark)"


@pytest.mark.parametrize(
    ("body", "sheet", "found"),
    [
        ("<p>a</p>", "", []),
        ("<p style='color: #999'>a</p>", "", ["light", "dark"]),
        ("<p style='color: #999'></p>", "", []),
        ("<p style='color: #999'><b style='color: #000'>a</b></p>", "", []),
        ("<p style='color: #999'><b style='color: #000'>a</b> b</p>", "", ["light", "dark"]),
        ("<p style='color: #999; display: none'>a</p>", "", []),
        ("<div hidden><p style='color: #999'>a</p></div>", "", []),
        ("<p style='color: #999'>a</p>", "p { color: #000 }", ["light", "dark"]),
        ("<p style='color: #999'>a</p>", "p { color: #000 !important }", []),
        ("<p class=a>a</p>", ".a { color: #000 } p { color: #999 }", []),
        ("<p>a</p>", "p { color: #000 } p { color: #999 }", ["light", "dark"]),
        ("<p>a</p>", f"{DARK} {{ body {{ background: #000 }} }}", ["dark"]),
        ("<p>a</p>", f"{DARK} {{ body {{ background: #000; color: #fff }} }}", []),
        ("<p>a</p>", "@media print { p { color: #999 } }", []),
        ("<p>a</p>", "@media (max-width: 480px) { p { color: #999 } }", ["light", "dark"]),
        ("<p>a</p>", ":root { --ink: #999 } p { color: var(--ink) }", ["light", "dark"]),
        (
            "<p>a</p>",
            f":root {{ --ink: #000 }} {DARK} {{ :root {{ --ink: #999 }} }} p {{ color: var(--ink) }}",
            ["dark"],
        ),
        ("<p>a</p>", "p { color: var(--none, #999) }", ["light", "dark"]),
        ("<p>a</p>", ":root { --a: var(--b); --b: var(--a) } p { color: var(--a) }", []),
        ("<p style='color: rgba(0, 0, 0, 0.3)'>a</p>", "", ["light", "dark"]),
        ("<p style='color: hsl(0, 0%, 60%)'>a</p>", "", ["light", "dark"]),
        ("<p style='color: white; background: url(a.png)'>a</p>", "", []),
        ("<p style='color: oklch(60% 0 0)'>a</p>", "", []),
        ("<table bgcolor='#000'><tbody><tr><td>a</td></tr></tbody></table>", "", ["light", "dark"]),
        ("<p style='background: #00c'><a href='#'>a</a></p>", "", ["light", "dark"]),
        ("<p>a</p>", "p:hover { color: #fff } p::before { color: #fff } p:is( { color: #fff }", []),
    ],
)
def test_the_cascade(body, sheet, found):
    """Specificity, order, inheritance, importance, media and custom properties decide as in a browser."""
    assert [message.split()[1].rstrip(":") for message in seen(body, sheet=sheet)] == found


def test_a_page_that_adapts_is_dark_where_it_says_nothing():
    """Text of a fixed dark colour disappears on the dark canvas that the page asked for."""
    adapts = "<meta name='color-scheme' content='light dark'>"
    assert seen("<p style='color: #222'>a</p>") == []
    assert seen("<p style='color: #222'>a</p>", head=adapts) == ["in dark: #222222 on #121212 is 1.18 to 1"]
    assert seen("<p><a href='#'>a</a></p>", head=adapts) == []
