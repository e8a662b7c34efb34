"""A rendered digest as the bytes of a message: built once per variant, then filled in per reader.

Only what is personal is written anew: address, Message-ID, Date, unsubscribe address, the open places of the body, and
the signature over all that. The envelope's return path is not part of a message; see `digest.mail.verp`.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from digest.errors import MailError
from digest.mail.address import wire_address
from digest.mail.dkim import Signer, ToSign, fields, relaxed_body, relaxed_header
from digest.mail.quoting import header_mailbox, header_text, quoted_body, quoted_value
from digest.mail.splice import Splice
from digest.models import Mail

if TYPE_CHECKING:
    from digest.mail.dkim_keys import Key

_URI = re.compile(r"(?:https?://|mailto:)[!-;=?-~]+")
"""RFC 2369 §2: ASCII, and nothing that could end the angle brackets it stands in."""
_MAX_URI = 900
"""Keeps the header line within the 998 octets of RFC 5322 §2.1.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What every message of one list says of its sender. Without `list_id` there are no list headers."""

    sender: str
    """The From address, `Name <local@domain>`."""
    reply_to: str = ""
    list_id: str = ""
    """A dotted name that never changes, such as `daily.digest.example.org` (RFC 2919 §2)."""
    list_title: str = ""
    one_click: bool = True
    """Whether readers can leave by one POST to their https address (RFC 8058); else by `unsubscribe_mailto` only."""
    unsubscribe_mailto: str = ""
    """A `mailto:` beside the reader's own https address (RFC 2369 §3.2)."""
    help_url: str = ""
    owner: str = ""
    """`mailto:` of a person."""
    feedback_id: str = ""
    """At most four fields between colons, the sender's own identifier last."""


def message_id(identity: str, domain: str) -> str:
    """The Message-ID of a delivery: the same at every try, telling nothing about the reader (RFC 5322 §3.6.4)."""
    return f"<{hashlib.sha256(identity.encode()).hexdigest()[:40]}@{domain}>"


class Draft(NamedTuple):
    """A message that has to be signed."""

    content: bytes
    to_sign: tuple[ToSign, ...] = ()
    """For each key, in order."""

    def signed(self, signatures: Sequence[bytes]) -> bytes:
        """The message as it is sent, with the signature of each key."""
        if not self.to_sign:
            return self.content
        lines = [one.signed(signature) for one, signature in zip(self.to_sign, signatures, strict=True)]
        return b"".join((*lines, self.content))


