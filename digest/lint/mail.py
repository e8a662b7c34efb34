"""A mail before it is a message: its HTML, its text, and whether the two say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.lint.characters import control_characters
from digest.lint.finding import Finding, Findings, Level, errors
from digest.lint.links import web_links
from digest.lint.markup import Element, elements, read_html, words
from digest.lint.pages import PERSONAL, lint_mail_html, unfilled
from digest.lint.rules import found
from digest.models import Mail

_UNSUBSCRIBE = PERSONAL[0]
_NAMED = 5
"""Findings named in the message that forbids publication."""
_ENTRIES = re.compile(r"h[2-6]")


def lint_mail(mail: Mail) -> Findings:
    """A rendered digest that is addressed to no one yet."""
    findings: list[Finding] = []
    if not mail.subject.strip() or len(mail.subject.splitlines()) > 1:
        findings.append(found("subject", "subject", "empty, or of several lines"))
    if not mail.preheader.strip():
        findings.append(found("preheader", "preheader", "empty", level="note"))
    findings += control_characters(mail.subject, "subject, ")
    findings += lint_mail_html(mail.html, part="HTML, ", addressed=False)
    findings += lint_text(mail.text, mail.html, addressed=False)
    for part, text in (("HTML", mail.html), ("text", mail.text)):
        if _UNSUBSCRIBE not in text:
            findings.append(found("unsubscribe-link", part, "there is no link to unsubscribe"))
    return tuple(findings)


def check_before_publish(mail: Mail) -> Findings:
    """What forbids to publish `mail`; empty when nothing does."""
    return errors(lint_mail(mail))


def refusal(findings: Findings, what: str = "the mail") -> str:
    """Why `what` is held back, in one line, for a DigestError."""
    named = [f"{finding.place}: {finding.message} ({finding.rule}: {finding.remedy})" for finding in findings[:_NAMED]]
    more = len(findings) - len(named)
    return f"{what} must not go out: " + "; ".join(named) + (f"; and {more} more" if more else "")


def lint_text(text: str, html: str, *, addressed: bool = True) -> Iterator[Finding]:
    """The text part: clean, filled in, and with every paper and link of the HTML."""
    yield from control_characters(text, "text, ")
    if addressed:
        yield from unfilled(text, "text, ")
    if not text.strip():
        yield found("text-part", "text", "it is empty")
        return
    root = read_html(html)
    if root is not None:
        yield from _not_listed(root, set(_addresses(text)))
        yield from _not_titled(root, "".join(text.split()).casefold())


def _not_listed(root: Element, known: set[str]) -> Iterator[Finding]:
    """The addresses of the HTML that the text does not have; worst when it is a paper's own."""
    titles = {(link.get("href") or "").partition("#")[0] for link in _titles(root)}
    missing = sorted(
        (address for address in web_links(root) if address not in known), key=lambda each: each not in titles
    )
    for address in missing[:_NAMED]:
        level: Level = "error" if address in titles else "warning"
        yield found("text-part", "text", f"{address:.120} is linked in the HTML and not listed here", level=level)
    if len(missing) > _NAMED:
        more = f"{len(missing) - _NAMED} more links of the HTML are not listed here"
        yield found("text-part", "text", more, level="warning")


def _not_titled(root: Element, printed: str) -> Iterator[Finding]:
    """The titles of the HTML that the text does not have; those with sub- and superscripts are set otherwise there."""
    for link in _titles(root):
        plain = link.find(".//sub") is None and link.find(".//sup") is None
        if plain and "".join(words(link).split()).casefold() not in printed:
            yield found("text-part", "text", f"the title {words(link)!r:.80} is not in it", level="warning")


def _addresses(text: str) -> Iterator[str]:
    """The addresses in plain text: to the next white space, with and without what may follow an address in prose."""
    for address in re.findall(r"https?://[^\s<>\"]+", text):
        yield address.partition("#")[0]
        yield address.partition("#")[0].rstrip(".,;:)!?")


def _titles(root: Element) -> Iterator[Element]:
    """The titles of the papers: links in headings below the first."""
    for heading in elements(root):
        if _ENTRIES.fullmatch(str(heading.tag)):
            yield from heading.iter("a")
