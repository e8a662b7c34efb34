"""Put papers into a store as `digest ingest` does, with a topic that is always the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from digest.curation.clusters import unite
from digest.models import Merged, Paper
from digest.store import Store
from tests.builders import NOON, make_assignment


def save(store: Store, *papers: Paper, topic: str = "agents", now: datetime = NOON) -> Sequence[Merged]:
    """Store `papers`; the decisions made."""
    assignments = (make_assignment(topic),)
    return store.save_papers(papers, unite, lambda decided: [assignments] * len(decided), now=now)
