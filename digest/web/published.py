"""The website in memory: the files that `digest.website` wrote, each with the headers it is served with.

A file's entity tag is the hash of its content and its Last-Modified the time it was last written with other bytes, so
both survive a restart. It makes no file and reads none while it serves.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path, PurePosixPath

from digest.errors import DigestError
from digest.render.feeds.feed import MEDIA_TYPES

_GONE = ".gone.json"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    **{f".{extension}": f"{type_}; charset=utf-8" for extension, type_ in MEDIA_TYPES.items()},
}
_PAGE_SECONDS, _STYLE_SECONDS, _ARCHIVE_SECONDS = 300, 3600, 86_400
_FEED_SECONDS = (300, 3600)
"""Least and most; in between it is `feeds.ttl_minutes`."""
_COMPRESSION = 6


@dataclass(frozen=True, kw_only=True)
class File:
    """One file as it is served."""

    content: bytes
    media_type: str
    modified_at: datetime
    max_age: int
    """Seconds."""
    link: str = ""
    """The value of its Link header (RFC 8288)."""

    @cached_property
    def etag(self) -> str:
        """Of the content as it is (RFC 9110 section 8.8.3)."""
        return f'"{self._hash}"'

    @cached_property
    def gzip_etag(self) -> str:
        """Of the compressed content: another coding is another representation."""
        return f'"{self._hash}-gzip"'

    @cached_property
    def gzipped(self) -> bytes:
        """The content, compressed when it is first asked for; the same bytes every time."""
        return gzip.compress(self.content, _COMPRESSION, mtime=0)

    @cached_property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """What every answer about it carries, 304 included (section 15.4.5)."""
        found = {
            "cache-control": f"public, max-age={self.max_age}",
            "vary": "Accept-Encoding",
            "last-modified": format_datetime(self.modified_at, usegmt=True),
            "link": self.link,
        }
        return tuple((name.encode("ascii"), value.encode("latin-1")) for name, value in found.items() if value)

    @cached_property
    def _hash(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """All files of a website by their path, such as `/all.rss`; `/` is the front page."""

    files: Mapping[str, File]
    gone: frozenset[str] = frozenset()
    """Paths of feeds there were once."""

    @classmethod
    def read(
        cls, folder: Path, names: Iterable[str], *, base_url: str, hub: str = "", ttl_minutes: int = 60
    ) -> Published:
        """The files `names` of `folder`.

        Raises:
            DigestError: one cannot be read.
        """
        files = {}
        for name in names:
            path = folder / name
            try:
                content, changed = path.read_bytes(), path.stat().st_mtime
            except OSError as error:
                raise DigestError(f"{path}: {error.strerror or error}") from error
            files[f"/{name}"] = File(
                content=content,
                media_type=_TYPES.get(path.suffix, "application/octet-stream"),
                modified_at=datetime.fromtimestamp(int(changed), UTC),
                max_age=_max_age(name, ttl_minutes),
                link=_hub_links(name, base_url, hub),
            )
        if "/index.html" in files:
            files["/"] = files["/index.html"]
        return cls(files=files, gone=_gone(folder) - files.keys())


def remember_gone(folder: Path, removed: Iterable[str]) -> None:
    """Note which feeds there are no longer, so that their readers are told so for good (RFC 9110 section 15.5.11).

    Raises:
        DigestError: the note cannot be written.
    """
    feeds = {f"/{name}" for name in removed if _is_feed(name)}
    if not feeds:
        return
    path = folder / _GONE
    try:
        path.write_text(json.dumps(sorted(_gone(folder) | feeds)), encoding="utf-8")
    except OSError as error:
        raise DigestError(f"{path}: cannot be written: {error.strerror or error}") from error


def _gone(folder: Path) -> frozenset[str]:
    try:
        return frozenset(map(str, json.loads((folder / _GONE).read_bytes())))
    except (OSError, ValueError, TypeError):
        return frozenset()  # none yet, or damaged: then these feeds are simply unknown


def _is_feed(name: str) -> bool:
    return PurePosixPath(name).suffix.removeprefix(".") in MEDIA_TYPES


def _max_age(name: str, ttl_minutes: int) -> int:
    if name.startswith("archive/"):
        return _ARCHIVE_SECONDS
    if _is_feed(name):
        least, most = _FEED_SECONDS
        return min(max(ttl_minutes * 60, least), most)
    return _STYLE_SECONDS if name.endswith(".css") else _PAGE_SECONDS


def _hub_links(name: str, base_url: str, hub: str) -> str:
    """Where a feed can be pushed from, and its own address (W3C WebSub section 4)."""
    return f'<{hub}>; rel="hub", <{base_url}/{name}>; rel="self"' if hub and _is_feed(name) else ""
