"""The press: digests rendered with a site's templates."""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2

from digest.models import Digest, Mail
from digest.render.blocks import PaperBlocks
from digest.render.email import render_mail
from digest.render.environment import environment
from digest.render.view import SiteView
from digest.site import Site


class Press:
    """Prints mails of a site as its files are now; what several have in common is made once."""

    def __init__(self, site: Site) -> None:
        """`site` with its templates and topics.

        Raises:
            TemplateError: a template is wrong.
            SettingsError: a topic file is.
        """
        self._view, self._templates = SiteView.of(site.settings, site.topics()), templates_of(site)
        self._blocks = PaperBlocks(self._view, self._templates)

    def mail(self, digest: Digest) -> Mail:
        """The digest rendered with the site's templates.

        Raises:
            TemplateError: a template is wrong.
        """
        return render_mail(digest, site=self._view, templates=self._templates, blocks=self._blocks)


def mail_of(site: Site, digest: Digest) -> Mail:
    """The digest rendered with the site's templates as they are now.

    Raises:
        TemplateError: a template is wrong.
        SettingsError: a topic file is.
    """
    return Press(site).mail(digest)


def templates_of(site: Site) -> jinja2.Environment:
    """The site's templates, compiled once in a process; one that was changed on disk is read again."""
    return _environment(site.folders("templates"))


@functools.lru_cache(maxsize=8)
def _environment(folders: tuple[Path, ...]) -> jinja2.Environment:
    return environment(folders)
