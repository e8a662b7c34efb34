"""Website: write everything a plain web server needs into a folder; only what changed is made and written.

Editions never change, so a file is known by what goes into it (`plan`): when that is what it was last time, and the
file is still as it was left (`folder`), nothing is rendered. It serves nothing, and builds from closed editions only.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from digest import __version__
from digest.errors import DigestError
from digest.lint import errors, lint_feed, refusal
from digest.press import templates_of
from digest.render.imprint import Imprint
from digest.site import Site
from digest.store import Store
from digest.website.folder import Folder
from digest.website.plan import plan
from digest.website.shelf import Shelf

__all__ = ["WebsiteReport", "write_website"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebsiteReport:
    """What was done, by path within the folder."""

    written: tuple[str, ...]
    unchanged: int
    removed: tuple[str, ...]
    files: tuple[str, ...]
    """All there are now, whether they were written or not."""


def write_website(
    store: Store, site: Site, folder: Path, *, progress: Callable[[int, int | None, str], None]
) -> WebsiteReport:
    """Bring `folder` up to date with the closed editions; files it did not write itself are left alone.

    Raises:
        DigestError: the folder cannot be written, a template is wrong, the store cannot be read, or a feed is not fit
            to go out (`digest lint` says why).
    """
    target = Folder(folder)
    imprint = Imprint(settings=site.settings, topics=site.topics(), templates=templates_of(site))
    last = store.last_edition()
    ground = _ground(imprint, site)
    state = _digest(ground, last and (last.number, last.closed_at, len(last.papers)))
    if target.is_as_left(state):
        return WebsiteReport(written=(), unchanged=len(target.files), removed=(), files=target.files)
    written = []
    jobs = deque(plan(Shelf(store, imprint), imprint))
    for done in range(total := len(jobs)):
        job = jobs.popleft()  # what was made for it can be forgotten
        progress(done, total, job.path)
        make = partial(_fit_to_go_out, job.path, job.make, now=last.closed_at if last else None)
        if target.write(job.path, _digest(ground, job.inputs), make):
            written.append(job.path)
    removed = target.finish(state)
    return WebsiteReport(written=tuple(written), unchanged=total - len(written), removed=removed, files=target.files)


def _fit_to_go_out(path: str, make: Callable[[], bytes], *, now: datetime | None) -> bytes:
    """What `make` makes; a feed that people subscribe to is looked at first, its archives are made by the same hand."""
    data = make()
    if now is not None and path.endswith((".rss", ".atom", ".json")) and "/" not in path:
        wrong = errors(lint_feed(data, now=now))
        if wrong:
            raise DigestError(refusal(wrong, path))
    return data


def _ground(imprint: Imprint, site: Site) -> object:
    """What every file depends on: the program, the settings it shows, the topics and the templates."""
    settings = site.settings
    shown = settings.model_dump(include={"title", "description", "language", "base_url", "id_prefix", "feeds"})
    topics = [(topic.slug, topic.title, topic.description) for topic in imprint.topics]
    return __version__, shown, imprint.site.sign_up, topics, _templates(site)


def _templates(site: Site) -> str:
    """A fingerprint of all template files."""
    total = hashlib.sha256()
    for folder in site.folders("templates"):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _digest(*values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:32]
