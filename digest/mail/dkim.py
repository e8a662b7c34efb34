"""DKIM signatures (RFC 6376) with RSA-2048 and Ed25519 (RFC 8463), relaxed/relaxed; keys and their DNS records.

Verifying is the receivers' business. A message may carry one signature per key: old receivers read only RSA.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from digest.errors import MailError

Algorithm = Literal["rsa", "ed25519"]

SIGNED = (
    *("from", "to", "cc", "subject", "date", "reply-to", "message-id", "mime-version", "content-type"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted"),
)
"""RFC 6376 §5.4.1, and RFC 8058 §4 for the two of one-click."""
OVERSIGNED = ("from", "to", "cc", "subject", "date", "reply-to", "list-unsubscribe", "list-unsubscribe-post")
"""Named once more than they occur, so that a second one added on the way breaks the signature (§8.15)."""

_MIN_RSA_BITS = 1024
_WSP = re.compile(rb"[ \t]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A private key and where receivers find its public half: `selector._domainkey.domain`."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey

    @classmethod
    def read(cls, pem: bytes, *, domain: str, selector: str) -> Key:
        """The unencrypted private key of a PEM file.

        Raises:
            MailError: it is no such key, of another kind, or an RSA key too short to be believed (RFC 8301 §3.2).
        """
        try:
            private = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise MailError(f"the DKIM key of selector {selector} cannot be read: {error}") from error
        if isinstance(private, RSAPrivateKey) and private.key_size < _MIN_RSA_BITS:
            raise MailError(f"the DKIM key of selector {selector} has {private.key_size} bits; make a new one")
        if not isinstance(private, RSAPrivateKey | Ed25519PrivateKey):
            raise MailError(f"the DKIM key of selector {selector} must be RSA or Ed25519")
        return cls(domain=domain, selector=selector, private=private)

    @property
    def algorithm(self) -> Algorithm:
        """What `k=` of its DNS record says."""
        return "rsa" if isinstance(self.private, RSAPrivateKey) else "ed25519"

    @property
    def is_slow(self) -> bool:
        """Whether a signature takes longer than handing it to another process: RSA 0.3 ms, Ed25519 a tenth of it."""
        return isinstance(self.private, RSAPrivateKey)

    @property
    def pem(self) -> bytes:
        """The private key as `read` takes it."""
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def sign(self, data: bytes) -> bytes:
        """The signature of `data`; Ed25519 signs its SHA-256 (RFC 8463 §3)."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, PKCS1v15(), hashes.SHA256())
        return self.private.sign(hashlib.sha256(data).digest())


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


def generate_key(algorithm: Algorithm = "rsa") -> bytes:
    """A new private key as PKCS #8 PEM: RSA of 2048 bits, or Ed25519."""
    private = generate_private_key(65537, 2048) if algorithm == "rsa" else Ed25519PrivateKey.generate()
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def dns_record(key: Key) -> tuple[str, str]:
    """The name and the text of the TXT record that publishes `key` (RFC 6376 §3.6.1, RFC 8463 §4)."""
    public = key.private.public_key()
    if isinstance(key.private, RSAPrivateKey):
        octets = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    else:
        octets = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    text = f"v=DKIM1; k={key.algorithm}; p={base64.b64encode(octets).decode('ascii')}"
    return f"{key.selector}._domainkey.{key.domain}", text


def zone_line(key: Key) -> str:
    """`dns_record` as a line of a zone file, its text in strings of at most 255 octets (RFC 1035 §3.3)."""
    name, text = dns_record(key)
    strings = " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))
    return f"{name}. IN TXT ( {strings} )"


def _fold_names(names: Sequence[str]) -> str:
    """The list of h=, a few names a line (white space is allowed after its colons)."""
    lines = [":".join(names[start : start + 5]) for start in range(0, len(names), 5)]
    return ":\r\n ".join(lines)
