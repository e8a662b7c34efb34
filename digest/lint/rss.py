"""RSS 2.0 with the RSS Advisory Board's profile (https://www.rssboard.org/rss-profile)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from digest.lint.entries import lint_address, lint_content, lint_ids
from digest.lint.finding import Finding
from digest.lint.moments import lint_dates, lint_updated, rfc822
from digest.lint.rules import found
from digest.lint.xml import ATOM, CONTENT, text_of


def lint_rss(root: etree._Element, now: datetime) -> Iterator[Finding]:
    """A document whose root is `<rss>`."""
    channel = root.find("channel")
    if channel is None or root.get("version") != "2.0":
        yield found("feed-form", "<rss>", 'it needs version="2.0" and a <channel>')
    if channel is None:
        return
    items = channel.findall("item")
    yield from _channel(channel)
    yield from lint_ids(text_of(item, "guid") for item in items)
    dates: dict[str, datetime] = {}
    for number, item in enumerate(items, 1):
        place = f"entry {number}"
        yield from _item(item, place)
        if (text := text_of(item, "pubDate")) and (moment := rfc822(text)):
            dates[place] = moment
        elif text:
            yield found("date-form", place, f"pubDate {text!r:.60} is no date of RFC 822 (or its weekday is wrong)")
        else:
            yield found("feed-advice", place, "it has no pubDate")
    yield from lint_dates(dates, now)
    yield from _built(channel, list(dates.values()))


def _channel(channel: etree._Element) -> Iterator[Finding]:
    for name in ("title", "link", "description"):
        if not text_of(channel, name):
            yield found("feed-form", "<channel>", f"it has no {name}")
    own = [link for link in channel.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if len(own) != 1:
        yield found("self-link", "<channel>", f"{len(own)} links with rel=self; there must be one")
    for link in channel.findall(f"{ATOM}link"):
        yield from lint_address(link.get("href") or "", "<channel>, <atom:link>")
    if own and own[0].get("type") != "application/rss+xml":
        yield found("self-link", "<channel>", f"its type is {own[0].get('type')}, not application/rss+xml")
    if address := text_of(channel, "link"):
        yield from lint_address(address, "<channel>, <link>")
    if (ttl := text_of(channel, "ttl")) and not ttl.isdigit():
        yield found("feed-form", "<channel>", f"ttl {ttl!r:.30} is no number of minutes")
    if not text_of(channel, "language"):
        yield found("feed-advice", "<channel>", "it says no language")


def _item(item: etree._Element, place: str) -> Iterator[Finding]:
    if not text_of(item, "title"):
        yield found("title-empty", place, "no title", level="warning" if text_of(item, "description") else "error")
    guid = item.find("guid")
    if (
        guid is not None
        and guid.get("isPermaLink") != "false"
        and not re.match(r"https?://", (guid.text or "").strip())
    ):
        yield found("permalink", place, f"the guid {(guid.text or '').strip()!r:.80} is no address, and is said to be")
    for name in ("link", "comments"):
        if address := text_of(item, name):
            yield from lint_address(address, f"{place}, <{name}>")
    if (author := text_of(item, "author")) and "@" not in author:
        yield found("feed-advice", place, f"author {author!r:.60} must be an e-mail address; use dc:creator")
    order = [child.tag for child in item if child.tag in {"description", f"{CONTENT}encoded"}]
    if order[-1:] == ["description"] and len(order) > 1:
        yield found("feed-advice", place, "content:encoded stands before description; some readers take the last")
    yield from lint_content(text_of(item, f"{CONTENT}encoded") or text_of(item, "description"), place)


def _built(channel: etree._Element, dates: list[datetime]) -> Iterator[Finding]:
    text = text_of(channel, "lastBuildDate")
    built = rfc822(text)
    if text and built is None:
        yield found("date-form", "<channel>", f"lastBuildDate {text!r:.60} is no date of RFC 822")
    yield from lint_updated(built, dates, "<channel>, lastBuildDate")
