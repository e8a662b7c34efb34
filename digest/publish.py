"""Publish: close the edition of the moment, and show digests of closed editions.

What goes in is decided by `digest.curation`; this is the order in which it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import PurePath

from digest.curation.digest import Cadence, build_digest, run_starts_on
from digest.curation.edition import Past, RisingRule, compose_edition
from digest.curation.emerging import REACH, emerging, unnamed
from digest.errors import DigestError, NotFoundError
from digest.lint import check_before_publish, refusal
from digest.models import Digest, Edition, Emerging, KnownPaper, Query, Selection, Variant, Verdict
from digest.papers import refresh_topics
from digest.press import mail_of
from digest.site import Site
from digest.store import Store
from digest.variants import variant_key

_EMERGING = 3
"""How many phrases an edition names at most."""
_MEMORY = timedelta(days=60)
"""How far back an edition looks for papers that rise or were withdrawn (rising is limited further by setting)."""


def publish(store: Store, site: Site, *, now: datetime) -> Edition | None:
    """Close and store the edition of `now`; None when there is nothing new (and `publish.empty` is off).

    Raises:
        StoreError: another process closed an edition at the same moment; nothing was stored.
        TemplateError: the mail cannot be rendered; nothing was stored.
        DigestError: the mail must not go out (`digest lint` says why); nothing was stored.
    """
    edition = draft(store, site, now=now)
    if not edition.papers and not site.settings.publish.empty:
        return None
    # Rendered and checked first: what is wrong is found before the edition is closed for good.
    digest = build_digest([edition], Selection(), site.topics())
    mail = mail_of(site, digest)
    if wrong := check_before_publish(mail):
        raise DigestError(refusal(wrong))
    store.save_edition(edition)
    number = edition.number
    store.save_variant(Variant(key=variant_key(number, number, Selection()), first=number, last=number, mail=mail))
    return edition


def draft(store: Store, site: Site, *, now: datetime) -> Edition:
    """The edition as it would be closed at `now`; nothing is stored."""
    refresh_topics(store, site)
    settings = site.settings
    dated_on = now.astimezone(settings.zone).date()
    rule = settings.publish
    waiting, past = store.unpublished(), _past(store, now)
    return compose_edition(
        waiting,
        past=past,
        now=now,
        dated_on=dated_on,
        rising=RisingRule(factor=rule.rising_factor, votes=rule.rising_votes, days=rule.rising_days),
        verdicts=_verdicts(store, past.last),
        note=site.note(dated_on),
        emerging=_emerging(store, waiting, past.recent, dated_on),
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


def _emerging(
    store: Store, waiting: Sequence[KnownPaper], recent: Sequence[Edition], dated_on: date
) -> tuple[Emerging, ...]:
    """What rose in the week up to `dated_on`; nothing when no paper waits, for there would be none to show it with."""
    if not waiting:
        return ()
    until = dated_on + timedelta(days=1)
    known = store.find_papers(Query(since=until - REACH, until=until))
    return unnamed(emerging((one.paper for one in known), until), recent, dated_on, _EMERGING)


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


def _verdicts(store: Store, last: Edition | None) -> dict[str, Verdict]:
    """The newest verdict of every source that was read since the last edition; of a file only its name is told."""
    runs = (run for run in store.last_runs() if last is None or run.finished_at > last.closed_at)
    return {PurePath(run.source).name if "://" not in run.source else run.source: run.verdict for run in runs}