class MessageTemplate:
    """The message of one variant.

    `places` are the open places the body may have: a name and the alphanumeric word that stands for it in `mail.html`
    and `mail.text`. `keys` sign, in order; none means unsigned.

    Raises:
        MailError: the letterhead cannot be written as headers.
    """

    def __init__(
        self, mail: Mail, letterhead: Letterhead, *, places: Mapping[str, str] | None = None, keys: Sequence[Key] = ()
    ) -> None:
        self._places = dict(places or {})
        self._one_click = bool(letterhead.list_id) and letterhead.one_click
        self._domain = wire_address(parseaddr(letterhead.sender)[1]).rpartition("@")[2]
        self._mark = hashlib.sha256((mail.html + mail.text).encode("utf-8", "replace")).hexdigest()[:16]
        body = self._alternative(mail)
        head = self._head(mail.subject, letterhead)
        self._message = self._splice(head + b"\r\n" + body)
        self.dot_free = b"\n." not in head + body
        """Whether no line of its messages begins with a dot; what is filled in never makes one (`quoted_value`)."""
        self._open = {
            name for name in self._places for form in ("text", "html") if self._message.count(f"{form}.{name}")
        }
        self._assert_complete(mail)
        self._keys = tuple(keys)
        self._signer: Signer | None = None
        if keys:
            canonical = {name.lower().decode(): relaxed_header(name, value) for name, value in fields(head)}
            self._signer = Signer(keys, tuple(canonical))
            self._signed_head = self._splice(b"".join(canonical[name] for name in self._signer.signed))
            self._signed_body = self._splice(relaxed_body(body))

    def message(
        self,
        *,
        identity: str,
        recipient: str,
        at: datetime,
        unsubscribe_url: str = "",
        values: Mapping[str, str] | None = None,
    ) -> bytes:
        """The message to one reader, ready to be sent; arguments and errors as of `draft`."""
        draft = self.draft(
            identity=identity, recipient=recipient, at=at, unsubscribe_url=unsubscribe_url, values=values
        )
        return draft.signed([key.sign(one.data) for key, one in zip(self._keys, draft.to_sign, strict=True)])

    def draft(
        self,
        *,
        identity: str,
        recipient: str,
        at: datetime,
        unsubscribe_url: str = "",
        values: Mapping[str, str] | None = None,
    ) -> Draft:
        """The message to one reader, complete but for its signatures.

        `identity` names the delivery and makes its Message-ID. `recipient` may be non-ASCII before the @; the message
        then needs SMTPUTF8. `values` fill the places, as plain text.

        Raises:
            MailError: the address or the unsubscribe address cannot stand in a header, or a value is missing.
        """
        address = wire_address(recipient)
        filling = {
            "recipient": address.encode(),
            "message-id": message_id(identity, self._domain).encode("ascii"),
            "date": _date(at.replace(microsecond=0)),
        }
        if self._one_click:
            filling["unsubscribe"] = _uri(unsubscribe_url, "https://")
        for name, value in (values or {}).items():
            escaped = html.escape(value)
            filling[f"text.{name}"] = quoted = quoted_value(value)
            filling[f"html.{name}"] = quoted if escaped == value else quoted_value(escaped)
        try:
            message = self._message.fill(filling)
        except KeyError as error:
            raise MailError(f"nothing is given for the place {error} of the mail") from error
        if self._signer is None:
            return Draft(message)
        head, body_hash = self._signed_head.fill(filling), self._signed_body.sha256(filling)
        return Draft(message, self._signer.prepare(head, body_hash, at))

    def has(self, place: str) -> bool:
        """Whether the body has this place."""
        return place in self._open

    def _head(self, subject: str, letterhead: Letterhead) -> bytes:
        name, address = parseaddr(letterhead.sender)
        lines = [
            header_mailbox("From", name, wire_address(address)),
            b"To: <" + self._place("recipient") + b">\r\n",
            header_text("Subject", subject),
            b"Date: " + self._place("date") + b"\r\n",
            b"Message-ID: " + self._place("message-id") + b"\r\n",
        ]
        if letterhead.reply_to:
            reply_name, reply_address = parseaddr(letterhead.reply_to)
            lines.append(header_mailbox("Reply-To", reply_name, wire_address(reply_address)))
        if letterhead.list_id:
            lines += self._list_lines(letterhead)
        if letterhead.feedback_id:
            lines.append(header_text("Feedback-ID", letterhead.feedback_id))
        lines.append(b"Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n")
        lines.append(b'Content-Type: multipart/alternative;\r\n boundary="%s"\r\n' % self._boundary)
        return b"".join(lines)

    def _list_lines(self, letterhead: Letterhead) -> list[bytes]:
        ways = [self._place("unsubscribe")] if self._one_click else []
        if letterhead.unsubscribe_mailto:
            ways.append(_uri(letterhead.unsubscribe_mailto, "mailto:"))
        lines = [header_mailbox("List-Id", letterhead.list_title, _list_id(letterhead.list_id)), b"List-Post: NO\r\n"]
        if ways:
            lines.append(b"List-Unsubscribe: " + b",\r\n ".join(b"<" + way + b">" for way in ways) + b"\r\n")
        if self._one_click:
            lines.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
        for name, uri in (("List-Help", letterhead.help_url), ("List-Owner", letterhead.owner)):
            if uri:
                lines.append(f"{name}: <".encode("ascii") + _uri(uri, "") + b">\r\n")
        return lines

    def _alternative(self, mail: Mail) -> bytes:
        parts = [(kind, self._quoted(kind, text)) for kind, text in (("plain", mail.text), ("html", mail.html))]
        written = [
            b"--%s\r\nContent-Type: text/%s; charset=utf-8\r\n"
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n%s\r\n" % (self._boundary, kind.encode("ascii"), body)
            for kind, body in parts
        ]
        return b"".join(written) + b"--%s--\r\n" % self._boundary

    def _quoted(self, kind: str, text: str) -> bytes:
        """A body whose places stand on lines of their own, so that no soft break splits one or grows too long."""
        form = "text" if kind == "plain" else kind
        named = {word: name for name, word in self._places.items()}
        segments = re.split("(" + "|".join(map(re.escape, named)) + ")", text) if named else [text]
        return b"=\r\n".join(
            self._place(f"{form}.{named[segment]}") if number % 2 else quoted_body(segment)
            for number, segment in enumerate(segments)
        )

    def _place(self, name: str) -> bytes:
        """The word that stands for a place while the template is built: alphanumeric, and in no text by chance."""
        return f"x{self._mark}{name.encode().hex()}x".encode("ascii")

    @property
    def _boundary(self) -> bytes:
        return b"=_" + self._mark.encode("ascii")  # `=_` occurs in no quoted-printable text

    def _splice(self, template: bytes) -> Splice:
        body = [f"{form}.{name}" for name in self._places for form in ("text", "html")]
        names = ["recipient", "date", "message-id", *(["unsubscribe"] if self._one_click else []), *body]
        return Splice(template, {self._place(name): name for name in names})

    def _assert_complete(self, mail: Mail) -> None:
        for name, word in self._places.items():
            for form, text in (("text", mail.text), ("html", mail.html)):
                if self._message.count(f"{form}.{name}") != text.count(word):
                    raise MailError(f"the place {name} was lost while the message was built")


@lru_cache(maxsize=64)
def _date(at: datetime) -> bytes:
    return format_datetime(at).encode("ascii")


def _uri(text: str, scheme: str) -> bytes:
    if not text.startswith(scheme) or len(text) > _MAX_URI or not _URI.fullmatch(text):
        raise MailError(f"{text[:80]!r} cannot stand in a list header; it must be an ASCII {scheme or 'URL'} address")
    return text.encode("ascii")


def _list_id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", text):
        raise MailError(f"list id {text!r}: use a dotted name such as daily.digest.example.org (RFC 2919)")
    return text
