"""Clients for tests: one that writes its pauses down instead of waiting, one that gives up at once."""

# ruff: noqa: S311 - chance spreads pauses here and keeps no secret

from __future__ import annotations

from random import Random
from typing import Any

from digest.sources.client import Client
from digest.sources.retry import RetryPolicy


def patient(pauses: list[float] | None = None, **changes: Any) -> Client:
    """A client that writes its pauses down instead of waiting."""
    pauses = [] if pauses is None else pauses
    settings: dict[str, Any] = {"user_agent": "Test/1", "timeout_seconds": 5.0, "max_bytes": 1_000_000}
    return Client(**{**settings, "sleep": pauses.append, "random": Random(1), **changes})


def impatient(**changes: Any) -> Client:
    """A client that asks once and does not wait long."""
    return patient(timeout_seconds=0.3, retry=RetryPolicy(attempts=1), **changes)
