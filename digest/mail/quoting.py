"""Bytes that are safe in a mail: quoted-printable bodies (RFC 2045 §6.7) and encoded header words (RFC 2047).

CPython's own header folding is not used: it encodes long List-Unsubscribe addresses and folds mixed Unicode subjects
wrongly.
"""

from __future__ import annotations

import binascii
import re

from digest.errors import MailError

MAX_BODY_LINE = 76
"""Octets of a quoted-printable line, RFC 2045 §6.7 (5)."""
_WORD_OCTETS = 75 - len("=?utf-8?q??=")
"""Room for the text of one encoded-word, RFC 2047 §2."""
_MAX_HEADER_LINE = 78
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_PLAIN_WORD = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
"""What stays itself in an encoded-word anywhere in a header, RFC 2047 §5 (3)."""
_ALTERED = (b".", b"From ")
"""What is changed on the way at the start of a line: by SMTP (RFC 5321 §4.5.2), and by programs that keep an mbox."""
_PLAIN_BODY = frozenset(range(ord("!"), ord("~") + 1)) - {ord("=")}
_PLAIN_VALUE = re.compile(r"[!-<>-~]*")


def quoted_body(text: str) -> bytes:
    """`text` as quoted-printable lines with CRLF; control characters are dropped."""
    plain = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return b"\r\n".join(_soft_broken(_quoted_line(line)) for line in plain.split("\n"))


def quoted_value(text: str) -> bytes:
    """`text` as quoted-printable to stand on lines of its own, without any white space but soft line breaks."""
    if _PLAIN_VALUE.fullmatch(text):
        return _soft_broken(text.replace("=", "=3D").encode("ascii"))
    return _soft_broken(_escaped(_CONTROLS.sub("", text), _PLAIN_BODY))


def _quoted_line(line: str) -> bytes:
    """One line, its white space at the end quoted too; b2a_qp's own soft breaks are of a form that depends."""
    return binascii.b2a_qp(line.encode(), istext=True).replace(b"=\n", b"")


def _soft_broken(line: bytes) -> bytes:
    """A quoted line in pieces of at most 76 octets. None begins as `_ALTERED` does."""
    if line.startswith(_ALTERED):
        line = b"=%02X" % line[0] + line[1:]
    pieces, start = [], 0
    while len(line) - start > MAX_BODY_LINE - 1:
        end = start + MAX_BODY_LINE - 1
        while line.startswith(_ALTERED, end) and end > start + MAX_BODY_LINE // 2:
            end -= 1
        escape = line.rfind(b"=", end - 2, end)
        end = end if escape < 0 else escape
        pieces.append(line[start:end])
        start = end
    return b"=\r\n".join((*pieces, line[start:]))


def header_text(name: str, text: str) -> bytes:
    """The header `name: text` with its CRLF. Line breaks and controls of `text` cannot start another header."""
    value = " ".join(_CONTROLS.sub(" ", text).split())
    if value.isascii() and "=?" not in value and len(name) + 2 + len(value) <= _MAX_HEADER_LINE:
        return f"{name}: {value}\r\n".encode("ascii")
    return f"{name}: ".encode("ascii") + encoded_words(value) + b"\r\n"


def header_mailbox(name: str, display: str, address: str) -> bytes:
    """The header `name: "display" <address>` with its CRLF (RFC 5322 §3.4); `address` is ASCII.

    Raises:
        MailError: the address is not ASCII: no header may then be read without SMTPUTF8.
    """
    if not address.isascii():
        raise MailError(f"{name}: {address}: the part before @ must be ASCII for the sender of a list")
    shown = " ".join(_CONTROLS.sub(" ", display).split())
    if not shown:
        return f"{name}: <{address}>\r\n".encode("ascii")
    if not shown.isascii() or "=?" in shown or len(name) + len(shown) > _MAX_HEADER_LINE - 6:
        phrase = encoded_words(shown)
    elif re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+", shown):
        phrase = shown.encode("ascii")
    else:
        phrase = b'"%s"' % re.sub(r'(["\\])', r"\\\1", shown).encode("ascii")
    separator = " " if len(name) + len(phrase) + len(address) + 5 <= _MAX_HEADER_LINE else "\r\n "
    return f"{name}: ".encode("ascii") + phrase + f"{separator}<{address}>\r\n".encode("ascii")


def encoded_words(text: str) -> bytes:
    """`text` as encoded-words, one a line: no character is split and decoding gives exactly `text`."""
    words, word = [], b""
    for character in text:
        quoted = _escaped(character, _PLAIN_WORD).replace(b"=20", b"_")
        if len(word) + len(quoted) > _WORD_OCTETS - 16:  # the header's name stands on the first line too
            words.append(word)
            word = b""
        word += quoted
    words.append(word)
    return b"\r\n ".join(b"=?utf-8?q?" + word + b"?=" for word in words)


def _escaped(text: str, plain: frozenset[int]) -> bytes:
    return b"".join(byte.to_bytes() if byte in plain else b"=%02X" % byte for byte in text.encode())
