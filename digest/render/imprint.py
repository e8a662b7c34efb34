"""The imprint: what every feed and page says about the site it belongs to, and the templates it is made with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

import jinja2

from digest.models import Topic
from digest.render.safety import plain
from digest.render.view import SiteView
from digest.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """A site as its feeds and pages show it."""

    settings: Settings
    topics: Sequence[Topic]
    """In digest order."""
    templates: jinja2.Environment

    @cached_property
    def site(self) -> SiteView:
        """The site as templates see it."""
        return SiteView.of(self.settings, self.topics)

    def id(self, kind: str, name: str | int) -> str:
        """The permanent id of a `paper`, `edition`, `week`, `month` or `feed`; an IRI whatever `name` holds.

        It depends on `id_prefix` alone: neither on the address of the site nor on topic titles, votes or the time.
        """
        return f"{self.settings.id_prefix}{kind}:{quote(str(name), safe=':/.-_~()')}"

    def url(self, path: str = "") -> str:
        """The absolute address of a file of the website."""
        return f"{self.settings.base_url}/{path}"

    def topic_title(self, slug: str) -> str:
        """The title of a topic; of one that was removed since, its slug in words."""
        return plain(self.site.topics.get(slug) or slug.replace("-", " ").title(), limit=120)
