"""Variants: a digest rendered once and kept, so that all who see it see the same bytes."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from digest.models import Digest, Mail, Variant
from digest.site import Site
from digest.store import Store

if TYPE_CHECKING:  # what renders is large, and a run that sends what is kept does not need it
    import jinja2


class Press:
    """Prints mails of a site as its files are at the first one; what several have in common is made once."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def mail(self, digest: Digest) -> Mail:
        """The digest rendered with the site's templates.

        Raises:
            TemplateError: a template is wrong.
            SettingsError: a topic file is.
        """
        return self._print(digest)

    @functools.cached_property
    def _print(self) -> Callable[[Digest], Mail]:
        from digest.render.blocks import PaperBlocks  # noqa: PLC0415
        from digest.render.email import render_mail  # noqa: PLC0415
        from digest.render.view import SiteView  # noqa: PLC0415

        view, templates = SiteView.of(self._site.settings, self._site.topics()), templates_of(self._site)
        return functools.partial(render_mail, site=view, templates=templates, blocks=PaperBlocks(view, templates))


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
