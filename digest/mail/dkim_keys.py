"""The keys of DKIM: RSA-2048 and Ed25519 (RFC 8463), as PEM files and as DNS records."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from digest.errors import MailError

Algorithm = Literal["rsa", "ed25519"]

_MIN_RSA_BITS = 1024


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
