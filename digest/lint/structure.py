"""The structure of an HTML document, as those see it who do not see it: language, title, headings, images, tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from digest.lint.finding import Finding
from digest.lint.markup import Element, elements, place, scheme_of, words
from digest.lint.rules import found

_HEADING = re.compile(r"h([1-6])")
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def structure(root: Element) -> Iterator[Finding]:
    """What holds for every document of ours."""
    if not _TAG.fullmatch(root.get("lang") or ""):
        yield found("language", place(root), "the language is not said")
    if not (root.findtext(".//title") or "").strip():
        yield found("title", place(root), "there is no title")
    yield from _charset(root)
    yield from _headings(root)
    yield from _ids(root)
    for image in root.iter("img"):
        if image.get("alt") is None:
            yield found("image-alt", place(image), "no alt text")


def mail_images(root: Element) -> Iterator[Finding]:
    """What a mail asks of its images beyond that."""
    for image in root.iter("img"):
        if scheme_of(image.get("src") or "") not in {"https", "cid"}:
            yield found("image-source", place(image), f"{image.get('src') or 'no address'!r:.80} is not https")
        if not (image.get("width") or "").isdigit():
            yield found("image-width", place(image), "no width in pixels")


def layout_tables(root: Element) -> Iterator[Finding]:
    """Tables without a header cell are there for the layout and must say so."""
    for table in root.iter("table"):
        if table.get("role") not in {"presentation", "none"} and table.find(".//th") is None:
            yield found("table-role", place(table), "a layout table that a screen reader announces as data")


def _charset(root: Element) -> Iterator[Finding]:
    declared = [meta.get("charset") for meta in root.iter("meta") if meta.get("charset")]
    declared += [
        content[1]
        for meta in root.iter("meta")
        if (content := re.search(r"charset=([\w-]+)", meta.get("content") or ""))
    ]
    if not declared:
        yield found("charset", place(root), "the encoding is not declared", level="warning")
    elif any((name or "").lower() != "utf-8" for name in declared):
        yield found("charset", place(root), f"the encoding is declared as {', '.join(map(str, declared))}")


def _headings(root: Element) -> Iterator[Finding]:
    before = 0
    for element in elements(root):
        level = _HEADING.fullmatch(str(element.tag))
        if level is None:
            continue
        if int(level[1]) > before + 1:
            after = f"after <h{before}>" if before else "as the first heading"
            yield found("heading-order", place(element), f"<h{level[1]}> {after}")
        if not words(element):
            yield found("heading-order", place(element), "an empty heading")
        before = int(level[1])


def _ids(root: Element) -> Iterator[Finding]:
    counts = Counter(element.get("id") for element in elements(root) if element.get("id"))
    for id_, count in counts.items():
        if count > 1:
            yield found("id-duplicate", f"id {id_!r:.60}", f"{count} elements have it")
