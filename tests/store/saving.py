"""Put papers into a store as `digest ingest` does, with a topic that is always the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from digest.curation.clusters import unite
from digest.models import KnownPaper, Merged, Paper
from digest.store import Store
from tests.builders import NOON, make_assignment


def save(store: Store, *papers: Paper, topic: str = "agents", now: datetime = NOON) -> Sequence[Merged]:
    """Store `papers`; the decisions made."""

    def decide(incoming: Sequence[Paper], known: Sequence[KnownPaper]) -> tuple[Merged, ...]:
        assignments = (make_assignment(topic),)
        return tuple(replace(decision, assignments=assignments) for decision in unite(incoming, known))

    return store.save_papers(papers, decide, now=now)
