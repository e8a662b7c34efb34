"""Sites, stores and mail servers for the tests of delivery."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from digest.site import Site
from digest.store import Store
from tests.cli.conftest import digest  # noqa: F401 - a fixture
from tests.store.conftest import postgresql_server, postgresql_url  # noqa: F401 - fixtures

from .server import MailServer
from .sites import make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with https addresses."""
    return make_site(tmp_path)


@pytest.fixture
def store(site: Site) -> Iterator[Store]:
    """The site's database."""
    with Store.open(site.database_url) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest, site: Site) -> Iterator[Store]:
    """A fresh store of either kind."""
    url = site.database_url if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    with Store.open(url) as opened:
        yield opened


@pytest.fixture
def mail_server() -> Iterator[Callable[..., MailServer]]:
    """Starts mail servers: `mail_server()`."""
    servers: list[MailServer] = []

    def start(port: int = 0) -> MailServer:
        servers.append(MailServer(port))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()
