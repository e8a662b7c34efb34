"""Bytes of unknown form and length: a file, standard input, an answer. Gzip is unpacked on the way.

JSON lines are read piece by piece, so that a list of any length takes the memory of one piece. Everything else is read
whole, up to the largest size the site allows.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BufferedReader

from digest.errors import SourceRefused
from digest.models import Reading, Rejection
from digest.sources.byte_file import Readable, looked_into
from digest.sources.client import MEGABYTE
from digest.sources.contents import content_of, read_once
from digest.sources.source import ReadContext

PIECE = MEGABYTE
"""Bytes of JSON lines that are read at once."""
LONGEST_LINE = 8 * MEGABYTE
"""A longer line is no paper; it is set aside without being kept."""
_HEAD = 256 * 1024
_GZIP = b"\x1f\x8b"
_SHOWN = 60


def read_stream(
    stream: Readable, context: ReadContext, *, source: str, hint: str, content_type: str = ""
) -> Iterator[Reading]:
    """The readings of `stream`, which is read forward only. `hint` names it in messages.

    Where gzip breaks off, what came before is kept and the rest set aside. What the context says was there before is
    counted, not parsed.

    Raises:
        SourceRefused: it is of no known form, or too large.
    """
    magic, plain = looked_into(stream, len(_GZIP))
    gunzip = _Gunzip(plain) if magic == _GZIP else None
    head, whole = looked_into(gunzip or plain, _HEAD)
    if gunzip and gunzip.damage and not head:
        raise SourceRefused(f"{hint}: {gunzip.damage}")
    largest = context.settings.max_megabytes * MEGABYTE
    if head.startswith(b"{") and b"\n" not in head:
        head, whole = looked_into(whole, largest + 1)
    if is_json_lines(head) or (len(head) > largest and b"\n" not in head):
        yield from _lines(whole, context, source=source, hint=hint)
    else:
        document = _document(whole, context, hint)
        content = content_of(document, context, place=hint, source=source, content_type=content_type)
        readings = context.interpret_in_chunks(document, source=source, hint=hint, content_type=content_type)
        yield from read_once(content, context, readings)
    if gunzip and gunzip.damage:
        yield Reading(rejected=(Rejection(record=f"the rest of {hint}", reason=gunzip.damage),))


class _Gunzip:
    """What a gzip stream unpacks to, as far as it can be; `damage` says then why no further."""

    def __init__(self, packed: BufferedReader) -> None:
        self._stream = gzip.GzipFile(fileobj=packed)
        self.damage = ""

    def read(self, size: int, /) -> bytes:
        try:
            return self._stream.read1(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self.damage = f"is damaged gzip ({error}); fetch or pack it again"
            return b""


def is_json_lines(head: bytes) -> bool:
    """True when `head`, the start of some bytes, is made of lines that are JSON objects.

    The last line may be cut off, and one that is too long is not looked into. One object over several lines is no JSON
    lines, nor is a list with an object a line.
    """
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith(b"{"):
        return False
    lines = [line.strip() for line in head.split(b"\n")[:-1]]
    filled = [line for line in lines if line][:5]
    return any(_is_object(line) for line in filled)


def _is_object(line: bytes) -> bool:
    try:
        return len(line) <= LONGEST_LINE and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _document(stream: Readable, context: ReadContext, hint: str) -> bytes:
    largest = context.settings.max_megabytes * MEGABYTE
    data = stream.read(largest + 1)
    if len(data) > largest:
        raise SourceRefused(f"{hint}: is larger than {largest // MEGABYTE} MB; raise max_megabytes if it is to be read")
    return data


def _lines(stream: BufferedReader, context: ReadContext, *, source: str, hint: str) -> Iterator[Reading]:
    largest = context.settings.max_stream_megabytes * MEGABYTE
    read = papers = 0
    first = 1
    for number, piece in enumerate(pieces(stream)):
        read += piece.size
        if read > largest:
            size = f"{largest // MEGABYTE} MB"
            raise SourceRefused(f"{hint}: is longer than {size}; raise max_stream_megabytes if it is to be read")
        if piece.data.strip():
            content = content_of(piece.data, context, place=f"{hint}\n{number}", source=source)
            for reading in read_once(content, context, _readings(piece, context, source=source, hint=hint)):
                papers += len(reading.papers) + sum(known.read for known in reading.unchanged)
                yield _placed(reading, first)
            context.progress(papers, None, hint)
        first += piece.data.count(b"\n") if piece.size == len(piece.data) else 1


def _readings(piece: Piece, context: ReadContext, *, source: str, hint: str) -> Iterator[Reading]:
    """The one reading of a piece. A piece none of whose lines can be read is set aside: the others may be good."""
    reason = (
        f"a line of {piece.size / MEGABYTE:.0f} MB; no record may be longer than {LONGEST_LINE // MEGABYTE} MB, "
        f"no document than max_megabytes ({context.settings.max_megabytes} MB)"
    )
    if piece.size == len(piece.data):
        try:
            yield context.interpret(piece.data, source=source, hint=hint)
        except SourceRefused as error:
            reason = str(error)
        else:
            return
    record = piece.data[:_SHOWN].decode("utf-8", "replace").partition("\n")[0]
    yield Reading(rejected=(Rejection(record=f"{hint}: {record}", reason=reason),), form="json-lines")


def _placed(reading: Reading, first: int) -> Reading:
    """The reading of a piece whose first line is number `first`: its parser counted from 1."""
    if first == 1 or not reading.rejected:
        return reading
    rejected = tuple(
        replace(rejection, reason=f"{rejection.reason} (counting from line {first:,})")
        for rejection in reading.rejected
    )
    return replace(reading, rejected=rejected)


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole lines, or of a line that is too long its start: then `size` is more than there is of `data`."""

    data: bytes
    size: int


def pieces(stream: BufferedReader) -> Iterator[Piece]:
    """The lines of `stream`, about `PIECE` bytes at a time."""
    while block := stream.read(PIECE):
        rest = b"" if block.endswith(b"\n") else stream.readline(LONGEST_LINE)
        if len(rest) < LONGEST_LINE or rest.endswith(b"\n"):
            yield Piece(block + rest, len(block) + len(rest))
            continue
        start = block.rfind(b"\n") + 1
        if start:
            yield Piece(block[:start], start)
        yield Piece(block[start:][:_SHOWN], len(block) - start + len(rest) + _skip_line(stream))


def _skip_line(stream: BufferedReader) -> int:
    """How many bytes the rest of the line had."""
    size = 0
    while line := stream.readline(PIECE):
        size += len(line)
        if line.endswith(b"\n"):
            break
    return size
