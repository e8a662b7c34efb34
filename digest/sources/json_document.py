"""JSON and JSON lines to plain values, within bounds of depth, number of values and size.

It knows the syntax only; what the values mean is for `daily_papers`, `json_feed` and `exports`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pydantic_core import from_json

from digest.errors import SourceRefused
from digest.sources import limits
from digest.sources.record import reject, with_raw

_SEPARATORS = b"\x1e \t\r,"
"""What may stand around a line's value: RFC 7464's record separator, blanks, the comma of a list broken into lines."""


def load(data: bytes) -> object:
    """The value of one JSON document in UTF-8.

    Raises:
        ValueError: it is no JSON, too deep (over 200 levels), or holds more values than `limits.JSON_VALUES`.
    """
    _bound(data)
    try:
        return from_json(data)
    except ValueError as error:
        if "recursion" in str(error):
            raise ValueError("nested too deeply") from error
        if "escape" not in str(error) or len(data) > limits.TEXT_BYTES:
            raise
    # A lone surrogate escape: the standard library lets it through and `limits.text` takes it out.
    try:
        return json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def load_start(data: bytes) -> object:
    """As much of a broken-off document as can be read; the record it breaks off in is left out.

    Raises:
        SourceRefused: not even its start can be read.
    """
    try:
        _bound(data)
        return from_json(data, allow_partial=True)
    except ValueError as error:
        why = "nested too deeply" if "recursion" in str(error) else error
        raise SourceRefused(f"starts like JSON but cannot be read: {why}") from error


_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{},]', re.DOTALL)


def elements(data: bytes, rest: str) -> Iterator[object]:
    """The values of a list that cannot be read as a whole; one that cannot be read comes as a `Rejection`.

    They are told apart by brackets and quotes alone, so that a value that is broken or too deep harms no other. What
    there is after a list breaks off is called `rest`.

    Raises:
        SourceRefused: it may hold more values than `limits.JSON_VALUES`.
    """
    try:
        _bound(data)
    except ValueError as error:
        raise SourceRefused(f"starts like JSON but cannot be read: {error}") from error
    depth, start = 0, 1
    for token in _TOKEN.finditer(data):
        mark = data[token.start()]
        if mark in b"[{":
            depth += 1
        elif mark in b"]}":
            depth -= 1
        if depth == 0 or (depth == 1 and mark == ord(",")):
            yield from _element(data[start : token.start()])
            start = token.end()
        if depth == 0:
            break
    if depth or data[start:].strip():
        yield reject(rest, "the JSON cannot be read to its end: a bracket or quote is missing or too many")


def _element(data: bytes) -> Iterator[object]:
    data = data.strip()
    try:
        if data:
            yield load(data)
    except ValueError as error:
        yield with_raw(reject(data[:200].decode("utf-8", "replace"), f"it is no JSON: {error}"), data)


def _bound(data: bytes) -> None:
    """Refuse a document that may hold too many values, judged by its punctuation."""
    if len(data) > limits.JSON_VALUES:
        values = data.count(b",") + data.count(b"[") + data.count(b"{")
        if values > limits.JSON_VALUES:
            raise ValueError(f"more than {limits.JSON_VALUES:,} values in one document")


def is_lines(data: bytes) -> bool:
    """Whether `data` is JSON lines: its first line that is not blank is a whole object or list, and more follow."""
    first, _, rest = data.lstrip(_SEPARATORS + b"\n").partition(b"\n")
    if not rest.strip():
        return False
    try:
        return isinstance(load(first.strip(_SEPARATORS)), (dict, list))
    except ValueError:
        return first.startswith(b"{") and rest.lstrip(_SEPARATORS + b"\n").startswith(b"{")


def lines(data: bytes) -> Iterator[object]:
    """The value of every line; a line that cannot be read comes as a `Rejection`."""
    start, number = 0, 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        line = data[start:end].strip(_SEPARATORS)
        start, number = end + 1, number + 1
        if not line:
            continue
        try:
            yield load(line)
        except ValueError as error:
            piece = line[:200].decode("utf-8", "replace")
            yield with_raw(reject(piece, f"line {number} is no JSON: {error}"), line)
