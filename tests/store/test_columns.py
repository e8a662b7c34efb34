"""Moments are aware UTC on both sides of the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from digest.store import Store
from tests.builders import make_paper
from tests.store.saving import save


def test_another_zone_becomes_utc(any_store: Store) -> None:
    """A moment given in another zone comes back as the same moment in UTC."""
    given = datetime(2026, 5, 18, 14, tzinfo=timezone(timedelta(hours=2)))
    save(any_store, make_paper(1, published_at=given))
    known = any_store.paper("arxiv:2605.00001")
    assert known is not None
    assert known.paper.published_at == given
    assert known.paper.published_at.tzinfo is UTC


def test_a_naive_moment_is_refused(store: Store) -> None:
    """A moment without a zone is a bug and is not stored."""
    naive = replace(make_paper(1), published_at=datetime(2026, 5, 18))  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="naive"):
        save(store, naive)
    assert store.unpublished() == ()
