"""A folder as a carrier: a Maildir that any mail program opens, or plain .eml files. No server is needed.

A message's file is named by its delivery, so that the same delivery written twice is one file.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from digest.errors import CarrierUnavailable
from digest.mail.carrier import Envelope, Fate, Outcome, outcome

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")


class Folder:
    """Writes every message, whole or not at all, into `path`; `form` is `maildir` or `eml`."""

    def __init__(self, path: Path, *, form: Literal["maildir", "eml"] = "maildir") -> None:
        self._path = path
        self._suffix = "" if form == "maildir" else ".eml"
        self._target = path / "new" if form == "maildir" else path
        self._folders = [path / name for name in ("tmp", "new", "cur")] if form == "maildir" else [path]

    def send(self, envelopes: Iterable[Envelope | None]) -> Iterator[Outcome]:
        """See `Carrier.send`."""
        try:
            for folder in self._folders:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CarrierUnavailable(f"{self._path}: {error.strerror}") from error
        for envelope in filter(None, envelopes):
            try:
                self._write(envelope)
            except OSError as error:
                yield outcome(envelope, Fate.TEMPORARY, f"{self._path}: {error.strerror}")
            else:
                yield outcome(envelope, Fate.ACCEPTED, f"written to {self._path}")

    def _write(self, envelope: Envelope) -> None:
        """Beside its place first, then into it, as Maildir wants it."""
        name = _file_name(envelope.id)
        draft = self._folders[0] / f".{name}.part"
        try:
            with draft.open("wb") as file:
                file.write(envelope.content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._target / f"{name}{self._suffix}")
        except OSError:
            draft.unlink(missing_ok=True)
            raise


def _file_name(identity: str) -> str:
    """`identity` where it can name a file, else its hash."""
    return identity if _NAME.fullmatch(identity) else hashlib.sha256(identity.encode()).hexdigest()[:40]
