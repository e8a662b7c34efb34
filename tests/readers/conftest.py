"""A site in a temporary folder with its database, and readers to put into it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.models import Subscriber
from digest.site import Site
from digest.store import Store
from digest.subscribe import add_reader

NOW = datetime(2026, 5, 18, 10, tzinfo=UTC)
"""A Monday."""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with the shipped defaults and an address of its own."""
    (tmp_path / "digest.toml").write_text('base_url = "https://papers.example.org"\n')
    return Site.open(tmp_path)


@pytest.fixture
def store(site: Site) -> Iterator[Store]:
    """Its database."""
    with Store.open(site.database_url) as opened:
        yield opened


@pytest.fixture
def ada(store: Store, site: Site) -> Subscriber:
    """A reader who gets everything at seven, UTC."""
    return add_reader(store, site, "ada@example.org", now=NOW)
