"""Variants: a digest rendered once and kept, so that all who see it see the same bytes."""

from __future__ import annotations

import hashlib
import json

from digest.models import Digest, Selection, Variant
from digest.site import Site
from digest.store import Store


def variant_of(store: Store, site: Site, digest: Digest) -> Variant:
    """The kept variant of a digest of closed editions; rendered and kept now when there is none.

    Raises:
        TemplateError: a template is wrong.
    """
    key = variant_key(digest.first, digest.last, digest.selection)
    kept = store.variant(key)
    if kept is not None:
        return kept
    from digest.press import mail_of  # noqa: PLC0415 - large, and a run that sends what is kept does not need it

    variant = Variant(
        key=key,
        first=digest.first,
        last=digest.last,
        reader=digest.selection.personal,
        mail=mail_of(site, digest),
    )
    store.save_variant(variant)
    return variant


def variant_key(first: int, last: int, selection: Selection) -> str:
    """The same for all readers of one run of editions with one selection, in whatever order they named its parts."""
    parts = (
        str(first),
        str(last),
        json.dumps([sorted(names) for names in (selection.topics, selection.searches, selection.authors)]),
        str(selection.max_papers or ""),
        str(selection.min_upvotes),
        *([selection.personal] if selection.personal else []),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
