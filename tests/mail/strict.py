"""A strict reading of a message by the words of RFC 5322 and 2045: what is not allowed fails, nothing is guessed."""

from __future__ import annotations

import quopri
import re
from dataclasses import dataclass
from email.header import decode_header, make_header


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a multipart: its headers and its decoded text."""

    headers: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Strict:
    """A message: headers in order (names lower-case, values unfolded) and the parts of its alternative."""

    raw: bytes
    headers: list[tuple[str, str]]
    parts: list[Part]

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for known, value in self.headers if known == name]

    def one(self, name: str) -> str:
        """The value of a header that occurs exactly once."""
        (value,) = self.all(name)
        return value


def parse(raw: bytes) -> Strict:
    """The message, or an AssertionError that says which rule it breaks."""
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\x00", raw), "a bare CR, LF or NUL"
    assert max(map(len, raw.split(b"\r\n"))) <= 998, "a line over 998 octets"
    head, body = raw.split(b"\r\n\r\n", 1)
    headers = _headers(head)
    content_type = dict(headers)["content-type"]
    boundary = re.fullmatch(r'multipart/alternative; boundary="([^"]{1,70})"', content_type)
    assert boundary, content_type
    mark = b"--" + boundary[1].encode()
    before, *pieces, after = re.split(rb"(?:^|\r\n)" + re.escape(mark) + rb"(?:--)?\r\n", body)
    assert before == after == b"", "text outside the parts"
    assert body.endswith(mark + b"--\r\n"), "no last boundary"
    return Strict(raw, headers, [_part(piece) for piece in pieces])


def decoded(value: str) -> str:
    """A header's text with its encoded-words decoded."""
    for word in re.findall(r"=\?.*?\?=", value):
        assert len(word) <= 75, "an encoded-word over 75 characters"
    return str(make_header(decode_header(value)))


def _headers(head: bytes) -> list[tuple[str, str]]:
    fields = re.split(rb"\r\n(?![ \t])", head)
    found = []
    for field in fields:
        name, colon, value = field.partition(b":")
        assert colon, field
        assert re.fullmatch(rb"[!-9;-~]+", name), f"a header called {name!r}"
        assert not re.search(rb"\r\n[ \t]*(?:\r\n|$)", value), "a folded line with nothing in it"
        unfolded = value.replace(b"\r\n", b"").decode("ascii")
        assert re.fullmatch(r"[\t -~]*", unfolded), "a control character in a header"
        found.append((name.decode().lower(), unfolded.strip()))
    return found


def _part(raw: bytes) -> Part:
    head, body = raw.split(b"\r\n\r\n", 1)
    headers = dict(_headers(head))
    assert headers["content-transfer-encoding"] == "quoted-printable"
    for line in body.split(b"\r\n"):
        assert len(line) <= 76, f"a quoted-printable line of {len(line)} octets"
        assert re.fullmatch(rb"(?:[\t -<>-~]|=[0-9A-F]{2})*=?", line), f"not quoted-printable: {line!r}"
        assert not line.endswith((b" ", b"\t")), "white space at the end of a line"
    return Part(headers, quopri.decodestring(body).decode("utf-8").replace("\r\n", "\n"))
