"""DKIM signatures (RFC 6376, RFC 8463), relaxed/relaxed. The keys are `digest.mail.dkim_keys`.

Verifying is the receivers' business. A message may carry one signature per key: old receivers read only RSA.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # what signs is large, and mail without keys does not need it
    from digest.mail.dkim_keys import Key

SIGNED = (
    *("from", "to", "cc", "subject", "date", "reply-to", "message-id", "mime-version", "content-type"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted"),
)
"""RFC 6376 §5.4.1, and RFC 8058 §4 for the two of one-click."""
OVERSIGNED = ("from", "to", "cc", "subject", "date", "reply-to", "list-unsubscribe", "list-unsubscribe-post")
"""Named once more than they occur, so that a second one added on the way breaks the signature (§8.15)."""

_WSP = re.compile(rb"[ \t]+")


class ToSign(NamedTuple):
    """One signature that is not made yet."""

    head: bytes
    """The header up to its signature."""
    data: bytes
    """What is to be signed."""

    def signed(self, signature: bytes) -> bytes:
        """The whole header, with CRLF."""
        text = base64.b64encode(signature)
        folded = b"".join(b"\r\n " + text[start : start + 72] for start in range(0, len(text), 72))
        return self.head + folded + b"\r\n"


class Signer:
    """Signs with every key, in order. `names` are the lower-case header names its messages have."""

    def __init__(self, keys: Sequence[Key], names: Sequence[str]) -> None:
        present = [name for name in SIGNED if name in names]
        listed = _fold_names((*present, *OVERSIGNED))
        self.signed = tuple(present)
        """The order `sign` wants the canonical headers in."""
        self._keys = []
        for key in keys:
            value = (
                f" v=1; a={key.algorithm}-sha256; c=relaxed/relaxed;\r\n"
                f" d={key.domain}; s={key.selector};\r\n h={listed};\r\n t="
            ).encode("ascii")
            self._keys.append((key, value, relaxed_header(b"dkim-signature", value).rstrip()))

    def prepare(self, headers: bytes, body_hash: bytes, at: datetime) -> tuple[ToSign, ...]:
        """What each key has to sign, in order.

        `headers` are the canonical headers in the order of `signed`, `body_hash` the SHA-256 of the canonical body.
        """
        moment, digest = b"%d" % at.timestamp(), base64.b64encode(body_hash)
        return tuple(
            ToSign(
                head=b"DKIM-Signature:%s%s;\r\n bh=%s;\r\n b=" % (value, moment, digest),
                data=headers + canonical + b"%s; bh=%s; b=" % (moment, digest),
            )
            for _, value, canonical in self._keys
        )

    def sign(self, headers: bytes, body_hash: bytes, at: datetime) -> bytes:
        """The DKIM-Signature headers, each with CRLF, to stand before the message; arguments as of `prepare`."""
        keys = (key for key, *_ in self._keys)
        prepared = self.prepare(headers, body_hash, at)
        return b"".join(one.signed(key.sign(one.data)) for key, one in zip(keys, prepared, strict=True))


def sign(message: bytes, keys: Sequence[Key], at: datetime) -> bytes:
    """A whole message (CRLF) with the signatures of `keys` before it; for mail that is no copy of a template."""
    head, _, body = message.partition(b"\r\n\r\n")
    headers = {name.strip().lower().decode("ascii"): value for name, value in fields(head + b"\r\n")}
    signer = Signer(keys, tuple(headers))
    canonical = b"".join(relaxed_header(name.encode(), headers[name]) for name in signer.signed)
    return signer.sign(canonical, hashlib.sha256(relaxed_body(body)).digest(), at) + message


def fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """The header fields of `head` as name and raw value, folding kept."""
    lines = re.findall(rb"([^\r\n:]+):((?:[^\r\n]|\r\n[ \t])*)\r\n", head)
    return [(name, value) for name, value in lines]


def relaxed_header(name: bytes, value: bytes) -> bytes:
    """A header in relaxed form with CRLF (RFC 6376 §3.4.2)."""
    unfolded = _WSP.sub(b" ", value.replace(b"\r\n", b""))
    return name.strip().lower() + b":" + unfolded.strip(b" \t") + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """A body in relaxed form (RFC 6376 §3.4.4)."""
    collapsed = _WSP.sub(b" ", body).replace(b" \r\n", b"\r\n")
    stripped = collapsed.rstrip(b"\r\n")
    return stripped + b"\r\n" if stripped else b""


def _fold_names(names: Sequence[str]) -> str:
    """The list of h=, a few names a line (white space is allowed after its colons)."""
    lines = [":".join(names[start : start + 5]) for start in range(0, len(names), 5)]
    return ":\r\n ".join(lines)
