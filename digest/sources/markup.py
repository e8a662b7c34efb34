"""HTML of strangers to plain text: no tag, script or style survives.

It does not make HTML safe to show (nothing of it is shown) and it does not read pages; see `html_page`.
"""

from __future__ import annotations

import html
import re

import nh3

from digest.sources import limits

_LONGEST = 4 * limits.ABSTRACT
"""Characters of markup looked at."""
_TAG_OR_ENTITY = re.compile(r"<[a-zA-Z/!?]|&(?:#\w{1,7}|[a-zA-Z]\w{1,30});")
_ACTIVE = re.compile(r"<(?:script|style|iframe|object|embed|svg)\b", re.IGNORECASE)
_BLOCK = re.compile(r"(?i)<(?:br|/?p|/?div|/?li|/?h[1-6]|/?tr|/?td|/?blockquote)\b[^<>]{0,500}>")
_HIDDEN = {"script", "style", "head", "template", "noscript", "iframe", "object", "svg"}
"""Elements whose content is not the text of a page."""


def plain_text(value: object) -> str:
    """The words of a piece of HTML on one line; empty when `value` is no string. Text without markup is only folded.

    A `<` that starts no tag (`a < b`) stays.
    """
    if not isinstance(value, str):
        return ""
    value = value[:_LONGEST]
    if _TAG_OR_ENTITY.search(value):
        value = _strip(value)
        if _ACTIVE.search(value):  # escaped twice
            value = _strip(value)
    return " ".join(value.split())


def _strip(value: str) -> str:
    value = _BLOCK.sub(" \\g<0>", value)
    return html.unescape(nh3.clean(value, tags=set(), clean_content_tags=_HIDDEN, strip_comments=True))
