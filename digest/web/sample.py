"""A sample: the digest a reader would get of the newest editions, as the mail it would be. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from digest.curation.digest import Cadence
from digest.curation.personal import NEWEST, PersonalOrder
from digest.errors import SubscriptionError
from digest.models import Preferences, Selection
from digest.preview import render_preview
from digest.publish import digest_of
from digest.site import Site
from digest.store import Store

_RUNS: Mapping[str, Cadence] = {"daily": "daily", "weekdays": "daily", "weekly": "weekly", "monthly": "monthly"}


def sample_mail(store: Store, site: Site, preferences: Preferences, *, now: datetime) -> bytes:
    """The HTML mail for `preferences`.

    Raises:
        SubscriptionError: nothing has been published yet.
        TemplateError: a template is wrong.
    """
    last = store.last_edition()
    if last is None:
        raise SubscriptionError("Nothing has been published yet, so there is nothing to show")
    selection = Selection(
        topics=preferences.topics,
        searches=preferences.searches,
        authors=preferences.authors,
        max_papers=preferences.max_papers,
        min_upvotes=preferences.min_upvotes,
        personal=preferences.personal,
    )
    digest = digest_of(
        store, site, number=last.number, cadence=_RUNS[preferences.cadence], selection=selection, now=now
    )
    if selection.personal:
        digest = PersonalOrder().arrange(digest, store.marks.of(selection.personal, newest=NEWEST))
    return render_preview(store, site, digest, "html", fresh=True)
