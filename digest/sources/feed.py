"""Anybody's feed: RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, CDF, well-formed or not, through feedparser.

HTML becomes plain text, so nothing active gets through. arXiv's own feeds and JSON Feed have parsers of their own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from digest.errors import SourceRefused
from digest.sources import limits
from digest.sources.author_names import family_last, split_names
from digest.sources.markup import plain_text
from digest.sources.record import Found, Names, Origin, build, people, reject

_HEAD = 4096
_LONG_TAG = re.compile(rb"<[A-Za-z/?][^<>]{65536}")
_LONG_WORD = re.compile(rb"([A-Za-z0-9_.+-]{150})[A-Za-z0-9_.+-]+")
"""Cut short, because feedparser looks for mail addresses in time that grows with the square of such a word."""
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
_SUBSET_ENDS = re.compile(rb"\]\s*>")
_OLD_ARXIV_TITLE = re.compile(r"\s*\(arXiv:(?P<id>[\w./-]{6,40})(?: \[[\w.-]{2,30}\])?(?: UPDATED)?\)\s*$")
_BETWEEN = "AI-generated summary"


def parse_feed(data: bytes, origin: Origin) -> tuple[str, Iterator[Found]]:
    """The kind of feed, such as `rss20`, and the papers of its entries, in order. `data` is UTF-8.

    Raises:
        SourceRefused: it is too large for the tolerant parser, or no feed.
    """
    if len(data) > limits.FEED_BYTES or data.count(b"<") > limits.FEED_TAGS:
        raise SourceRefused(
            f"is a feed of more than {limits.FEED_BYTES // 1_048_576} MB or {limits.FEED_TAGS:,} tags; "
            "ask its address for fewer entries"
        )
    if _LONG_TAG.search(data):
        raise SourceRefused("is a feed with a tag of more than 64 kB")
    feed = _read(_REFERENCE.sub(_no_half, _LONG_WORD.sub(rb"\1", _without_doctype(data))))
    entries = feed.get("entries") or []
    version = str(feed.get("version") or "")
    if not version and not entries:
        raise SourceRefused("is XML, but no feed that is known (RSS, RDF, Atom, CDF, OAI-PMH)")
    return version or "feed", (_paper(entry, origin) for entry in entries)


def _read(data: bytes) -> Mapping[str, Any]:
    import feedparser  # noqa: PLC0415 - takes a tenth of a second, and most sources need none

    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        # A stream, because feedparser takes bytes for the name of a file. Sanitising is left to `plain_text`.
        parsed = feedparser.parse(
            io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:
        raise SourceRefused(f"is a feed too broken to be read ({type(error).__name__}: {error})") from error
    return dict(parsed)


def _without_doctype(data: bytes) -> bytes:
    """`data` without its document type, so that no entity it declares is ever known."""
    start = data.find(b"<!DOCTYPE", 0, _HEAD)
    if start < 0:
        start = data.find(b"<!doctype", 0, _HEAD)
    if start < 0:
        return data
    simple, subset = data.find(b">", start), data.find(b"[", start)
    if subset < 0 or simple < subset:
        return data[:start] + data[simple + 1 :] if simple >= 0 else data
    end = _SUBSET_ENDS.search(data, subset)
    if end is None:
        raise SourceRefused("has a document type that never ends")
    return data[:start] + data[end.end() :]


def _no_half(reference: re.Match[bytes]) -> bytes:
    """The reference, unless it is to half a character (a lone surrogate), at which feedparser gives up the feed."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return b"" if 0xD800 <= code <= 0xDFFF else reference[0]  # noqa: PLR2004 - Unicode 15 §3.8


def _paper(entry: Mapping[str, Any], origin: Origin) -> Found:
    get = dict(entry).get  # feedparser's own `get` answers with other keys' values
    links = [link.get("href") for link in get("links") or () if isinstance(link, dict)]
    title = plain_text(get("title"))
    suffix = _OLD_ARXIV_TITLE.search(title)
    names = Names.among(get("id"), get("link"), *links, suffix and suffix["id"], get("prism_doi"), get("dc_identifier"))
    title = title[: suffix.start()] if suffix else title
    abstract, summary = split_summary(_longest_text(get))
    listed_on, published_at = _dates(get, "published")
    changed_on, updated_at = _dates(get, "updated")
    if not title and not names.arxiv and not abstract:
        return reject(get("link") or get("id") or "an entry", "the entry has neither title nor text")
    return build(
        origin,
        names,
        title,
        abstract=abstract,
        summary=summary,
        authors=people(_names(get)),
        keywords=limits.labels([tag.get("term") for tag in get("tags") or () if isinstance(tag, dict)]),
        url=get("link") or next((link for link in links if link), None) or get("id"),
        listed_on=listed_on or changed_on,
        published_at=published_at or updated_at,
        updated_at=updated_at,
    )


def split_summary(text: str) -> tuple[str, str | None]:
    """Abstract and one-line summary of a feed that runs Hugging Face's two together, as scrapers of its pages do."""
    summary, between, abstract = text.partition(_BETWEEN)
    if not between or not abstract.strip() or len(summary) > limits.LINE:
        return text, None
    return abstract.strip(), summary.strip().removeprefix("Abstract ")


def _longest_text(get: Any) -> str:
    """The entry's fullest text: of its contents and its summary, the longest."""
    contents = [content.get("value") for content in get("content") or () if isinstance(content, dict)]
    texts = [plain_text(value) for value in (get("summary"), *contents[:10])]
    return max(texts, key=len)


def _names(get: Any) -> Iterator[str]:
    authors = get("authors") or ()
    written = [author.get("name") for author in authors if isinstance(author, dict)] or [get("author")]
    for name in written:
        if not isinstance(name, str) or "@" in name:
            continue
        name = plain_text(name)  # noqa: PLW2901 - the same name, cleaned
        parts = name.split(",")
        one_person = len(parts) == 2 and all(len(part.split()) == 1 for part in parts)  # noqa: PLR2004 - family, given
        yield from [family_last(name)] if one_person else split_names(name)


def _dates(get: Any, field: str) -> tuple[date | None, datetime | None]:
    """The day as written and the moment in UTC; from feedparser where only it can read the text."""
    written = get(field)
    if found := limits.moment(written):
        return limits.day(written), found
    parsed = get(f"{field}_parsed")
    try:
        year, month, day, hour, minute, second = parsed[:6] if parsed else (0,) * 6
        found = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, TypeError):
        found = None
    known = limits.moment(found.isoformat()) if found else None
    return (known.date(), known) if known else (None, None)
