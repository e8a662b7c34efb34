"""Demo: the whole of the product on the shipped sample, without a network, a server or an account.

The sample's list days are lived through one after the other: each morning its papers are read and an edition is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from digest.curation.digest import build_digest
from digest.errors import DigestError
from digest.ingest import ingest
from digest.models import Digest, Edition, Selection, SourceRun
from digest.preview import Form, render_preview
from digest.publish import publish
from digest.render.pages import render_demo
from digest.site import Site
from digest.store import Store
from digest.website import write_website

_MORNING = time(10, tzinfo=UTC)
_FORMS: tuple[tuple[str, Form], ...] = (
    ("digest.html", "html"),
    ("digest.txt", "text"),
    ("digest.eml", "eml"),
    ("digest.md", "markdown"),
    ("digest.json", "json"),
)


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What a demo did."""

    folder: Path
    index: Path
    runs: tuple[SourceRun, ...]
    editions: tuple[Edition, ...]
    files: int


def sample_days() -> dict[date, Path]:
    """The shipped sample: what one morning's reading brought, by list day."""
    return {date.fromisoformat(path.stem): path for path in sorted(sample_folder().glob("*.jsonl"))}


def sample_folder() -> Path:
    """Where the sample is in this installation."""
    return Path(__file__).parent / "sample"


def demo(folder: Path, *, progress: Callable[[int, int | None, str], None]) -> DemoReport:
    """Write the demo into `folder`, replacing an earlier one.

    Raises:
        DigestError: the folder holds something else, or cannot be written.
    """
    site = _fresh(folder)
    with Store.open(site.database_url) as store:
        runs, editions = _live_through(store, site, progress)
        digest = build_digest([editions[-1]], Selection(), site.topics())
        _write_forms(store, site, digest)
        report = write_website(store, site, folder / "site", progress=progress)
    index = folder / "index.html"
    index.write_bytes(render_demo(site, digest, editions, files=sorted(report.files)))
    files = len(report.files) + len(_FORMS) + 1
    return DemoReport(folder=folder, index=index, runs=tuple(runs), editions=tuple(editions), files=files)


def _fresh(folder: Path) -> Site:
    """The folder, made or emptied of an earlier demo's database, as a site with the shipped defaults."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "demo.db").exists():
        raise DigestError(f"{folder}: holds something that is no earlier demo; give another folder with --output")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("demo.db*"):
            path.unlink()
    except OSError as error:
        raise DigestError(f"{folder}: cannot be written: {error.strerror or error}") from error
    opened = Site.open(folder)
    return Site(root=opened.root, settings=opened.settings.model_copy(update={"database": "sqlite:///demo.db"}))


def _live_through(
    store: Store, site: Site, progress: Callable[[int, int | None, str], None]
) -> tuple[list[SourceRun], list[Edition]]:
    days = sample_days()
    runs: list[SourceRun] = []
    editions: list[Edition] = []
    for done, (day, path) in enumerate(days.items()):
        progress(done, len(days), f"The morning of {day:%d %B %Y}")
        now = datetime.combine(day, _MORNING)
        runs += ingest(store, [str(path)], site=site, now=now, on=day)
        edition = publish(store, site, now=now)
        if edition:
            editions.append(edition)
    return runs, editions


def _write_forms(store: Store, site: Site, digest: Digest) -> None:
    for name, form in _FORMS:
        (site.root / name).write_bytes(render_preview(store, site, digest, form))
