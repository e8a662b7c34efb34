"""A page, or the HTML of a mail, looked at as a whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from digest.lint.characters import control_characters, decoded
from digest.lint.finding import Finding, Findings
from digest.lint.legibility import legibility
from digest.lint.links import Neighbours, mail_links, page_links
from digest.lint.markup import Element, active_content, elements, place, read_html, words
from digest.lint.rules import found
from digest.lint.structure import layout_tables, mail_images, structure

MAX_BYTES, NEAR_BYTES = 102_400, 80_000
"""Where Gmail clips a mail, and what our own limit leaves free for headers and what mailers add."""
PERSONAL = ("XUNSUBSCRIBEURLX", "XPREFERENCESURLX", "XRECIPIENTX", "XMARKURLX")
"""What stands for the personal parts of a mail until it is addressed (`digest.render.safety.PLACEHOLDERS`)."""
_UNFILLED = re.compile("|".join(PERSONAL))


def lint_page(data: bytes, *, neighbours: Neighbours | None = None, sheets: Sequence[str] = ()) -> Findings:
    """A web page. Local links are followed as far as `neighbours` say; `sheets` are the style sheets it links."""
    text, findings = decoded(data, "")
    findings += control_characters(text, "")
    root = read_html(text)
    if root is None:
        return (*findings, found("title", "line 1", "the page is empty", level="error"))
    findings += structure(root)
    findings += page_links(root, neighbours)
    findings += unfilled(text, "")
    findings += legibility(root, sheets)
    return tuple(findings)


def lint_mail_html(text: str, *, part: str = "", addressed: bool = True) -> Findings:
    """The HTML of a mail; before it is `addressed`, the places of what is personal are in order."""
    size = len(text.encode("utf-8", "replace"))
    findings: list[Finding] = []
    if size >= MAX_BYTES:
        findings.append(found("size", part or "document", f"{size:,} bytes of HTML; Gmail cuts it at {MAX_BYTES:,}"))
    elif size > NEAR_BYTES:
        findings.append(found("size-near", part or "document", f"{size:,} bytes of HTML"))
    findings += control_characters(text, part)
    findings += unfilled(text, part) if addressed else ()
    root = read_html(text)
    if root is None:
        return (*findings, found("multipart", part or "document", "the HTML is empty"))
    allowed = () if addressed else PERSONAL
    findings += [_within(finding, part) for finding in _mail_findings(root, allowed)]
    return tuple(findings)


def _mail_findings(root: Element, allowed: Collection[str]) -> Iterator[Finding]:
    yield from structure(root)
    yield from mail_images(root)
    yield from layout_tables(root)
    yield from active_content(root)
    yield from mail_links(root, allowed)
    yield from _preheader(root)
    yield from legibility(root)


def unfilled(text: str, part: str) -> Iterator[Finding]:
    """The reader's own places, where they should have been filled in by now."""
    for word in sorted(set(_UNFILLED.findall(text))):
        line = text.count("\n", 0, text.index(word)) + 1
        yield found("placeholder", f"{part}line {line}", f"{word} was not filled in")


def _preheader(root: Element) -> Iterator[Finding]:
    """The first text of the body must be a hidden one."""
    body = root.find("body")
    texts = elements(body) if body is not None else iter(())
    first = next((element for element in texts if (element.text or "").strip()), None)
    if first is None:
        yield found("preheader", "<body>", "there is no text at all")
    elif "display:none" not in "".join((first.get("style") or "").lower().split()):
        yield found("preheader", place(first), f"mailboxes will show {words(first)!r:.60}")


def _within(finding: Finding, part: str) -> Finding:
    return found(finding.rule, f"{part}{finding.place}", finding.message, level=finding.level) if part else finding
