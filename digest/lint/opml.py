"""OPML 2.0 as a list of feeds (http://opml.org/spec2.opml, "Subscription lists")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from digest.lint.entries import lint_address
from digest.lint.finding import Finding
from digest.lint.moments import is_rfc822
from digest.lint.rules import found
from digest.lint.xml import text_of


def lint_opml_root(root: etree._Element) -> Iterator[Finding]:
    """A document whose root is `<opml>`."""
    if root.get("version") != "2.0":
        yield found("feed-form", "<opml>", f"version is {root.get('version')!r}, not 2.0")
    if not text_of(root, "head/title"):
        yield found("feed-advice", "<head>", "it has no title")
    for name in ("dateCreated", "dateModified"):
        if (text := text_of(root, f"head/{name}")) and not is_rfc822(text):
            yield found("date-form", f"<head>, {name}", f"{text!r:.60} is no date of RFC 822")
    outlines = [outline for outline in root.iter("outline") if outline.find("outline") is None]
    if root.find("body") is None or not outlines:
        yield found("feed-form", "<opml>", "there is no body with outlines")
    for number, outline in enumerate(outlines, 1):
        yield from _outline(outline, f"outline {number}")
    for address, count in Counter(outline.get("xmlUrl") for outline in outlines).items():
        if address and count > 1:
            yield found("id-duplicate", f"xmlUrl {address:.100}", f"{count} outlines have it")


def _outline(outline: etree._Element, place: str) -> Iterator[Finding]:
    if not (outline.get("text") or "").strip():
        yield found("feed-form", place, "it has no text")
    if not (outline.get("title") or "").strip():
        yield found("feed-advice", place, "it has no title")
    if outline.get("type") != "rss":
        yield found("feed-form", place, f"type is {outline.get('type')!r:.30}, not rss")
    yield from lint_address(outline.get("xmlUrl") or "", f"{place}, xmlUrl")
    if (page := outline.get("htmlUrl")) is not None:
        yield from lint_address(page, f"{place}, htmlUrl")
