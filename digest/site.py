"""A site: the folder an operator owns. What is in it replaces the shipped file of the same name; the rest is inherited.

::

    digest.toml   who and where            feeds/      what is published, one topic a file
    notes/        the curator's notes      templates/  how it looks
                                           cron/       when
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from digest.errors import SettingsError
from digest.models import OTHER, Rules, Topic
from digest.settings import Settings, describe, load_settings

_PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """A shipped file or folder such as `templates`: in the wheel's `_data`, or beside the package in a checkout."""
    packed = _PACKAGE / "_data" / name
    return packed if packed.exists() else _PACKAGE.parent / name


class _TopicFile(BaseModel):
    """What `feeds/SLUG.toml` may hold."""

    model_config = ConfigDict(extra="forbid")

    title: str
    description: str = ""
    order: int = 100
    enabled: bool = True
    rules: Rules = Rules()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A site folder with its settings read."""

    root: Path
    settings: Settings

    @classmethod
    def open(cls, root: Path) -> Site:
        """The site in `root`; a folder without `digest.toml` is a site with the shipped defaults.

        Raises:
            SettingsError: `root` is no folder, or its `digest.toml` is wrong.
        """
        if not root.is_dir():
            raise SettingsError(f"{root}: no such folder; `digest init {root}` makes a site there")
        path = root / "digest.toml"
        return cls(root=root.resolve(), settings=load_settings(path if path.exists() else None))

    def folders(self, name: str) -> tuple[Path, ...]:
        """Where `name` (`templates`, `feeds`, `cron`) is looked for: the site's own folder first, then the shipped."""
        own, given = self.root / name, shipped(name)
        return tuple(dict.fromkeys(path for path in (own, given) if path.is_dir()))

    def topics(self) -> tuple[Topic, ...]:
        """The enabled topics of `feeds/`, in digest order.

        Raises:
            SettingsError: a topic file does not parse, has an unknown key or a slug that cannot be a file name.
        """
        files: dict[str, Path] = {}
        for folder in reversed(self.folders("feeds")):
            files |= {path.stem: path for path in folder.glob("*.toml")}
        topics = (_kept_topic(path, _state(path)) for path in files.values())
        return tuple(sorted((topic for topic in topics if topic), key=lambda topic: (topic.order, topic.slug)))

    def note(self, day: date) -> str:
        """The curator's note for the edition of `day`: `notes/YYYY-MM-DD.md`, else an empty string."""
        path = self.root / "notes" / f"{day:%Y-%m-%d}.md"
        try:
            return path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: {error}") from error

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of `digest.toml`, a relative path taken from the site's folder."""
        return tuple(
            str(self.root / source) if source != "-" and (self.root / source).exists() else source
            for source in self.settings.sources
        )

    @property
    def database_url(self) -> str:
        """The database, with a relative SQLite path taken from the site's folder."""
        url = self.settings.database
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith((prefix + "/", prefix + ":")):
            return prefix + str(self.root / url.removeprefix(prefix))
        return url


def _state(path: Path) -> tuple[int, ...]:
    """What changes when a file is written."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_size


@lru_cache(maxsize=256)
def _kept_topic(path: Path, state: tuple[int, ...]) -> Topic | None:  # noqa: ARG001 - a changed file is another entry
    return read_topic(path)


def read_topic(path: Path) -> Topic | None:
    """The topic of one file; None when the file says `enabled = false`.

    Raises:
        SettingsError: as `Site.topics`.
    """
    slug = path.stem
    if path.is_dir():
        raise SettingsError(f"{path}: is a folder; name one topic file in it")
    if (
        slug in {OTHER, "all", "editions", "weekly", "monthly", "rising", "index"}
        or not slug.replace("-", "").isalnum()
    ):
        raise SettingsError(
            f"{path}: `{slug}` cannot name a topic; use letters, digits and hyphens, and no reserved word"
        )
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        file = _TopicFile.model_validate(content)
    except ValidationError as error:
        raise SettingsError(f"{path}: {describe(error)}") from error
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}") from error
    if unknown := set(content.get("rules", ())) - {rule.name for rule in fields(Rules)}:
        raise SettingsError(f"{path}: rules.{min(unknown)}: is not a known key")
    if not file.enabled:
        return None
    return Topic(
        slug=slug,
        title=file.title,
        description=file.description,
        order=file.order,
        rules=file.rules,
        examples=file.examples,
    )
