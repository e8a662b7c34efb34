"""A digest as Markdown (CommonMark), for an issue, a wiki or a note: all its papers, whole.

Foreign text is escaped: it cannot make a link, an image, HTML or a heading. Nothing in it is personal.
"""

from __future__ import annotations

import re

import jinja2

from digest.models import Digest
from digest.render.digest_view import ranks_of, view_digest, view_url
from digest.render.environment import render
from digest.render.note import note_text
from digest.render.safety import plain
from digest.render.view import SiteView, view_paper


def render_markdown(digest: Digest, site: SiteView, templates: jinja2.Environment) -> str:
    """`digest` by the template `email/digest.md`.

    Raises:
        TemplateError: the template is wrong.
    """
    ranks = iter(ranks_of(digest))
    sections = tuple(
        {
            "slug": section.slug,
            "title": plain(section.title, limit=120),
            "count": len(section.papers),
            "papers": tuple(view_paper(entry, rank=next(ranks)) for entry in section.papers),
        }
        for section in digest.sections
    )
    markdown = render(
        templates,
        "email/digest.md",
        site=site,
        digest=view_digest(digest),
        view_url=view_url(digest, site),
        sections=sections,
        note=note_text(digest.note),
    )
    return re.sub(r"\n{3,}", "\n\n", markdown).strip() + "\n"
