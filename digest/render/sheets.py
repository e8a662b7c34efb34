"""Papers set once and shown in many places: the words of a paper, its formulas as MathML, its card on a page.

A paper stands on the page of its edition, week, month and topics and in as many feeds; setting it costs about a
millisecond, so what is set is kept. Pure: keeping it changes nothing but the time.
"""

from __future__ import annotations

from functools import cached_property, lru_cache

from markupsafe import Markup

from digest.models import EditionPaper
from digest.render.environment import render
from digest.render.imprint import Imprint
from digest.render.math import to_mathml
from digest.render.safety import plain
from digest.render.view import PaperView, title_source, view_paper

_KEPT = 6_000
"""Papers; some 10 kB each."""


class Sheet:
    """One paper as an edition printed it."""

    def __init__(self, entry: EditionPaper, imprint: Imprint) -> None:
        self.entry, self._imprint = entry, imprint

    @cached_property
    def view(self) -> PaperView:
        """The paper in words; its rank is without meaning here."""
        return view_paper(self.entry, rank=1)

    @cached_property
    def title(self) -> Markup:
        """The title with formulas as MathML."""
        return to_mathml(title_source(self.entry))

    @cached_property
    def abstract(self) -> Markup:
        """The whole abstract with formulas as MathML; may be empty."""
        return to_mathml(plain(self.entry.paper.abstract))

    @cached_property
    def card(self) -> Markup:
        """The paper as pages show it, by `web/paper.html`."""
        return self._card(longer=len(plain(self.entry.paper.abstract)) > len(self.view.summary))

    @cached_property
    def brief(self) -> Markup:
        """The card without the abstract to unfold, for pages that are long already."""
        return self._card(longer=False)

    def _card(self, *, longer: bool) -> Markup:
        html = render(self._imprint.templates, "web/paper.html", site=self._imprint.site, sheet=self, longer=longer)
        return Markup(html)  # noqa: S704 - a template's own output


class Sheets:
    """The sheets of a site's papers."""

    def __init__(self, imprint: Imprint) -> None:
        self.imprint = imprint
        self.of = lru_cache(maxsize=_KEPT)(lambda entry: Sheet(entry, imprint))
        """The sheet of an `EditionPaper`."""
