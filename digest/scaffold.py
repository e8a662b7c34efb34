"""A fresh site folder: `digest.toml` written from the settings themselves, so that it is never behind them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr

from digest.errors import DigestError
from digest.settings import Section, Settings

_FOLDERS = {
    "feeds": """One TOML file a topic: `agents.toml` is the section, the feed and the page `agents`.
A file here replaces the shipped one of that name; a file with `enabled = false` removes it.

    title = "Speculative Decoding"
    description = "Making language models answer faster without changing what they say."
    order = 55

    [rules]
    any = ["speculative decoding", "draft model"]
    none = ["survey"]
""",
    "templates": """Jinja2. A file here replaces the shipped one of that name (`email/digest.html`), or only a block
of it when it begins with `{% extends "shipped/email/digest.html" %}`.
""",
    "notes": """The curator's notes, in Markdown: `2026-11-20.md` stands at the top of the edition of that day.
""",
}


def scaffold(folder: Path, *, base_url: str, today: date) -> list[str]:
    """Write a site into `folder`; the names of what was written, relative to it.

    Raises:
        DigestError: the folder cannot be written.
    """
    host = urlsplit(base_url).hostname or "localhost"
    chosen = {"base_url": base_url, "id_prefix": f"tag:{host},{today.isoformat()}:"}
    files = {"digest.toml": settings_file(chosen)}
    files |= {f"{name}/README.md": text for name, text in _FOLDERS.items()}
    written = []
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_text(text, encoding="utf-8")
                written.append(name)
    except OSError as error:
        raise DigestError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return written


def settings_file(chosen: Mapping[str, object]) -> str:
    """A `digest.toml` with every setting, its meaning and its default (commented out), and `chosen` set."""
    lines = ["# The settings of this site. What is commented out is the default.", ""]
    tables = {name: field for name, field in Settings.model_fields.items() if _is_table(field.annotation)}
    lines += _keys(Settings, chosen, skip=set(tables))
    for name, field in tables.items():
        assert isinstance(field.annotation, type)  # noqa: S101 - `_is_table` said so
        lines += [f"[{name}]", *_keys(field.annotation, {}, skip=set())]
    return "\n".join(lines).rstrip() + "\n"


def _is_table(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Section)


def _keys(model: type[BaseModel], chosen: Mapping[str, object], *, skip: set[str]) -> list[str]:
    lines = []
    for name, field in model.model_fields.items():
        if name in skip:
            continue
        lines += textwrap.wrap(
            " ".join((field.description or "").split()), 110, initial_indent="# ", subsequent_indent="# "
        )
        mark = "" if name in chosen else "# "
        lines += [f"{mark}{name} = {_toml(chosen.get(name, field.default))}", ""]
    return lines


def _toml(value: object) -> str:
    """A scalar or a list as TOML; JSON's notation of both is TOML's too."""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
