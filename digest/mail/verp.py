"""Variable envelope return paths: an address per delivery, so that any bounce names the delivery by where it came.

The tag is keyed: nobody can unsubscribe a reader by sending a made-up bounce.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from email.message import Message
from email.utils import getaddresses

from digest.errors import MailError
from digest.mail.address import MAX_LOCAL, wire_address

_TAG_OCTETS = 10
"""80 bits: far beyond guessing by mail, and 16 characters of base32."""
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
"""RFC 4648 §6 in lower case; `base64.b32encode` takes longer than all the rest of a return path."""
_PLACES = range(_TAG_OCTETS * 8 - 5, -1, -5)
_DELIVERY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ARRIVAL = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
"""Where mail servers leave the envelope recipient of the bounce, the surest first."""


class Verp:
    """Return paths `local+DELIVERY.TAG@domain` under `address`. The first of `keys` tags, all are believed."""

    def __init__(self, address: str, keys: Sequence[bytes]) -> None:
        self._local, _, self._domain = wire_address(address).rpartition("@")
        self._keys = tuple(keys)
        if not self._keys:
            raise MailError("return paths need a key")

    def encode(self, delivery: str) -> str:
        """The return path of `delivery` (lower-case letters, digits and single hyphens).

        Raises:
            MailError: the delivery's name does not fit into the 64 octets before the @.
        """
        local = f"{self._local}+{delivery}.{_tag(self._keys[0], delivery)}"
        if not _DELIVERY.fullmatch(delivery) or len(local) > MAX_LOCAL:
            raise MailError(f"{delivery[:MAX_LOCAL]!r} cannot be part of a return path")
        return f"{local}@{self._domain}"

    def decode(self, address: str) -> str | None:
        """The delivery `address` was made for; None when we did not make it. Upper and lower case are the same."""
        local, _, domain = address.strip().lower().rpartition("@")
        prefix, _, rest = local.partition("+")
        delivery, _, tag = rest.rpartition(".")
        if domain != self._domain or prefix != self._local.lower() or not _DELIVERY.fullmatch(delivery):
            return None
        genuine = [hmac.compare_digest(_tag(key, delivery).encode(), tag.encode()) for key in self._keys]
        return delivery if any(genuine) else None

    def delivery_of(self, message: Message) -> str | None:
        """The delivery a returned message is about, by the address it came back to."""
        for name in _ARRIVAL:
            values = [str(value) for value in message.get_all(name, [])]
            for _, address in getaddresses(values[:10]):
                if delivery := self.decode(address):
                    return delivery
        return None


def _tag(key: bytes, delivery: str) -> str:
    digest = hmac.digest(key, b"return-path:" + delivery.encode(), hashlib.sha256)
    number = int.from_bytes(digest[:_TAG_OCTETS], "big")
    return "".join([_BASE32[number >> place & 31] for place in _PLACES])
