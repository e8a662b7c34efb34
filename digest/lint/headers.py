"""The headers of a message, by the words of RFC 5322, 2047, 2369, 2919, 3834 and 8058."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import getaddresses

from digest.lint.characters import control_characters
from digest.lint.finding import Finding
from digest.lint.moments import is_rfc822
from digest.lint.rules import found

Headers = Mapping[str, Sequence[str]]
"""Values, unfolded, by lower-case name."""
_ONCE = ("From", "Date", "Message-ID")
_AT_MOST_ONCE = ("To", "Cc", "Subject", "Sender", "Reply-To", "MIME-Version", "Content-Type", "List-Id",
                 "List-Unsubscribe", "List-Unsubscribe-Post")  # fmt: skip
_WORD = re.compile(r"=\?[^?\s]{1,80}\?[bBqQ]\?[^?]{0,1000}\?=")
_LONGEST_WORD = 75
_LOOKED_AT = 10_000
"""Characters of one header; the standard library decodes long ones slowly."""
_URI = re.compile(r"<((?:https?://|mailto:)[!-;=?-~]+)>")
_LIST_ID = re.compile(r"(?:[^<>]*\s)?<[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+>")


def read_headers(head: bytes) -> Headers:
    """The header fields of a message's head, unfolded."""
    fields: dict[str, list[str]] = {}
    for line in re.split(r"\r?\n(?![ \t])", head.decode("utf-8", "surrogateescape")):
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), []).append(re.sub(r"\r?\n", "", value).strip())
    return fields


def lint_headers(headers: Headers) -> Iterator[Finding]:
    """All that the headers alone can be wrong in."""
    for name in _ONCE:
        if (count := len(headers.get(name.lower(), ()))) != 1:
            yield found("header-count", f"header {name}", f"it is there {count} times")
    for name in _AT_MOST_ONCE:
        if (count := len(headers.get(name.lower(), ()))) > 1:
            yield found("header-count", f"header {name}", f"it is there {count} times")
    yield from _forms(headers)
    yield from _words(headers)
    if any(name in headers for name in ("list-id", "list-unsubscribe", "list-unsubscribe-post")):
        yield from _list(headers)
    else:
        yield found("no-list", "headers", "none of a mailing list, such as List-Unsubscribe")


def _forms(headers: Headers) -> Iterator[Finding]:
    for date in headers.get("date", ()):
        if not is_rfc822(date) or not re.search(r"[+-]\d{4}", date):
            yield found("header-form", "header Date", f"{date!r:.60} is no date of RFC 5322 with a numeric zone")
    for name in ("message-id", "in-reply-to"):
        for value in headers.get(name, ()):
            if not re.fullmatch(r"<[!-;=?A-~]+@[!-;=?A-~]+>", value):
                yield found("header-form", f"header {name}", f"{value!r:.80} is no <unique@domain>")
    for name in ("from", "to", "reply-to"):
        for value in headers.get(name, ()):
            addresses = getaddresses([value])
            if not all("@" in address for _, address in addresses) or (name == "from" and len(addresses) != 1):
                yield found("header-form", f"header {name}", f"{value!r:.80} is no single address")


def _words(headers: Headers) -> Iterator[Finding]:
    """RFC 2047: encoded-words are short, decodable, and stand in text only."""
    for name, values in headers.items():
        for value in (given[:_LOOKED_AT] for given in values):
            place = f"header {name}"
            if not value.isascii():
                yield found("header-ascii", place, f"{value.encode('ascii', 'replace').decode()!r:.80}")
                continue
            words = _WORD.findall(value)
            if any(len(word) > _LONGEST_WORD for word in words):
                yield found("encoded-word", place, f"longer than {_LONGEST_WORD} characters")
            if words and (name == "message-id" or re.search(r'"[^"]*=\?[^"]*"|<[^>]*=\?[^>]*>', value)):
                yield found("encoded-word", place, "within a quoted string, an address or an id")
            try:
                text = str(make_header(decode_header(value)))
            except (HeaderParseError, ValueError, LookupError):
                yield found("encoded-word", place, f"{value!r:.80} cannot be decoded")
            else:
                yield from control_characters(text, f"{place}, ")


def _list(headers: Headers) -> Iterator[Finding]:
    """RFC 8058 §3.1: one https address at least, in angle brackets, and the exact word of the second header."""
    value = next(iter(headers.get("list-unsubscribe", ())), "")
    parts = [part.strip() for part in re.split(r",(?=\s*<|\s*$)", value)]
    place = "header List-Unsubscribe"
    if not value:
        yield found("unsubscribe", place, "it is missing")
    elif not all(_URI.fullmatch(part) for part in parts):
        yield found("unsubscribe", place, f"{value!r:.100} is no list of <https:…> or <mailto:…>")
    elif not any(part.startswith("<https://") for part in parts):
        yield found("unsubscribe", place, "none of its addresses is https")
    post = headers.get("list-unsubscribe-post", ())
    if list(post) != ["List-Unsubscribe=One-Click"]:
        yield found("unsubscribe", "header List-Unsubscribe-Post", f"{', '.join(post) or 'missing'!r:.80}")
    list_id = next(iter(headers.get("list-id", ())), "")
    if not _LIST_ID.fullmatch(list_id):
        yield found("list-id", "header List-Id", f"{list_id or 'missing'!r:.80}")
    if next(iter(headers.get("auto-submitted", ())), "") != "auto-generated":
        yield found("auto-submitted", "header Auto-Submitted", "it is missing, or not auto-generated")
    for signature in headers.get("dkim-signature", ()):  # RFC 8058 §4
        signed = re.search(r"(?:^|;)\s*h\s*=([^;]*)", signature)
        names = {name.strip().lower() for name in signed[1].split(":")} if signed else set()
        if not {"list-unsubscribe", "list-unsubscribe-post"} <= names:
            yield found("unsubscribe", "header DKIM-Signature", "it does not cover both headers (RFC 8058 section 4)")
