"""The papers of mails as HTML, made once for all mails that print them alike.

Readers with an own order get mails of their own, which differ in the order of the papers and in a few reasons. What is
made here for one of them serves the others; how much of a paper is shown is decided in `digest.render.email`.
"""

from __future__ import annotations

from dataclasses import replace

import jinja2
from markupsafe import Markup

from digest.models import EditionPaper
from digest.render.environment import render
from digest.render.view import PaperView, SiteView, view_paper, why

_VIEWS, _BLOCKS = 2_500, 5_000
"""Remembered at once, some 20 MB; then they are forgotten, so that many mails take no more room than a few."""

_Same = tuple[int, int, str, int | None]


class PaperBlocks:
    """Views and HTML of papers by one site's templates."""

    def __init__(self, site: SiteView, templates: jinja2.Environment) -> None:
        self._site, self._templates = site, templates
        self._views: dict[_Same, tuple[EditionPaper, PaperView]] = {}
        """The paper and its words as they were asked for last."""
        self._blocks: dict[tuple[_Same, int, str, str, str | None], Markup] = {}

    def view(self, entry: EditionPaper, rank: int) -> PaperView:
        """The paper in words."""
        key = _same(entry)
        known = self._views.get(key)
        if known is None:
            if len(self._views) >= _VIEWS:
                self._views.clear()
                self._blocks.clear()
            view = view_paper(entry, rank=rank, thumbnails=self._site.mail.thumbnails)
        elif known[1].rank == rank and known[0].score.why == entry.score.why:
            return known[1]
        else:
            view = replace(known[1], rank=rank, why=why(entry))
        self._views[key] = entry, view
        return view

    def block(self, entry: EditionPaper, rank: int, level: str, mark_url: str | None) -> Markup:
        """The paper at a level of detail, as `email/paper.html` prints it.

        Raises:
            TemplateError: the template is wrong.
        """
        view = self.view(entry, rank)  # also keeps the paper, by whose place in memory it is known
        key = (_same(entry), rank, level, entry.score.why, mark_url)
        block = self._blocks.get(key)
        if block is None:
            if len(self._blocks) >= _BLOCKS:
                self._blocks.clear()
            html = render(
                self._templates,
                "email/paper.html",
                site=self._site,
                paper=view,
                level=level,
                mark_url=mark_url,
            )
            block = self._blocks[key] = Markup(tidy(html))  # noqa: S704 - a template's own output
        return block


def tidy(html: str) -> str:
    """Without the indentation and the empty lines that template statements leave."""
    return "\n".join(line for written in html.split("\n") if (line := written.strip()))


def _same(entry: EditionPaper) -> _Same:
    """What is the same for one paper as editions printed it, whatever a reader's order says of it."""
    return id(entry.paper), id(entry.assignments), entry.reason, entry.previous
