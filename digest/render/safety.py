"""Foreign text and addresses made harmless before they are shown anywhere.

It removes what no reader can see and what changes how the neighbourhood is read. It does not escape for HTML: the
templates do (autoescape), and `digest.render.math` does for what it returns as markup.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

PLACEHOLDERS = ("XUNSUBSCRIBEURLX", "XPREFERENCESURLX", "XRECIPIENTX", "XMARKURLX")
"""The personal places of a mail; no foreign text may contain one (see `digest.render.email`)."""

_MAX_URL = 2000
_SCHEMES = {"http", "https", "mailto"}
# What Unicode TR 36 and 39 call invisible or reordering: bidi embeddings, overrides, isolates and marks, zero-width
# spaces, soft hyphen, interlinear and tag characters, variation selectors supplement, noncharacters, surrogates.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufdd0-\ufdef\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_JOINER = re.compile("(?<![^\u0000-\u02ff])[\u200c\u200d]+|[\u200c\u200d]{2,}|[\u200c\u200d]+(?![^\u0000-\u02ff])")
_SPACE = re.compile("[\\s\u0085\u2028\u2029]+")
_PLACEHOLDER = re.compile("|".join(PLACEHOLDERS))
_MARKS = 4
"""Combining marks in a row that a written language needs at most; more is a stack of ink over the next lines."""
_MAY_BE_MARKS = re.compile(
    f"[\u0300-\u1fff\u20d0-\u20ff\u2c00-\u2fff\u302a-\u309a\ua600-\uffff\U00010000-\U0010ffff]{{{_MARKS + 1}}}"
)
"""A row of characters from the parts of Unicode that have combining marks."""


def plain(text: str, *, limit: int = 20_000) -> str:
    """One line of visible characters, NFC: no control, bidi or zero-width character, no stacked marks.

    Joiners stay between letters of scripts that need them. `limit` is in characters, before cleaning.
    """
    text = text[:limit]
    if not (text.isascii() and text.isprintable() and "  " not in text):
        text = _cleaned(text)
    while _PLACEHOLDER.search(text):  # removing one may join another together
        text = _PLACEHOLDER.sub("", text)
    return text.strip()


def _cleaned(text: str) -> str:
    text = _SPACE.sub(" ", _SURROGATE.sub("\ufffd", text))
    if text.isascii():
        return _UNSEEN.sub("", text)
    text = _JOINER.sub("", _UNSEEN.sub("", text))
    return unicodedata.normalize("NFC", _thin_marks(text) if _MAY_BE_MARKS.search(text) else text)


def _thin_marks(text: str) -> str:
    """`text` with at most `_MARKS` combining marks in a row."""
    kept, row = [], 0
    for char in text:
        row = row + 1 if unicodedata.combining(char) else 0
        if row <= _MARKS:
            kept.append(char)
    return "".join(kept)


def safe_url(url: str | None, *, https_only: bool = False) -> str | None:
    """`url` when a link may lead there (http, https, mailto, ASCII after quoting), else None.

    Parsed the way a browser would: what has a control character, white space inside, a backslash or no host is refused.
    """
    if not url:
        return None
    url = url.strip()
    if (
        len(url) > _MAX_URL
        or re.search(r"[\x00-\x20\x7f\\]", url)
        or _SURROGATE.search(url)
        or _PLACEHOLDER.search(url)
    ):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in ({"https"} if https_only else _SCHEMES) or (scheme != "mailto" and not host):
        return None
    return quote(url, safe="!#$%&'()*+,-./:;=?@[]_~")
