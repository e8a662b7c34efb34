"""A document of unknown form: what it is is told by its content, and then it is looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from digest.lint.characters import decoded
from digest.lint.feeds import lint_feed, lint_opml
from digest.lint.finding import Findings
from digest.lint.links import Neighbours
from digest.lint.message import lint_message
from digest.lint.pages import lint_mail_html, lint_page

Form = Literal["message", "mail", "page", "feed", "opml"]
"""`mail` is the HTML of a mail by itself."""
_LOOKED_AT = 4096
_HEADER = re.compile(rb"(?:[!-9;-~]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}")
_MAIL_HEADER = re.compile(rb"^(?:from|mime-version|message-id|received|subject):", re.IGNORECASE | re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PAGE_LINK = re.compile(r"<link\s", re.IGNORECASE)


def form_of(data: bytes) -> Form | None:
    """What a document is; None when it is none of what is looked at."""
    start = data[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    text = start.decode("utf-8", "replace").lower()
    if text.startswith("<"):
        return _markup(data, text)
    if text.startswith("{"):
        return "feed" if "jsonfeed.org" in text or ('"items"' in text and '"title"' in text) else None
    header = _HEADER.match(start)
    return "message" if header and _MAIL_HEADER.search(header[0]) else None


def _markup(data: bytes, text: str) -> Form | None:
    names = re.findall(r"<([a-z][\w:.-]*)", _COMMENT.sub("", text))
    first = names[0] if names else ""
    if first == "opml":
        return "opml"
    if first in {"rss", "feed", "rdf:rdf"}:
        return "feed"
    if first == "html" or "<!doctype html" in text:
        whole = data.decode("utf-8", "replace")
        laid_out = 'role="presentation"' in whole and not _PAGE_LINK.search(whole)
        return "mail" if laid_out else "page"
    return None


def lint_document(
    data: bytes, *, now: datetime, neighbours: Neighbours | None = None, sheets: Sequence[str] = ()
) -> Findings | None:
    """What is wrong with a document of any form we publish; None when it is of none."""
    form = form_of(data)
    if form == "message":
        return lint_message(data)
    if form == "mail":
        text, findings = decoded(data, "")
        return (*findings, *lint_mail_html(text))
    if form == "page":
        return lint_page(data, neighbours=neighbours, sheets=sheets)
    if form == "feed":
        return lint_feed(data, now=now)
    return lint_opml(data) if form == "opml" else None
