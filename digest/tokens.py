"""The links in mails: who may do what without a password, for how long, and until revoked.

A token names a reader by their random id and is signed for one purpose. Whether that reader still is one, and in which
epoch, is for the caller to compare. It reads no clock.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from json import JSONEncoder
from pathlib import Path
from typing import Any, Literal, get_args

from itsdangerous import BadData, Signer, URLSafeSerializer
from itsdangerous.encoding import base64_encode
from itsdangerous.signer import SigningAlgorithm

from digest.errors import LinkError, SettingsError
from digest.models import Subscriber
from digest.site import Site

Purpose = Literal["confirm", "preferences", "unsubscribe", "feed", "mark"]
KEY_FILE = "secret.key"

_MAX_TOKEN = 256
_KEY_OCTETS = 32
"""As many as SHA-256 makes use of (RFC 2104, section 3)."""
_SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a genuine token says."""

    subscriber: str
    epoch: int


_ENCODER = JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""What itsdangerous writes JSON with, made once."""


class _Hmac(SigningAlgorithm):
    """HMAC with SHA-256, as itsdangerous has it, in one call."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        """RFC 2104."""
        return hmac.digest(key, value, "sha256")


class _Serializer(URLSafeSerializer):
    """itsdangerous' tokens, with all that is the same for each of them done once.

    Without an attempt to compress: a token is too short for it, and it would be most of the work.
    """

    def __init__(self, keys: Sequence[bytes], purpose: str) -> None:
        salt = f"digest.{purpose}"
        derived = [
            Signer(key, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256).derive_key() for key in keys
        ]
        super().__init__(derived, salt=salt, signer_kwargs={"key_derivation": "none", "algorithm": _Hmac()})
        self._signer = self.make_signer()

    def dumps(self, obj: Any, salt: str | bytes | None = None) -> str:  # noqa: ARG002 - each purpose has its one salt
        """JSON in base64, as `loads` reads it, and its signature."""
        return self._signer.sign(_payload(tuple(obj))).decode("ascii")


@lru_cache(maxsize=16)
def _payload(values: tuple[str | int, ...]) -> bytes:
    """What a token says; a mail has several of one reader, each with a signature of its own."""
    return base64_encode(_ENCODER.encode(values))


class Tokens:
    """Makes and reads tokens. The first of `keys` signs, all are believed: a new key goes to the front.

    Raises:
        SettingsError: there is no key, or one is too short to keep anything safe.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or min(map(len, keys)) < _SHORTEST_KEY:
            raise SettingsError(f"subscriptions.secret_keys: each key must have at least {_SHORTEST_KEY} characters")
        self._serializers = {
            purpose: _Serializer(list(reversed(keys)), purpose)  # itsdangerous signs with the last
            for purpose in get_args(Purpose)
        }

    @classmethod
    def of(cls, site: Site) -> Tokens:
        """Tokens with the keys of a site; makes its `secret.key` when it has none.

        Raises:
            SettingsError: the file cannot be made or read, or holds no good key.
        """
        return cls(secret_keys(site))

    def issue(self, purpose: Purpose, reader: Subscriber, *, expires_at: datetime | None = None) -> str:
        """A token for `reader`: letters, digits, `-`, `_` and dots."""
        return self.write(purpose, Claim(subscriber=reader.id, epoch=reader.epoch), expires_at=expires_at)

    def write(self, purpose: Purpose, claim: Claim, *, expires_at: datetime | None = None) -> str:
        """The token that says `claim`."""
        expiry = [] if expires_at is None else [int(expires_at.timestamp())]
        return self._serializers[purpose].dumps([claim.subscriber, claim.epoch, *expiry])

    def read(self, purpose: Purpose, token: str, *, now: datetime) -> Claim:
        """What `token` says.

        Raises:
            LinkError: it was not made here for this purpose, or is too old.
        """
        try:
            subscriber, epoch, *expiry = self._serializers[purpose].loads(token[:_MAX_TOKEN])
        except BadData as error:
            raise LinkError("this link is not valid; please copy the whole address from the mail") from error
        if expiry and now.timestamp() >= expiry[0]:
            raise LinkError("this link is too old; please sign up again to get a new one")
        return Claim(subscriber=subscriber, epoch=epoch)


def secret_keys(site: Site) -> tuple[bytes, ...]:
    """The keys of a site, newest first; makes its `secret.key` when it has none.

    Raises:
        SettingsError: the file cannot be made or read.
    """
    given = tuple(key.get_secret_value().encode() for key in site.settings.subscriptions.secret_keys)
    return given or _file_keys(site.root / KEY_FILE)


def link(base_url: str, purpose: Purpose, token: str) -> str:
    """The address at which `token` is honoured: `BASE/PURPOSE/TOKEN`."""
    return f"{base_url}/{purpose}/{token}"


def _file_keys(path: Path) -> tuple[bytes, ...]:
    try:
        if not path.exists():
            _make_key(path)
        lines = path.read_bytes().split()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from error
    if not lines:
        raise SettingsError(f"{path}: holds no key; remove the file to have one made (links in mails sent become void)")
    return tuple(lines)


def _make_key(path: Path) -> None:
    """Write a random key that only the owner of the site may read; of two processes at once the first one wins."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_KEY_OCTETS) + "\n")
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
