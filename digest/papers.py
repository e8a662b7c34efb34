"""Papers: what the store holds, with topics as the topic files say now and scores as of now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from digest.curation.topics import Classifier, fingerprint
from digest.curation.trend import trend
from digest.errors import NotFoundError
from digest.identity import arxiv_id, doi
from digest.models import KnownPaper, Query, Score
from digest.site import Site
from digest.store import Store


def find_papers(store: Store, site: Site, query: Query, *, now: datetime) -> list[tuple[KnownPaper, Score]]:
    """The papers of `query` in its order, each with its score at `now`."""
    refresh_topics(store, site)
    if query.sort != "trend":
        return [(known, trend(known.paper, now)) for known in store.find_papers(query)]
    # The order is known only after scoring, so the store may not cut.
    found = [(known, trend(known.paper, now)) for known in store.find_papers(replace(query, limit=None))]
    found.sort(key=lambda pair: (-pair[1].value, pair[0].paper.id))
    return found[: query.limit]


def named_paper(store: Store, name: str) -> KnownPaper:
    """The paper of an id, an arXiv id in any spelling, a DOI or an address of these.

    Raises:
        NotFoundError: no such paper has been read.
    """
    arxiv = arxiv_id(name)
    identity = f"arxiv:{arxiv[0]}" if arxiv else f"doi:{number}" if (number := doi(name)) else name
    known = store.paper(identity)
    if known is None:
        raise NotFoundError(f"no paper `{name}` has been read; `digest papers --query …` finds ids")
    return known


def refresh_topics(store: Store, site: Site) -> int:
    """Assign topics anew when the topic files changed since; the number of papers looked at."""
    topics = site.topics()
    current = fingerprint(topics)
    if store.topics_fingerprint() == current:
        return 0
    looked_at = store.reassign(Classifier(topics).assign)
    store.set_topics_fingerprint(current)
    return looked_at
