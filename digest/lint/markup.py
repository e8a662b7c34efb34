"""HTML as it is looked at: read once, by lxml, with the line of every element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias
from urllib.parse import urlsplit

from lxml import etree, html
from lxml.etree import ParserError

from digest.lint.finding import Finding
from digest.lint.rules import found

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no other name for it

SAFE = frozenset(("http", "https", "mailto"))
_BROWSERS_IGNORE = re.compile(r"^[\x00-\x20]+|[\x00-\x20]+$|[\t\r\n]+")
"""What a browser removes from an address before it looks at it (WHATWG URL, basic URL parser)."""
_ACTIVE = frozenset(("script", "form", "iframe", "frame", "object", "embed", "applet", "input", "button", "base"))


def read_html(text: str) -> Element | None:
    """The document's root; None when there is nothing in it."""
    try:
        parser = html.HTMLParser(encoding="utf-8", no_network=True)
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except ParserError:
        return None


def elements(root: Element) -> Iterator[Element]:
    """All elements in order, comments and processing instructions left out."""
    return (element for element in root.iter() if isinstance(element.tag, str))


def words(element: Element) -> str:
    """All its text in one line."""
    return " ".join("".join(text for text in element.itertext() if isinstance(text, str)).split())


def place(element: Element) -> str:
    """Where an element stands."""
    name = element.tag if isinstance(element.tag, str) else "!"
    return f"line {element.sourceline or 1}, <{name}>"


def scheme_of(address: str) -> str:
    """The scheme of an address as a browser reads it, in lower case; empty for a relative one."""
    cleaned = _BROWSERS_IGNORE.sub("", address)
    match = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", cleaned)
    return match[1].lower() if match else ""


def has_host(address: str) -> bool:
    """Whether an http or https address names a host."""
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False


def active_content(root: Element) -> Iterator[Finding]:
    """Scripts, forms and what else runs or loads by itself; style sheets and fonts from outside."""
    for element in elements(root):
        if element.tag in _ACTIVE:
            yield found("active-content", place(element), f"<{element.tag}> is not allowed here")
        if element.tag == "link" and "stylesheet" in (element.get("rel") or "").lower():
            yield found("active-content", place(element), "a style sheet from outside")
        if element.tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
            yield found("active-content", place(element), "it sends the reader elsewhere")
        if element.tag == "style" and (rule := re.search(r"@(import|font-face)", element.text or "", re.IGNORECASE)):
            yield found("active-content", place(element), f"@{rule[1].lower()} loads from outside")
        for name in map(str, element.attrib):
            if name.lower().startswith("on"):
                yield found("active-content", place(element), f"the attribute {name} runs a script")
