"""Variants: a digest rendered once and kept, so that all who see it see the same bytes."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from digest.models import Digest, Mail, Variant
from digest.site import Site
from digest.store import Store

if TYPE_CHECKING:  # what renders is large, and a run that sends what is kept does not need it
    import jinja2


class Press:
    """Prints mails of a site as its files are now; what several mails have in common is made once.

    Raises:
        SettingsError: a topic file is wrong.
    """

    def __init__(self, site: Site) -> None:
        from digest.render.blocks import PaperBlocks  # noqa: PLC0415
        from digest.render.view import SiteView  # noqa: PLC0415

        self._view, self._templates = SiteView.of(site.settings, site.topics()), templates_of(site)
        self._blocks = PaperBlocks(self._view, self._templates)

    def mail(self, digest: Digest) -> Mail:
        """The digest rendered with the site's templates.

        Raises:
            TemplateError: a template is wrong.
        """
        from digest.render.email import render_mail  # noqa: PLC0415

        return render_mail(digest, self._view, self._templates, self._blocks)


def variant_of(store: Store, site: Site, digest: Digest, press: Press | None = None) -> Variant:
    """The kept variant of a digest of closed editions; rendered (by `press`) and kept now when there is none.

    Raises:
        TemplateError: a template is wrong.
    """
    kept = store.variant(variant_key(digest))
    if kept is not None:
        return kept
    variant = Variant(
        key=variant_key(digest),
        first=digest.first,
        last=digest.last,
        reader=digest.selection.personal,
        mail=(press or Press(site)).mail(digest),
    )
    store.save_variant(variant)
    return variant


def mail_of(site: Site, digest: Digest) -> Mail:
    """The digest rendered with the site's templates as they are now.

    Raises:
        TemplateError: a template is wrong.
    """
    return Press(site).mail(digest)


def templates_of(site: Site) -> jinja2.Environment:
    """The site's templates, compiled once in a process; one that was changed on disk is read again."""
    return _environment(site.folders("templates"))


@functools.lru_cache(maxsize=8)
def _environment(folders: tuple[Path, ...]) -> jinja2.Environment:
    from digest.render.environment import environment  # noqa: PLC0415

    return environment(folders)


def variant_key(digest: Digest) -> str:
    """The same for all readers of one run with one selection, in whatever order they named what they follow."""
    selection = digest.selection
    parts = (
        str(digest.first),
        str(digest.last),
        json.dumps([sorted(names) for names in (selection.topics, selection.searches, selection.authors)]),
        str(selection.max_papers or ""),
        str(selection.min_upvotes),
        *([selection.personal] if selection.personal else []),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
