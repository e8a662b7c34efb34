"""Which records and stored papers are one paper: they share a name and nothing speaks against it.

A paper first seen by its title alone and later with an arXiv id becomes one; two arXiv ids never do. A record that
knows only a title which several papers have goes to the one whose id comes first. What speaks against it is decided in
`digest.identity.compatible`, which field wins in `digest.curation.merge`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from digest.curation.merge import merge, news_among, strength
from digest.identity import compatible
from digest.models import KnownPaper, Merged, Paper


@dataclass(slots=True, eq=False)
class _Cluster:
    """What is one paper so far: its merged description, and the stored papers and records in it."""

    paper: Paper
    stored: list[KnownPaper] = field(default_factory=list)
    records: int = 0


def unite(incoming: Iterable[Paper], known: Sequence[KnownPaper], *, now: datetime | None = None) -> tuple[Merged, ...]:
    """What is to be stored of `incoming`, read `now`, given the stored papers that share a name with them.

    One decision for each paper that is new or of which something new is known, without assignments; none for papers
    that stay as they are. The result does not depend on the order of `incoming` (but see the module docstring).
    """
    clusters = _Clusters()
    for stored in sorted(known, key=lambda one: _strongest_first(one.paper)):
        clusters.seed(_Cluster(stored.paper, [stored]))
    for paper in sorted(incoming, key=_strongest_first):
        clusters.add(_Cluster(paper, records=1))
    decisions = (_decision(cluster, now) for cluster in clusters)
    return tuple(decision for decision in decisions if decision is not None)


def _strongest_first(paper: Paper) -> tuple[int, str]:
    return (strength(paper.id), paper.id)


class _Clusters:
    """Clusters, found by every name in them."""

    def __init__(self) -> None:
        self._by_alias: dict[str, list[_Cluster]] = defaultdict(list)
        self._all: dict[int, _Cluster] = {}

    def __iter__(self) -> Iterator[_Cluster]:
        return iter(self._all.values())

    def seed(self, cluster: _Cluster) -> None:
        """Put in a cluster that is joined with none."""
        self._all[id(cluster)] = cluster
        for alias in cluster.paper.aliases:
            self._by_alias[alias].append(cluster)

    def add(self, cluster: _Cluster) -> None:
        """Put in a cluster, joined with all that it turns out to be one with."""
        while (other := self._match(cluster.paper)) is not None:
            self._remove(other)
            cluster = _Cluster(
                paper=merge(other.paper, cluster.paper),
                stored=[*other.stored, *cluster.stored],
                records=other.records + cluster.records,
            )
        self.seed(cluster)

    def _match(self, paper: Paper) -> _Cluster | None:
        """The cluster that is the same paper: by the strongest name they share, then by its id."""
        for alias in paper.aliases:
            found = [other for other in self._by_alias.get(alias, ()) if _is_same(other.paper, paper)]
            if found:
                return min(found, key=lambda other: _strongest_first(other.paper))
        return None

    def _remove(self, cluster: _Cluster) -> None:
        del self._all[id(cluster)]
        for alias in cluster.paper.aliases:
            self._by_alias[alias].remove(cluster)


def _is_same(one: Paper, other: Paper) -> bool:
    """One id is one paper, also where only a title is known and the authors differ: nothing could tell them apart."""
    return one.id == other.id or compatible(one, other)


def _decision(cluster: _Cluster, now: datetime | None) -> Merged | None:
    stored = sorted(cluster.stored, key=lambda one: (one.first_seen_at, one.paper.id))
    before = stored[0].paper if stored else None
    news = news_among(tuple(signal for one in stored for signal in one.paper.signals), cluster.paper.signals, now)
    if not cluster.records:
        return None
    if before and len(stored) == 1 and not news and replace(cluster.paper, signals=before.signals) == before:
        return None
    parts = tuple(one.paper.id for one in stored)
    return Merged(paper=cluster.paper, parts=parts, news=news, records=cluster.records)
