"""From bytes to bytes that can be parsed: gzip undone within a limit, text brought to UTF-8.

It never decides what the content is; that is `digest.sources.recognise`.
"""

from __future__ import annotations

import codecs
import re
import zlib

from digest.errors import SourceRefused

_GZIP = b"\x1f\x8b"
_LAYERS = 3
"""How often gzip is undone: a file compressed by its author and again on its way."""
_ARCHIVES = {
    b"PK\x03\x04": "a ZIP archive",
    b"PK\x05\x06": "a ZIP archive",
    b"%PDF": "a PDF",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with Zstandard",
    b"SQLite format 3": "an SQLite database",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"PAR1": "a Parquet file",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks, the longer before the shorter they start with (Unicode 15 §23.8)."""


_NOT_OF_TEXTS = frozenset(("utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"))
"""Encodings Python knows that hide text (UTF-7) or that no text comes in."""


def unpack(data: bytes, limit: int) -> tuple[bytes, bool]:
    """`data` with its gzip layers undone, and whether it was whole (False: the gzip breaks off; this is its start).

    Raises:
        SourceRefused: it is larger than `limit` bytes at some layer, no gzip after all, or another binary form.
    """
    whole = True
    for _ in range(_LAYERS):
        if len(data) > limit:
            raise SourceRefused(f"is larger than {limit // 1_000_000} MB; raise ingest.max_megabytes or split it")
        if not data.startswith(_GZIP):
            break
        data, complete = _gunzip(data, limit)
        whole = whole and complete
    for start, name in _ARCHIVES.items():
        if data.startswith(start):
            raise SourceRefused(f"is {name}; give it unpacked, or as JSON, XML, BibTeX, RIS or text")
    return data, whole


def _gunzip(data: bytes, limit: int) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    room = limit
    while data.startswith(_GZIP):
        stream = zlib.decompressobj(wbits=31)
        try:
            part = stream.decompress(data, room + 1)
        except zlib.error as error:
            if parts:
                return b"".join(parts), False
            raise SourceRefused(f"starts like gzip but is damaged ({error}); fetch it again") from error
        room -= len(part)
        if room < 0:
            raise SourceRefused(
                f"is larger than {limit // 1_000_000} MB unpacked; raise ingest.max_megabytes or split it"
            )
        parts.append(part)
        if not stream.eof:
            return b"".join(parts), False
        data = stream.unused_data
    return b"".join(parts), True


def to_utf8(data: bytes, content_type: str = "") -> bytes:
    """Text in any encoding as UTF-8 without a byte order mark or NULs; what is no character becomes U+FFFD.

    The encoding is told by the byte order mark, else by the position of NULs (RFC 4627 §3), else it is UTF-8, else
    what `content_type` or the text itself declares, else Windows-1252, the usual mislabelled one.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _recode(data[len(mark) :], encoding)
    if wide := _wide(data[:64]):
        return _recode(data, wide)
    data = data.replace(b"\x00", b"")
    if _is_utf8(data):
        return data
    names = (declared(content_type[:200].encode("ascii", "replace")), declared(data[:1024]))
    for name in names:
        if name and name not in _NOT_OF_TEXTS and not name.startswith(("utf-16", "utf-32")):
            return _recode(data, name)
    if _mostly_utf8(data):
        return _recode(data, "utf-8")
    return _recode(data, "cp1252")


def _wide(start: bytes) -> str | None:
    """The UTF-16 or UTF-32 that a text beginning with two ASCII characters must be in, by where its NULs are."""
    if start.count(0) < len(start) / 3:  # a stray NUL or two
        return None
    nulls = tuple(byte == 0 for byte in start[:4])
    known: dict[tuple[bool, ...], str] = {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }
    return known.get(nulls)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(data: bytes) -> bool:
    """Whether the text is UTF-8 with a few broken bytes, judged by its first 64 kB."""
    sample = data[:65_536].decode("utf-8", "replace")
    broken = sample.count("\ufffd")
    whole = sum(1 for letter in sample if letter > "\x7f") - broken
    return 4 * whole > broken


def _recode(data: bytes, encoding: str) -> bytes:
    return data.decode(encoding, "replace").replace("\x00", "").encode("utf-8", "replace")


_DECLARED = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)


def declared(start: bytes) -> str | None:
    """The encoding named by `charset=` or `encoding=` in `start`, as Python calls it; None when it knows none."""
    found = _DECLARED.search(start)
    try:
        info = codecs.lookup(found[1].decode("ascii")) if found else None
    except (LookupError, ValueError):
        return None
    return info.name if info and info._is_text_encoding else None  # noqa: SLF001 - rot13 and the like
