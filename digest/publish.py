"""Publish: close the edition of the moment, and show digests of closed editions.

What goes in is decided by `digest.curation`; this is the order in which it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from digest.curation.digest import Cadence, build_digest, run_starts_on
from digest.curation.edition import Past, RisingRule, compose_edition
from digest.errors import NotFoundError
from digest.models import Digest, Edition, KnownPaper, Selection, Variant, Verdict
from digest.papers import refresh_topics
from digest.site import Site
from digest.store import Store
from digest.variants import mail_of, variant_key

_MEMORY = timedelta(days=60)
"""How far back an edition looks for papers that rise or were withdrawn (rising is limited further by setting)."""


def publish(store: Store, site: Site, *, now: datetime) -> Edition | None:
    """Close and store the edition of `now`; None when there is nothing new (and `publish.empty` is off).

    Raises:
        StoreError: another process closed an edition at the same moment; nothing was stored.
        TemplateError: the mail cannot be rendered; nothing was stored.
    """
    edition = draft(store, site, now=now)
    if not edition.papers and not site.settings.publish.empty:
        return None
    # Rendered first: a template that is wrong is found before the edition is closed for good.
    digest = build_digest([edition], Selection(), site.topics())
    mail = mail_of(site, digest)
    store.save_edition(edition)
    store.save_variant(Variant(key=variant_key(digest), first=edition.number, last=edition.number, mail=mail))
    return edition


def draft(store: Store, site: Site, *, now: datetime) -> Edition:
    """The edition as it would be closed at `now`; nothing is stored."""
    refresh_topics(store, site)
    settings = site.settings
    dated_on = now.astimezone(settings.zone).date()
    rule = settings.publish
    return compose_edition(
        store.unpublished(),
        past=_past(store, now),
        now=now,
        dated_on=dated_on,
        rising=RisingRule(factor=rule.rising_factor, votes=rule.rising_votes, days=rule.rising_days),
        verdicts=_verdicts(store),
        note=site.note(dated_on),
    )


def closed_edition(store: Store, number: int) -> Edition:
    """Edition `number` as it was closed.

    Raises:
        NotFoundError: there is no such edition.
    """
    edition = store.edition(number)
    if edition is None:
        raise NotFoundError(f"there is no edition {number}; `digest editions` lists them")
    return edition


def digest_of(
    store: Store, site: Site, *, number: int | None, cadence: Cadence, selection: Selection, now: datetime
) -> Digest:
    """The digest that ends with edition `number` (None: the one that waits, else the last closed), for a selection.

    Raises:
        NotFoundError: there is no such edition, or none at all and nothing waits.
    """
    last = _edition(store, site, number, now)
    since = run_starts_on(last.dated_on, cadence)
    earlier = () if cadence == "daily" else store.editions(last=last.number - 1)
    run = [edition for edition in earlier if edition.dated_on >= since]
    return build_digest([*run, last], selection, site.topics())


def _edition(store: Store, site: Site, number: int | None, now: datetime) -> Edition:
    if number is not None:
        return closed_edition(store, number)
    waiting = draft(store, site, now=now)
    if waiting.papers:
        return waiting
    last = store.last_edition()
    if last is None:
        raise NotFoundError(
            "there is nothing to show yet; `digest ingest` reads papers, `digest demo` shows the sample"
        )
    return last


def _past(store: Store, now: datetime) -> Past:
    last = store.last_edition()
    if last is None:
        return Past()
    since = now - _MEMORY
    recent = tuple(edition for edition in store.editions() if edition.closed_at >= since)
    return Past(
        last=last,
        recent=recent,
        papers=_by_printed_id(store, recent),
        withdrawn=tuple(id_ for edition in recent for id_ in edition.withdrawn),
    )


def _by_printed_id(store: Store, recent: tuple[Edition, ...]) -> Mapping[str, KnownPaper]:
    """What is known now of the papers in `recent`, by the ids they were printed with."""
    if not recent:
        return {}
    return {
        alias: known
        for known in store.published(since=min(edition.dated_on for edition in recent))
        for alias in (known.paper.id, *known.paper.aliases)
    }


def _verdicts(store: Store) -> dict[str, Verdict]:
    return {run.source: run.verdict for run in store.last_runs()}
