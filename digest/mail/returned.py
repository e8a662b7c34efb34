"""A returned message taken apart: what the other server wrote, and what it sent back of ours.

Every part is bounded and decoded as far as it can be; nothing is believed and nothing raises.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from html import unescape

MAX_BYTES = 100_000
"""What is read of a message; a report stands at its beginning, and what follows is our own mail. Some of
flufl.bounce's patterns take time by the square of the length: half a second at worst for this much."""
_BLANK = re.compile(rb"(?:\r?\n){20,}")
_MAX_PARTS, _MAX_TEXT, _MAX_DEPTH = 40, 50_000, 5
_COPY_BEGINS = re.compile(
    r"(?im)^(?: {0,20}[-=_*]{2}[-=_* ]{0,80}[^\n]{0,40}\b(?:copy|headers?|returned|unsent|original|undelivered)\b"
    r"[^\n]{0,60}"
    r"|return-path:.*|received: (?:from|by) .*|[^\n]{0,40}\boriginal message (?:follows|attached)[^\n]{0,80}"
    r"|[^\n]{0,40}\bis a copy of (?:your|the) message[^\n]{0,80})$"
)
"""The line by which a notice of one piece announces our message."""
_UNSHOWN = re.compile(r"(?is)<(style|script|title)\b[^>]{0,200}>.{0,20000}?</\1>")
_BREAK = re.compile(r"(?i)</?(?:br|p|div|tr|li|h[1-6]|table)\b[^>]{0,200}>")
_TAG = re.compile(r"<[A-Za-z/!][^<>@]{0,500}>|<[A-Za-z]+\s[^<>]{0,500}>")
_FIELD = re.compile(r"(?m)^[ \t]{0,3}([A-Za-z][A-Za-z-]{1,40}):[ \t]*([^\n]*(?:\n[ \t]+[^\n]+)*)")


@dataclass(frozen=True, slots=True)
class Returned:
    """`notice`: the words and report fields of whoever returned it. `copy`: the head of our message, if it is there."""

    message: Message
    notice: str
    copy: str
    feedback: str
    """The fields of a complaint (RFC 5965), else empty."""


def take_apart(data: bytes) -> Returned:
    """The parts of one raw message."""
    message = _parsed(_BLANK.sub(b"\n\n", data[:MAX_BYTES]))
    notice: list[str] = []
    copy: list[str] = []
    feedback: list[str] = []
    for kind, text in _texts(message):
        target = feedback if kind == "message/feedback-report" else copy if _is_copy(kind) else notice
        before = _COPY_BEGINS.search(text) if target is notice and kind.startswith("text/") else None
        target.append(text[: before.start()] if before else text)
        if before:
            copy.append(text[before.start() :])
    whole = ("\n\n".join(texts)[:_MAX_TEXT] for texts in (notice, copy, feedback))
    return Returned(message, *whole)


def fields(block: str) -> dict[str, str]:
    """The header-like fields of a block, unfolded, by lower-case name; the first of each."""
    found: dict[str, str] = {}
    for name, value in _FIELD.findall(block):
        found.setdefault(name.lower(), " ".join(value.split()))
    return found


def header(message: Message, name: str) -> str:
    """A header as text, whatever bytes it is made of; empty if missing."""
    return " ".join(str(message.get(name, "")).split())


def _parsed(data: bytes) -> Message:
    try:
        return email.message_from_bytes(data)
    except Exception:  # noqa: BLE001 - a thousand nested messages exhaust the parser's stack, and it has other ways
        return BytesHeaderParser().parsebytes(data)


def _is_copy(kind: str) -> bool:
    return kind in ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers")


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    """Type and text of every part, reports as their fields and returned messages as their head."""
    waiting = [(message, 0)]
    for _ in range(_MAX_PARTS):
        if not waiting:
            return
        part, depth = waiting.pop(0)
        kind = part.get_content_type()
        inner = [child for child in part.get_payload() if isinstance(child, Message)] if part.is_multipart() else []
        if kind.startswith("message/"):
            yield kind, "\n\n".join("\n".join(f"{name}: {value}" for name, value in child.items()) for child in inner)
        elif part.is_multipart():
            if depth < _MAX_DEPTH:
                waiting = [(child, depth + 1) for child in inner] + waiting
        else:
            yield kind, _plain(_decoded(part)) if kind == "text/html" else _decoded(part)


def _plain(text: str) -> str:
    """The words of HTML, a line for what is one."""
    return unescape(_TAG.sub("", _BREAK.sub("\n", _UNSHOWN.sub("", text))))


def _decoded(part: Message) -> str:
    octets = part.get_payload(decode=True)
    if not isinstance(octets, bytes):
        return ""
    try:
        text = octets[:_MAX_TEXT].decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        text = octets[:_MAX_TEXT].decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")
