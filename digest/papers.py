"""Papers: what the store holds, with topics as the topic files say now and scores as of now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from digest.assigning import Assigner
from digest.beside import has_cores
from digest.curation.topics import Classifier, fingerprint
from digest.curation.trend import trend
from digest.errors import NotFoundError
from digest.identity import identity_of
from digest.models import KnownPaper, Paper, Query, Score, Topic
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
    known = store.paper(identity_of(name))
    if known is None:
        raise NotFoundError(f"no paper `{name}` has been read; `digest papers --query …` finds ids")
    return known


def example_papers(store: Store, topics: Iterable[Topic]) -> dict[str, Paper]:
    """The papers that topic files name as examples, as far as they have been read, by the name the file uses."""
    names = {name: identity_of(name) for topic in topics for name in topic.examples}
    known = store.papers_by_alias(names.values()) if names else {}
    return {name: known[identity] for name, identity in names.items() if identity in known}


def classifier_of(store: Store, site: Site) -> Classifier:
    """What assigns papers to the site's topics, with the examples that its topic files name.

    Raises:
        SettingsError: a topic file is wrong.
    """
    topics = site.topics()
    return Classifier(topics, example_papers(store, topics))


def assigner_of(store: Store, site: Site) -> Assigner:
    """The same for many papers, with a process beside where there is another core.

    Raises:
        SettingsError: a topic file is wrong.
    """
    topics = site.topics()
    return Assigner(topics, example_papers(store, topics), beside=has_cores())


def refresh_topics(store: Store, site: Site) -> int:
    """Assign topics anew when a topic file changed since, or an example was read; the number of papers looked at."""
    topics = site.topics()
    examples = example_papers(store, topics)
    current = fingerprint(topics, examples)
    if store.topics_fingerprint() == current:
        return 0
    with Assigner(topics, examples, beside=has_cores()) as assigner:
        looked_at = store.reassign(assigner.assign)
    store.set_topics_fingerprint(current)
    return looked_at
