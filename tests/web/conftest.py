"""A site that is served: a real uvicorn on a port of its own, the sample's first mornings, letters that are kept."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path

import httpx2
import pytest
import uvicorn

from digest.cli.progress import _silent
from digest.demo import sample_days
from digest.ingest import ingest
from digest.models import Subscriber
from digest.publish import publish
from digest.render.environment import compile_all, environment
from digest.render.imprint import Imprint
from digest.site import Site
from digest.store import Store
from digest.subscribe import Letter, add_reader, erase
from digest.tokens import Purpose, Tokens
from digest.web.application import application
from digest.web.outbox import Outbox
from digest.web.server import address, configuration, listen
from digest.web.service import Post, Service
from digest.web.site_files import SiteFiles, served
from tests.store.conftest import postgresql_server, postgresql_url  # noqa: F401 - fixtures

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
"""A Wednesday, after the last edition."""
MORNINGS = 2
BASE_URL = "https://papers.example.org"


@dataclass
class Running:
    """A server and what belongs to it."""

    site: Site
    store: Store
    service: Service
    files: SiteFiles
    url: str
    client: httpx2.Client
    letters: list[Letter] = field(default_factory=list)

    def reader(self, address: str = "ada@example.org", **fields: object) -> Subscriber:
        """A reader who has confirmed."""
        return add_reader(self.store, self.site, address, now=NOW, **fields)

    def path(self, purpose: Purpose, reader: Subscriber, **expiry: datetime) -> str:
        """The path of a link in a reader's mail."""
        return f"/{purpose}/{Tokens.of(self.site).issue(purpose, reader, **expiry)}"

    def settled(self) -> list[Letter]:
        """The letters, when all sign-ups are dealt with."""
        assert self.service.outbox.settle()
        return self.letters


Start = Callable[..., Running]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site's folder with two closed editions and the website of them, made once."""
    folder = tmp_path_factory.mktemp("published")
    _write_settings(folder)
    site = Site.open(folder)
    with Store.open(site.database_url) as store:
        for day, path in list(sample_days().items())[:MORNINGS]:
            now = datetime.combine(day, time(10, tzinfo=UTC))
            ingest(store, [str(path)], site=site, now=now, on=day)
            publish(store, site, now=now)
        SiteFiles(store, served(site), progress=_silent)
    return folder


@pytest.fixture
def start(published: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts servers: of a copy of the published site with `settings` in its `digest.toml`, or of `folder` again.

    `parts` take the place of the post and the outbox.
    """
    running: list[contextmanager] = []

    def run(settings: str = "", *, base_url: str = BASE_URL, folder: Path | None = None, **parts: object) -> Running:
        if folder is None:
            folder = tmp_path / f"site{len(running)}"
            shutil.copytree(published, folder, copy_function=shutil.copy2)
            _write_settings(folder, settings, base_url)
        serving = _serving(Site.open(folder), **parts)
        running.append(serving)
        return serving.__enter__()

    yield run
    for serving in running:
        serving.__exit__(None, None, None)


@pytest.fixture(scope="session")
def shared(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for all tests that need no settings of their own."""
    folder = tmp_path_factory.mktemp("shared") / "site"
    shutil.copytree(published, folder, copy_function=shutil.copy2)
    _write_settings(folder, "[subscriptions]\nsign_ups_per_hour = 100000\n")
    with _serving(Site.open(folder)) as running:
        yield running


@pytest.fixture
def web(shared: Running) -> Running:
    """A running server without readers, letters or cookies."""
    shared.settled().clear()
    shared.client.cookies.clear()
    for reader in shared.store.subscribers.all():
        erase(shared.store, reader)
    for suppression in shared.store.subscribers.suppressions():
        shared.store.subscribers.lift(suppression.address)
    return shared


def _write_settings(folder: Path, more: str = "", base_url: str = BASE_URL) -> None:
    (folder / "digest.toml").write_text(f'base_url = "{base_url}"\n{more}')


@contextmanager
def _serving(site: Site, post: Post | None = None, outbox: Outbox | None = None) -> Iterator[Running]:
    site = served(site)
    letters: list[Letter] = []
    imprint = Imprint(settings=site.settings, topics=site.topics(), templates=environment(site.folders("templates")))
    compile_all(imprint.templates)
    with Store.open(site.database_url) as store, listen("127.0.0.1", 0) as sock:
        service = Service(
            site=site,
            store=store,
            imprint=imprint,
            clock=lambda: NOW,
            post=post or (lambda letter, _: letters.append(letter)),
            outbox=outbox or Outbox(),
        )
        files = SiteFiles(store, site, progress=_silent)
        server = uvicorn.Server(configuration(application(service, files), site))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        url = address(sock).rstrip("/")
        with httpx2.Client(base_url=url, timeout=30) as client:
            yield Running(site, store, service, files, url, client, letters)
        server.should_exit = True
        thread.join()
