"""A mail as a message: the bytes of RFC 5322 with a MIME body (RFC 2045 to 2047), ready for a file or a mailbox.

The same arguments give the same bytes; even the boundary comes from the content. It signs nothing and sends nothing.
The headers are written here and not by the `email` package's policies, which encode long List-* addresses and fold
mixed Unicode subjects wrongly.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, getaddresses

from digest.errors import SettingsError
from digest.models import Mail

_WIDTH = 78
"""RFC 5322, section 2.1.1: lines should be no longer, line end not counted."""
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\\\"@\x00-\x1f\x7f-\U0010ffff]{1,64}@[A-Za-z0-9.-]{1,253}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")

PREVIEW_RECIPIENT = "Preview <preview@localhost>"


def build_message(
    mail: Mail,
    *,
    sender: str,
    recipient: str,
    date: datetime,
    message_id: str,
    headers: Sequence[tuple[str, str]] = (),
) -> bytes:
    """`mail` from `sender` to `recipient` (`Name <local@domain>`) as one message with CRLF line ends, all of it ASCII.

    `date` is aware; `message_id` is `<unique@domain>`; `headers` are further ones, such as those of a mailing list,
    each printed as it is, folded only after commas and spaces.

    Raises:
        SettingsError: an address is none, or holds more than one.
        ValueError: a header has a line break or is not ASCII, or `message_id` is malformed.
    """
    if not re.fullmatch(r"<[^\s<>@]+@[^\s<>@]+>", message_id) or not message_id.isascii():
        raise ValueError(f"{message_id!r} is no Message-ID")
    text, html = _part("plain", mail.text), _part("html", mail.html)
    boundary = "=_" + hashlib.sha256(text + html).hexdigest()[:32]  # `=_` cannot stand in quoted-printable
    lines = [
        _folded("From", _address(sender, "mail.sender")),
        _folded("To", _address(recipient, "recipient")),
        _folded("Subject", _unstructured("Subject", mail.subject)),
        _folded("Date", format_datetime(date)),
        f"Message-ID: {message_id}",
        *(_checked(name, value) for name, value in headers),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
    ]
    edge = b"--" + boundary.encode()
    head = "\r\n".join(lines).encode("ascii")
    return b"".join((head, b"\r\n\r\n", edge, b"\r\n", text, edge, b"\r\n", html, edge, b"--\r\n"))


def preview_message(mail: Mail, *, sender: str, date: datetime, issue: str) -> bytes:
    """`mail` as a file to look at: to nobody, with an id that says which issue it shows.

    Raises:
        SettingsError: as `build_message`.
    """
    message_id = f"<{re.sub(r'[^A-Za-z0-9-]+', '-', issue)}.preview@localhost>"
    return build_message(mail, sender=sender, recipient=PREVIEW_RECIPIENT, date=date, message_id=message_id)


def _part(subtype: str, content: str) -> bytes:
    """A body part, quoted-printable, with the line end that belongs to the boundary behind it."""
    content = re.sub(r"\r\n|\r|\n", "\r\n", content.strip("\r\n")) + "\r\n"
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    encoded = binascii.b2a_qp(content.encode(), istext=True)
    return head.encode() + encoded.replace(b"\r\nFrom ", b"\r\n=46rom ") + b"\r\n"


def _address(text: str, place: str) -> str:
    """`Name <local@domain>` with the name quoted or encoded as RFC 5322 and 2047 want it."""
    found = getaddresses([text])
    name, address = found[0] if len(found) == 1 else ("", "")
    if not _ADDRESS.fullmatch(address) or re.search(r"[\x00-\x1f\x7f]", text):
        raise SettingsError(f"{place}: {text!r:.100} is no single address such as `Name <name@example.org>`")
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{_encoded(name, 'From')} <{address}>"
    quoted = name if _ATOMS.fullmatch(name) else '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{quoted} <{address}>"


def _unstructured(name: str, text: str) -> str:
    """Text as it is when its bytes may stand in a header and be folded, else as encoded-words."""
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()
    plain = text.isascii() and "=?" not in text and "  " not in text and max(map(len, text.split(" "))) < _WIDTH - 12
    return text if plain else _encoded(text, name)


def _encoded(text: str, name: str) -> str:
    """Encoded-words of at most 75 characters that end between characters (RFC 2047, section 2)."""
    return Header(text, "utf-8", header_name=name, maxlinelen=75).encode(linesep="\r\n")


def _checked(name: str, value: str) -> str:
    if not _NAME.fullmatch(name) or not value.isascii() or not value.isprintable():
        raise ValueError(f"{name!r:.50}: {value!r:.100} may not be a header")
    return _folded(name, value)


def _folded(name: str, value: str) -> str:
    """The header with a line break before each word that would not fit; words themselves stay whole."""
    lines = [f"{name}:"]
    for word in _words(value):
        if len(lines[-1]) + 1 + len(word) > _WIDTH and lines[-1] != f"{name}:":
            lines.append(f" {word}")
        else:
            lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _words(value: str) -> Iterable[str]:
    return value.replace("\r\n", "").split(" ")
