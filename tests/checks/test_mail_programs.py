"""caniemail: what Gmail, Outlook, Apple Mail and Yahoo do not support is used only where it may be missing."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.checks.conftest import HERE
from tests.checks.material import MAILS, mail_html

CLIENTS = ("gmail.*", "outlook.*", "apple-mail.*", "yahoo.*")
_STYLE = "only in the style element, which adds dark mode, small screens and print to what stands in every element"
ALLOWED = {
    "<body> element": "a document has one; programs replace it by an element of their own and keep its style",
    "<style> element": _STYLE,
    "@media": _STYLE,
    "Type selector": _STYLE,
    "Class selector": _STYLE,
    "Attribute selector": _STYLE,
    "Descendant combinator": _STYLE,
    "word-break": "a word longer than the screen is broken; elsewhere it sticks out, as it does without",
    "display:none": "hides the preheader; where it is ignored (Gmail on the mobile web) it is a line at the top",
    "role attribute": "tells screen readers that a table is layout; elsewhere it is dropped",
    "height property": "caniemail takes `line-height` within `font` for it; no height is set",
}
"""Features some of these programs lack, each with why it may be used."""


@pytest.mark.parametrize("name", MAILS)
def test_features(node: str, name: str) -> None:
    """No other feature that one of them is known not to support is used."""
    html = mail_html(name)
    done = subprocess.run(
        [node, HERE / "caniemail.mjs", *CLIENTS], input=html, check=True, capture_output=True, text=True
    )
    errors = json.loads(done.stdout)["errors"]
    assert {feature: client for client, feature in errors if feature not in ALLOWED} == {}
