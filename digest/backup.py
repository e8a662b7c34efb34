"""Backup and restore: the database and the site's own files in one file, taken and put back while others work.

A backup is a `.tar.gz`: `manifest.json` with every file's size and SHA-256, the database, the site's files. It holds
the keys and the readers' addresses, so only its owner may read it. What can be made again (feeds, pages) is not in it.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from digest import __version__
from digest.errors import DigestError
from digest.settings import describe, load_settings
from digest.site import Site
from digest.store.copying import POSTGRESQL, SQLITE, check_copy, copy_name, is_empty, put_back, take_copy

_FORMAT = 1
_MANIFEST = "manifest.json"
_MAX_MANIFEST = 8_000_000
_FOLDERS = ("feeds", "templates", "cron", "notes", "keys")
_SUFFIXES = (".key", ".pem")
_CHUNK = 1 << 20
_FOREIGN = (tarfile.TarError, zlib.error, EOFError, OSError, UnicodeDecodeError)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    bytes: int


class _Manifest(BaseModel):
    """What a backup says of itself, as its first file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    made_by: str
    made_at: datetime
    files: dict[str, _File]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What a backup holds."""

    made_at: datetime
    files: tuple[str, ...]
    """The site's files, relative to it."""
    database_bytes: int


def take_backup(site: Site, database_url: str, path: Path, *, now: datetime) -> BackupReport:
    """Write a backup to `path`, whole or not at all.

    Raises:
        DigestError: something cannot be read, or `path` cannot be written.
    """
    with _explained(path), _workshop(path.absolute().parent) as shop:
        copy = shop / copy_name(database_url)
        take_copy(database_url, copy)
        files = {f"site/{name}": site.root / name for name in _site_files(site.root)} | {f"database/{copy.name}": copy}
        draft = shop / "backup.tar.gz"
        _pack(draft, files, now)
        size = copy.stat().st_size
        draft.chmod(0o600)
        draft.replace(path)
    return BackupReport(made_at=now, files=_names(files), database_bytes=size)


def restore_backup(path: Path, root: Path, *, database_url: str | None = None, force: bool = False) -> BackupReport:
    """Make the site in `root`, and its database, what they were; everything is checked before anything is changed.

    The database is the one the restored `digest.toml` names, or `database_url`. Files of the site that are not in the
    backup stay.

    Raises:
        DigestError: the backup is damaged, something would be overwritten and `force` is not given, or the database
            cannot be written; nothing was changed.
    """
    with _explained(path), _workshop(root) as shop:
        manifest = _unpack(path, shop)
        copy = _copy_in(path, manifest, shop)
        check_copy(copy)
        own = shop / "site" / "digest.toml"
        url = database_url or Site(root=root, settings=load_settings(own if own.exists() else None)).database_url
        names = _names(manifest.files)
        if not force:
            _refuse_to_overwrite(root, shop / "site", names, url)
        size = copy.stat().st_size
        for name in names:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
        put_back(copy, url)
        for name in names:
            (shop / "site" / name).replace(root / name)
    return BackupReport(made_at=manifest.made_at, files=names, database_bytes=size)


def _site_files(root: Path) -> Iterator[str]:
    """What the operator wrote, and the keys; relative to the site."""
    for path in sorted(root.iterdir()):
        inside = sorted(path.rglob("*")) if path.is_dir() and path.name in _FOLDERS else [path]
        for file in inside:
            name = file.relative_to(root).as_posix()
            if file.is_file() and _belongs(PurePosixPath(name)):
                yield name


def _belongs(name: PurePosixPath) -> bool:
    if len(name.parts) == 1:
        return name.name == "digest.toml" or name.suffix in _SUFFIXES
    return name.parts[0] in _FOLDERS and ".." not in name.parts


def _names(files: Any) -> tuple[str, ...]:
    return tuple(sorted(name.removeprefix("site/") for name in files if name.startswith("site/")))


def _pack(draft: Path, files: dict[str, Path], now: datetime) -> None:
    said = {name: _File(sha256=_sha256(file), bytes=file.stat().st_size) for name, file in files.items()}
    manifest = _Manifest(format=_FORMAT, made_by=f"digest {__version__}", made_at=now, files=said)
    with draft.open("wb") as stream:
        with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=6, format=tarfile.PAX_FORMAT) as archive:
            text = manifest.model_dump_json(indent=1).encode()
            _add(archive, _MANIFEST, io.BytesIO(text), len(text), now)
            for name, file in files.items():
                with file.open("rb") as content:
                    _add(archive, name, content, said[name].bytes, now)
        stream.flush()
        os.fsync(stream.fileno())


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int, now: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, int(now.timestamp()), 0o600
    archive.addfile(member, content)


def _unpack(path: Path, shop: Path) -> _Manifest:
    """Every file of the backup, checked, under `shop`."""
    with tarfile.open(path, mode="r:gz") as archive:
        members = iter(archive)
        first = next(members, None)
        content = archive.extractfile(first) if first and first.name == _MANIFEST else None
        if first is None or content is None or first.size > _MAX_MANIFEST:
            raise DigestError(f"{path}: is no backup made by `digest backup`")
        manifest = _read_manifest(path, content.read())
        if manifest.format != _FORMAT:
            raise DigestError(f"{path}: was made by {manifest.made_by}; upgrade digest to use it")
        missing = dict(manifest.files)
        for member in members:
            said = missing.pop(member.name, None)
            file = archive.extractfile(member) if member.isreg() else None
            if said is None or file is None or member.size != said.bytes or not _is_safe(member.name):
                raise DigestError(f"{path}: is damaged: {member.name} does not belong there")
            if _extract(file, shop / member.name) != said.sha256:
                raise DigestError(f"{path}: is damaged: {member.name} is not what it was")
    if missing:
        raise DigestError(f"{path}: is damaged: {min(missing)} is missing")
    return manifest


def _read_manifest(path: Path, text: bytes) -> _Manifest:
    try:
        return _Manifest.model_validate_json(text)
    except ValidationError as error:
        raise DigestError(f"{path}: is no backup made by `digest backup`: {describe(error)}") from error


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    if name in {f"database/{SQLITE}", f"database/{POSTGRESQL}"}:
        return True
    return path.parts[0] == "site" and len(path.parts) > 1 and _belongs(PurePosixPath(*path.parts[1:]))


def _extract(file: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    total = hashlib.sha256()
    with target.open("wb") as out:
        while chunk := file.read(_CHUNK):
            total.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    target.chmod(0o600 if target.suffix in _SUFFIXES else 0o644)
    return total.hexdigest()


def _copy_in(path: Path, manifest: _Manifest, shop: Path) -> Path:
    copies = [name for name in manifest.files if name.startswith("database/")]
    if len(copies) != 1:
        raise DigestError(f"{path}: is damaged: there must be one database in it")
    return shop / copies[0]


def _refuse_to_overwrite(root: Path, new: Path, names: tuple[str, ...], url: str) -> None:
    there = [name for name in names if (root / name).exists() and _sha256(root / name) != _sha256(new / name)]
    if not is_empty(url):
        there.insert(0, "the database")
    if there:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise DigestError(f"{root}: {there[0]}{more} would be overwritten; --force does so")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A folder beside the place where things will go, so that they get there by a rename."""
    with tempfile.TemporaryDirectory(prefix=".digest-", dir=folder) as shop:
        yield Path(shop)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except _FOREIGN as error:
        raise DigestError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
