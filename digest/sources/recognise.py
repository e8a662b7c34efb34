"""What an input is, decided by its content alone, and its papers.

`parse` reads everything at once, `parse_in_chunks` a thousand records at a time. File names, addresses and media types
are never believed. The forms themselves are read by the modules this one imports; nothing here looks into a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import chain, islice
from typing import TypeVar

from digest.errors import SourceRefused
from digest.models import Paper, Reading, Rejection
from digest.sources import (
    arxiv,
    bibtex,
    daily_papers,
    decoding,
    exports,
    feed,
    html_page,
    json_document,
    json_feed,
    limits,
    oai,
    ris,
    saved_pages,
)
from digest.sources.record import Found, Origin, reject, with_value

T = TypeVar("T")
Recognised = tuple[str, Iterator[Found]]
"""The form, and the papers and rejections as they are read."""

_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|main|div|article)\b", re.IGNORECASE)
_ENOUGH = 1_000
"""Records looked at before an input is said to hold no papers."""
_DATE_IN_HINT = re.compile(r"(?<!\d)(20\d\d-[01]\d-[0-3]\d)(?!\d)")


def parse(
    data: bytes,
    *,
    observed_at: datetime,
    source: str,
    on: date | None = None,
    hint: str = "",
    content_type: str = "",
    max_bytes: int = limits.UNPACKED_BYTES,
) -> Reading:
    """The papers of one input, at most `limits.RECORDS` of them.

    Args:
        data: the bytes as they came, gzip or not, in any encoding.
        observed_at: when they were read: the moment of signals that have none of their own.
        source: the name signals are kept under.
        on: the list day of papers that do not say theirs.
        hint: a file name or an address, for messages, and for a list day where nothing else has one.
        content_type: the `Content-Type` it came with, for its charset, where bytes and text declare none.
        max_bytes: the most `data` may be, also when unpacked.

    Raises:
        SourceRefused: it is of no known form, too large, or an error message of its source.
    """
    form, found = _recognise(
        data, Origin(observed_at, source, on, hint), content_type=content_type, max_bytes=max_bytes
    )
    items = list(islice(_bounded(found), limits.RECORDS + 1))
    if len(items) > limits.RECORDS:
        items[-1] = reject("the rest", f"there are more than {limits.RECORDS:,} records; split the file")
    return _reading(form, items)


def parse_in_chunks(
    data: bytes,
    *,
    observed_at: datetime,
    source: str,
    on: date | None = None,
    hint: str = "",
    content_type: str = "",
    max_bytes: int = limits.UNPACKED_BYTES,
    size: int = 1000,
) -> Iterator[Reading]:
    """As `parse`, but any number of records, `size` at a time, so that memory does not grow with them.

    There is always one reading, an empty one for an empty list.
    """
    form, found = _recognise(
        data, Origin(observed_at, source, on, hint), content_type=content_type, max_bytes=max_bytes
    )
    found = _bounded(found)
    yield _reading(form, islice(found, size))
    while chunk := list(islice(found, size)):
        yield _reading(form, chunk)


def _reading(form: str, found: Iterable[Found]) -> Reading:
    items = list(found)
    rejected = tuple(item for item in items if isinstance(item, Rejection))
    if len(rejected) > limits.REJECTIONS:
        more = reject("the rest", f"{len(rejected) - limits.REJECTIONS:,} more were set aside")
        rejected = (*rejected[: limits.REJECTIONS], more)
    return Reading(papers=tuple(item for item in items if isinstance(item, Paper)), rejected=rejected, form=form)


def _bounded(found: Iterable[T]) -> Iterator[T | Rejection]:
    """`found` up to where nothing readable has come for long."""
    bad = 0
    for item in found:
        bad = bad + 1 if isinstance(item, Rejection) else 0
        yield item
        if bad >= limits.BAD_IN_A_ROW:
            yield reject("the rest", f"not looked at after {bad:,} unreadable records in a row")
            return


def _recognise(data: bytes, origin: Origin, *, content_type: str, max_bytes: int) -> Recognised:
    try:
        data, whole = decoding.unpack(data, max_bytes)
        form, found = _form(decoding.to_utf8(data, content_type), origin)
        first = next(found, None)  # an input refused as a whole is refused here, not in the middle
    except SourceRefused as refused:
        raise SourceRefused(f"{origin.name}: {refused}") from refused
    return form, _again(first, found, origin, whole=whole)


def _again(first: Found | None, rest: Iterator[Found], origin: Origin, *, whole: bool) -> Iterator[Found]:
    if first is not None:
        yield first
        try:
            yield from rest
        except SourceRefused as refused:
            # What was read before is kept: a limit met late does not undo it.
            yield reject(f"the rest of {origin.name}", str(refused))
    if not whole:
        yield reject(f"the rest of {origin.name}", "the gzip breaks off; fetch it again")


def _form(data: bytes, origin: Origin) -> Recognised:
    data = data.strip()
    if not data:
        raise SourceRefused("is empty")
    if data[:1] in {b"{", b"["} or data[:2] == b"\x1e{":
        return _json(data, origin)
    if data[:1] == b"<":
        return _html(data, origin) if _is_html(data) else _xml(data, origin)
    if len(data) > limits.TEXT_BYTES or data.count(b"\n") + data.count(b"\r") > limits.PAGE_LINES:
        raise SourceRefused(
            f"is text of more than {limits.TEXT_BYTES // 1_048_576} MB or {limits.PAGE_LINES:,} lines; split it"
        )
    return _text(data.decode("utf-8", "replace"), origin)


def _text(text: str, origin: Origin) -> Recognised:
    if bibtex.is_bibtex(text):
        return "bibtex", bibtex.parse_bibtex(text, origin)
    if ris.is_ris(text):
        return "ris", ris.parse_ris(text, origin)
    if saved_pages.is_saved_page(text):
        return "saved-page", saved_pages.parse_saved_page(text, origin)
    raise SourceRefused(
        "is of no known form; known are Daily Papers JSON and saved pages, arXiv RSS, Atom and OAI-PMH, RSS, Atom and "
        "JSON feeds, JSON and JSON lines of papers, BibTeX, RIS, and gzip of any of these"
    )


def _is_html(data: bytes) -> bool:
    start = data[:4096]
    while start.startswith(b"<!--"):
        start = start.partition(b"-->")[2].lstrip()
    return _HTML.match(start) is not None and b"<feed" not in start and b"<rss" not in start


def _html(data: bytes, origin: Origin) -> Recognised:
    if len(data) > limits.TEXT_BYTES:
        raise SourceRefused(f"is an HTML page of more than {limits.TEXT_BYTES // 1_048_576} MB")
    page = data.decode("utf-8", "replace")
    value = html_page.embedded(page)
    if value is not None:
        return "daily-papers-page", _values(value, origin)[1]
    return "html", html_page.parse_page(page, origin)


def _xml(data: bytes, origin: Origin) -> Recognised:
    if oai.is_oai(data):
        return "arxiv-oai" if b"arXiv" in data[:4096] else "oai", oai.parse_oai(data, origin)
    if arxiv.is_arxiv_feed(data):
        return arxiv.form_of(data), arxiv.parse_arxiv(data, origin)
    return feed.parse_feed(data, origin)


def _json(data: bytes, origin: Origin) -> Recognised:
    try:
        value = json_document.load(data)
    except ValueError as error:
        if json_document.is_lines(data):
            return "json-lines", _lines(data, origin)
        return _damaged_json(data, origin, error)
    return _values(value, origin)


def _damaged_json(data: bytes, origin: Origin, error: ValueError) -> Recognised:
    """What can be read of a document that cannot as a whole: of a list the sound values, of others the start."""
    rest = f"the rest of {origin.name}"
    values = list(_bounded(json_document.elements(data, rest))) if data.startswith(b"[") else []
    sound = [value for value in values if not isinstance(value, Rejection)]
    if sound:
        form, found = _values(sound, origin)
        return form, chain(found, (value for value in values if isinstance(value, Rejection)))
    form, found = _values(json_document.load_start(data), origin)
    return form, chain(found, [reject(rest, f"the JSON cannot be read to its end: {error}")])


def _lines(data: bytes, origin: Origin) -> Iterator[Found]:
    values = json_document.lines(data)
    start = list(islice(values, _ENOUGH))
    if not any(daily_papers.is_item(value) or exports.is_record(value) for value in start):
        raise SourceRefused("is JSON lines, but nothing in it looks like a paper (none has a title)")
    return (_record(value, origin) for value in chain(start, values))


def _values(value: object, origin: Origin) -> Recognised:
    """The papers of a JSON document, whichever list it is."""
    if json_feed.is_json_feed(value) and isinstance(value, dict):
        return "json-feed", json_feed.parse_json_feed(value, origin)
    if daily_papers.is_item(value) and not isinstance(value, str):
        return "daily-papers", iter(daily_papers.parse_list([value], origin, day=_hinted(origin)))
    found = exports.records_in(value)
    if found is None:
        raise SourceRefused("is JSON, but holds no list of papers")
    records, day = found
    if any(daily_papers.is_item(record) for record in records[:20]):
        items = daily_papers.parse_list(records, origin, day=limits.day(day) or _hinted(origin))
        return "daily-papers", iter(items)
    if records and not any(exports.is_record(record) for record in records[:_ENOUGH]):
        raise SourceRefused("is JSON, but nothing in it looks like a paper (none has a title)")
    return "json", (_record(record, origin) for record in records)


def _record(value: object, origin: Origin) -> Found:
    """One record, whosever it is."""
    if isinstance(value, Rejection):
        return value
    read = daily_papers.parse_item if daily_papers.is_item(value) else exports.parse_record
    return with_value(read(value, origin), value)


def _hinted(origin: Origin) -> date | None:
    found = _DATE_IN_HINT.search(origin.hint)
    return limits.day(found[1]) if found else None
