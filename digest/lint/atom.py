"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from digest.lint.entries import lint_address, lint_content, lint_ids
from digest.lint.finding import Finding
from digest.lint.moments import lint_dates, lint_updated, rfc3339
from digest.lint.rules import found
from digest.lint.xml import ATOM, text_of


def lint_atom(root: etree._Element, now: datetime) -> Iterator[Finding]:
    """A document whose root is `<feed>`."""
    entries = root.findall(f"{ATOM}entry")
    yield from _required(root, "<feed>")
    yield from lint_ids(text_of(entry, f"{ATOM}id") for entry in entries)
    yield from _links(root, "<feed>")
    if not any(link.get("rel") == "self" for link in root.findall(f"{ATOM}link")):
        yield found("self-link", "<feed>", "there is no link with rel=self")
    signed = bool(text_of(root, f"{ATOM}author/{ATOM}name"))
    dates: dict[str, datetime] = {}
    for number, entry in enumerate(entries, 1):
        place = f"entry {number}"
        yield from _entry(entry, place, signed=signed)
        if moment := rfc3339(text_of(entry, f"{ATOM}published") or text_of(entry, f"{ATOM}updated")):
            dates[place] = moment
    yield from lint_dates(dates, now)
    updated = (rfc3339(text_of(entry, f"{ATOM}updated")) for entry in entries)
    known = [moment for moment in updated if moment is not None]
    yield from lint_updated(rfc3339(text_of(root, f"{ATOM}updated")), known, "<feed>, updated")


def _required(element: etree._Element, place: str) -> Iterator[Finding]:
    """One id, one title and one date; dates as RFC 3339 has them (sections 3.3, 4.1.1, 4.1.2)."""
    counts = Counter(child.tag for child in element)
    for name in ("id", "title", "updated"):
        if counts[f"{ATOM}{name}"] > 1 or (counts[f"{ATOM}{name}"] == 0 and (name != "id" or place == "<feed>")):
            yield found("feed-form", place, f"it has {counts[f'{ATOM}{name}']} elements {name}; there must be one")
    title = element.find(f"{ATOM}title")
    if title is not None and not "".join(str(text) for text in title.itertext()).strip():
        yield found("title-empty", place, "the title is empty")
    for name in ("updated", "published"):
        for child in element.findall(f"{ATOM}{name}"):
            if rfc3339(child.text or "") is None:
                yield found("date-form", place, f"{name} {child.text!r:.60} is no date of RFC 3339")


def _entry(entry: etree._Element, place: str, *, signed: bool) -> Iterator[Finding]:
    yield from _required(entry, place)
    yield from _links(entry, place)
    authors = entry.findall(f"{ATOM}author")
    if (not authors and not signed) or any(not text_of(author, f"{ATOM}name") for author in authors):
        yield found("author", place, "it has no author with a name, and neither has the feed")
    content = entry.find(f"{ATOM}content")
    if content is None and not any(
        link.get("rel", "alternate") == "alternate" for link in entry.findall(f"{ATOM}link")
    ):
        yield found("feed-form", place, "it has neither content nor a link (RFC 4287 section 4.1.3)")
    for name in ("content", "summary"):
        child = entry.find(f"{ATOM}{name}")
        if child is not None and child.get("type") == "html":
            yield from lint_content(child.text or "", place)
    for category in entry.findall(f"{ATOM}category"):
        if not category.get("term"):
            yield found("feed-form", place, "a category without a term")


def _links(element: etree._Element, place: str) -> Iterator[Finding]:
    links = element.findall(f"{ATOM}link")
    for link in links:
        yield from lint_address(link.get("href") or "", f"{place}, <link>")
    same = Counter(
        (link.get("type"), link.get("hreflang")) for link in links if link.get("rel", "alternate") == "alternate"
    )
    if any(count > 1 for count in same.values()):
        yield found("feed-form", place, "two alternate links of one type and language (RFC 4287 section 4.1.1)")
