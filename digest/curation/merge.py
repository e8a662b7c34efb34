"""Which records are one paper, and which field of two descriptions wins. The order of arrival does not matter.

Each field is decided by itself, by a fixed order among its possible values, so merging is commutative, associative and
idempotent (held by property tests):

============================  ==========================================================================
field                         what wins
============================  ==========================================================================
aliases, id                   all names; the strongest kind, then the first in text order, is the id
version                       the highest; `withdrawn` is what the highest version says
title                         of the highest version; then the longer
abstract                      a whole one before a cut one; of the highest version; then the longer
authors                       the longer list; then the one that names more organisations
announcement                  replace, replace-cross, new, cross, in this order
categories                    all; the first of the primary ones in text order stays first, the rest is sorted
organizations                 all, sorted
keywords                      the longer list
summary, venue                the longer
addresses                     a well-known host, then https, then the shorter
listed_on, published_at       the earliest
updated_at                    the latest
signals                       all; of two of one source at one moment the larger value
============================  ==========================================================================

It reads nothing: who asks for it brings the stored papers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from digest.identity import normalised_title
from digest.models import Announcement, Paper, Signal

T = TypeVar("T")

_KINDS = ("arxiv", "doi", "openreview", "title")
_ANNOUNCEMENTS: tuple[Announcement, ...] = ("cross", "new", "replace-cross", "replace")
_KNOWN_HOSTS = ("arxiv.org", "doi.org", "openreview.net", "github.com", "huggingface.co")


def merge(known: Paper, incoming: Paper) -> Paper:
    """One paper of two descriptions of it; they are taken to be one (see `digest.curation.clusters`)."""
    if known == incoming:
        return known
    version = _latest(known.version, incoming.version)
    abstract, abstract_version = _abstract(known, incoming, version)
    aliases = ordered_aliases((*_aliases(known), *_aliases(incoming)))
    return Paper(
        id=aliases[0],
        aliases=aliases,
        title=max((known, incoming), key=_title_key).title,
        abstract=abstract,
        abstract_version=abstract_version,
        authors=max(known.authors, incoming.authors, key=_authors_key),
        categories=_categories(known.categories, incoming.categories),
        keywords=max(known.keywords, incoming.keywords, key=lambda words: (len(words), words)),
        organizations=_union(known.organizations, incoming.organizations),
        summary=_longer(known.summary, incoming.summary),
        url=_address(known.url, incoming.url),
        pdf_url=_address(known.pdf_url, incoming.pdf_url),
        code_url=_address(known.code_url, incoming.code_url),
        project_url=_address(known.project_url, incoming.project_url),
        discussion_url=_address(known.discussion_url, incoming.discussion_url),
        thumbnail_url=_address(known.thumbnail_url, incoming.thumbnail_url),
        listed_on=_of(min, known.listed_on, incoming.listed_on),
        published_at=_of(min, known.published_at, incoming.published_at),
        updated_at=_latest(known.updated_at, incoming.updated_at),
        version=version,
        announcement=_of(lambda *both: max(both, key=_ANNOUNCEMENTS.index), known.announcement, incoming.announcement),
        withdrawn=max((known, incoming), key=lambda paper: (paper.version or 0, paper.withdrawn)).withdrawn,
        venue=_longer(known.venue, incoming.venue),
        signals=union_of_signals(known.signals, incoming.signals),
    )


def ordered_aliases(aliases: Iterable[str]) -> tuple[str, ...]:
    """Every name once, the strongest kind first (as `digest.identity` has them)."""
    return tuple(sorted(set(aliases), key=lambda alias: (strength(alias), alias)))


def strength(alias: str) -> int:
    """The rank of a name's kind; 0 is the strongest."""
    kind = alias.partition(":")[0]
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS)


def union_of_signals(known: Sequence[Signal], incoming: Sequence[Signal]) -> tuple[Signal, ...]:
    """All observations, oldest first; of two of one source at one moment the larger value."""
    largest: dict[tuple[datetime, str, str], Signal] = {}
    for signal in (*known, *incoming):
        key = (signal.observed_at, signal.metric, signal.source)
        if key not in largest or largest[key].value < signal.value:
            largest[key] = signal
    return tuple(largest[key] for key in sorted(largest))


def news_among(
    known: Sequence[Signal], all_of_them: Sequence[Signal], now: datetime | None = None
) -> tuple[Signal, ...]:
    """Those of `all_of_them` (oldest first) that are worth keeping beside `known`.

    A value holds until another is observed, so an observation made `now` that repeats its predecessor says nothing.
    One of another moment is always kept: what was observed just before it may arrive later.
    """
    kept = set(known)
    value: dict[tuple[str, str], int] = {}
    news = []
    for signal in all_of_them:
        series = (signal.metric, signal.source)
        if signal not in kept and (signal.observed_at != now or value.get(series) != signal.value):
            news.append(signal)
        value[series] = signal.value
    return tuple(news)


def _aliases(paper: Paper) -> tuple[str, ...]:
    return (paper.id, *paper.aliases)


def _title_key(paper: Paper) -> tuple[Any, ...]:
    return (paper.version or 0, len(normalised_title(paper.title)), paper.title)


def _abstract(one: Paper, other: Paper, version: int | None) -> tuple[str, int | None]:
    """The better abstract, and the version it is of where that is not `version`."""
    best = max((one, other), key=_abstract_key)
    if not best.abstract:
        return "", None
    of = _version_of_abstract(best)
    return best.abstract, None if of == (version or 0) else of


def _abstract_key(paper: Paper) -> tuple[Any, ...]:
    abstract = paper.abstract
    cut = abstract.endswith(("…", "..."))
    return (bool(abstract), not cut, _version_of_abstract(paper), len(" ".join(abstract.split())), abstract)


def _version_of_abstract(paper: Paper) -> int:
    return (paper.version or 0) if paper.abstract_version is None else paper.abstract_version


def _authors_key(authors: tuple[Any, ...]) -> tuple[Any, ...]:
    organizations = [author.organization or "" for author in authors]
    return (len(authors), sum(map(bool, organizations)), [author.name for author in authors], organizations)


def _categories(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    if one == other or not other:
        return one
    if not one:
        return other
    primary = min(one[0], other[0])
    return (primary, *sorted({*one, *other} - {primary}))


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    if one == other or not other:
        return one
    return tuple(sorted({*one, *other})) if one else other


def _address(one: str | None, other: str | None) -> str | None:
    return _of(lambda *both: min(both, key=_address_key), one, other)


def _address_key(address: str) -> tuple[Any, ...]:
    if address.startswith(_PLAIN_BEST):
        place, plain = 0, False
    else:
        host = _host(address)
        known = (place for place, name in enumerate(_KNOWN_HOSTS) if host == name or host.endswith("." + name))
        place, plain = next(known, len(_KNOWN_HOSTS)), not address.startswith("https://")
    return (place, plain, len(address), address)


_PLAIN_BEST = ("https://arxiv.org/",)


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _longer(one: str | None, other: str | None) -> str | None:
    return _of(lambda *both: max(both, key=lambda text: (len(text), text)), one, other)


def _latest(one: T | None, other: T | None) -> T | None:
    return _of(max, one, other)


def _of(choose: Callable[..., T], one: T | None, other: T | None) -> T | None:
    """`choose` among those that are there."""
    if one is None or other is None or one == other:
        return other if one is None else one
    return choose(one, other)
