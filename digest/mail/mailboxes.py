"""Where returned mail is kept: a Maildir, an mbox, a folder or file of .eml, standard input, an IMAP mailbox.

Gives raw messages, each cut to what a report needs. Files are only read; IMAP messages are marked as seen.
"""

from __future__ import annotations

import imaplib
import mailbox
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from digest.errors import MailError
from digest.mail.returned import MAX_BYTES

_PORTS = {"imap": 143, "imaps": 993}
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def read_messages(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every message in `path`, in order of names.

    Raises:
        MailError: there is nothing at `path`, or it may not be read.
    """
    try:
        if path.is_dir():
            folders = [path / "new", path / "cur"] if (path / "cur").is_dir() else [path]
            for file in sorted(file for folder in folders if folder.is_dir() for file in folder.iterdir()):
                if file.is_file() and not file.name.startswith("."):
                    yield file.name, _head(file)
        elif path.suffix != ".eml" and _head(path).startswith(b"From "):
            yield from _mbox(path)
        else:
            yield path.name, _head(path)
    except OSError as error:
        raise MailError(f"{path}: {error.strerror}") from error


def read_stream(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """The one message a mail server's pipe hands over; the rest of a long one is read and dropped."""
    message = stream.read(MAX_BYTES)
    while stream.read(MAX_BYTES):
        pass
    yield "-", message


def read_imap(url: str, *, timeout_seconds: float = 60.0, limit: int = 10_000) -> Iterator[tuple[str, bytes]]:
    """The unseen messages of `imaps://user:password@host/Mailbox` (`imap:` starts TLS, but not on this machine).

    A message is marked as seen when the next one is asked for, so that a failure in between leaves it to be read again.

    Raises:
        MailError: the server cannot be reached, refuses the login or the mailbox, or breaks off.
    """
    place = urlsplit(url)
    try:
        with _imap(place.scheme, place.hostname or "", place.port, timeout_seconds) as session:
            session.login(unquote(place.username or ""), unquote(place.password or ""))
            name = unquote(place.path.strip("/")) or "INBOX"
            status, said = session.select('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"')
            if status != "OK":
                raise MailError(f"{place.hostname}: mailbox {name}: {said[0]!r}")
            _, found = session.uid("SEARCH", "UNSEEN")
            for uid in (found[0] or b"").split()[:limit]:
                _, parts = session.uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{MAX_BYTES}>)")
                octets = next((part[1] for part in parts if isinstance(part, tuple)), b"")
                yield f"{name};UID={uid.decode()}", octets
                session.uid("STORE", uid.decode(), "+FLAGS", r"(\Seen)")
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailError(f"{place.hostname}: {error}") from error


def _imap(scheme: str, host: str, port: int | None, timeout: float) -> imaplib.IMAP4:
    if scheme == "imaps":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(host, port or _PORTS[scheme], ssl_context=context, timeout=timeout)
    session = imaplib.IMAP4(host, port or _PORTS["imap"], timeout=timeout)
    if host not in _LOCAL:
        session.starttls(ssl.create_default_context())
    return session


def _mbox(path: Path) -> Iterator[tuple[str, bytes]]:
    box = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(box.keys()):
            with box.get_file(key) as file:
                yield f"{path.name}#{number + 1}", file.read(MAX_BYTES)
    finally:
        box.close()


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES)
