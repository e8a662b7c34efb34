"""A digest as mail: HTML and text that show the same papers, before they are addressed to anyone.

Pure: the same digest, site and templates give the same bytes. What differs from reader to reader stands as a
placeholder; `personalise` fills it in. It builds no message (that is `digest.mail.message`) and sends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from urllib.parse import quote

import jinja2
from markupsafe import Markup, escape

from digest.errors import TemplateError
from digest.models import Digest, Mail, Section
from digest.render.blocks import PaperBlocks, tidy
from digest.render.digest_view import (
    SectionView,
    ShownPaper,
    anchor_of,
    preheader_of,
    ranks_of,
    subject_of,
    view_digest,
    view_url,
)
from digest.render.environment import render
from digest.render.fit import HIDDEN, fit
from digest.render.note import note_html, note_text
from digest.render.safety import PLACEHOLDERS, plain
from digest.render.view import SiteView

UNSUBSCRIBE_URL, PREFERENCES_URL, RECIPIENT, MARK_URL = PLACEHOLDERS
"""What a reader's own addresses stand for until the mail is theirs. Letters only, so that nothing escapes them."""

LEVELS = ("title", "short", "full")
"""How much of a paper is shown, from the least."""
_PERSONAL_BYTES = 1500
"""Kept free for what the placeholders at the foot become."""
_MARK_PATH_BYTES = 96
"""Kept free for what stands behind the site's address in a link to mark a paper (see `digest.tokens`)."""
_TITLES = 0.7
"""The share of a mail that the titles of all its papers may take with links to mark them: those of some 65 papers."""
_ATTEMPTS = 6


def render_mail(
    digest: Digest, site: SiteView, templates: jinja2.Environment, blocks: PaperBlocks | None = None
) -> Mail:
    """The mail of `digest`; its HTML, personal parts included, is at most `site.mail.max_bytes` long in UTF-8.

    `blocks`: what other mails of the same site and templates have made of papers.

    Raises:
        TemplateError: a template is wrong, or is by itself longer than the limit.
        SettingsError: `mail.subject` cannot be filled in.
    """
    return _Composer(digest, site, templates, blocks or PaperBlocks(site, templates)).mail()


def personalise(mail: Mail, *, unsubscribe_url: str, preferences_url: str, recipient: str, mark_url: str = "") -> Mail:
    """`mail` with its personal places filled in."""
    values = dict(zip(PLACEHOLDERS, (unsubscribe_url, preferences_url, recipient, mark_url), strict=True))
    pattern = re.compile("|".join(PLACEHOLDERS))
    return replace(
        mail,
        html=pattern.sub(lambda found: str(escape(values[found[0]])), mail.html),
        text=pattern.sub(lambda found: values[found[0]], mail.text),
    )


def preview(mail: Mail, site: SiteView) -> Mail:
    """`mail` as a preview shows it: addressed to nobody, its links without a reader's token."""
    return personalise(
        mail,
        unsubscribe_url=f"{site.base_url}/unsubscribe",
        preferences_url=f"{site.base_url}/preferences",
        recipient="preview@localhost",
        mark_url=f"{site.base_url}/mark",
    )


class _Composer:
    """Puts one mail together; holds what is rendered once and used in every attempt to fit."""

    def __init__(self, digest: Digest, site: SiteView, templates: jinja2.Environment, blocks: PaperBlocks) -> None:
        self.digest, self.site, self.templates, self.blocks = digest, site, templates, blocks
        self.ranks = ranks_of(digest)
        self.starts = [
            sum(len(section.papers) for section in digest.sections[:index]) for index in range(len(digest.sections))
        ]
        self.entries = digest.papers
        self.sizes: dict[tuple[int, int], int] = {}
        self.levels = LEVELS[:2] if site.mail.layout == "compact" else LEVELS
        self.titles_marked = bool(digest.selection.personal)
        """Whether a paper that is shown with its title only has a link to mark it: that must not cost much."""
        self.sections_shown = len(digest.sections)
        subject = subject_of(digest, site)
        self.context: dict[str, object] = {
            "site": site,
            "digest": view_digest(digest),
            "subject": subject,
            "preheader": preheader_of(digest),
            "view_url": view_url(digest, site),
            "unsubscribe_url": UNSUBSCRIBE_URL,
            "preferences_url": PREFERENCES_URL,
            "recipient": RECIPIENT,
        }

    def mail(self) -> Mail:
        note = note_html(self.digest.note)
        limit = self.site.mail.max_bytes - _PERSONAL_BYTES
        budget = limit - self.bare_size(note, limit)
        for _ in range(_ATTEMPTS):
            self.make_room(budget)
            sections = self.sections(fit(self.order(), len(self.levels), self.size, budget))
            html = self.html(sections, note)
            excess = self.bytes(html) - limit
            if excess <= 0:
                return self.finish(html, sections)
            budget -= excess
        raise TemplateError(f"email/digest.html: cannot be kept within mail.max_bytes = {self.site.mail.max_bytes:,}")

    def make_room(self, budget: int) -> None:
        """Do without links beside mere titles where these would leave little room for more than titles."""
        if self.titles_marked and sum(self.size(index, 0) for index in self.order()) > _TITLES * budget:
            self.titles_marked = False
            self.sizes = {shown: size for shown, size in self.sizes.items() if shown[1] > 0}

    def finish(self, html: str, sections: tuple[SectionView, ...]) -> Mail:
        text = render(
            self.templates,
            "email/digest.txt",
            **self.context,
            sections=sections,
            more_sections=len(self.digest.sections) - len(sections),
            note=note_text(self.digest.note),
        )
        return Mail(
            subject=str(self.context["subject"]), preheader=str(self.context["preheader"]), html=html, text=text
        )

    def bare_size(self, note: str, limit: int) -> int:
        """The size of the mail without papers; shows fewer sections when their headings alone would fill it."""
        while True:
            size = self.bytes(self.html(self.sections({}), note))
            if size <= limit:
                return size
            if self.sections_shown == 0:
                raise TemplateError(
                    f"email/digest.html: even without papers longer than mail.max_bytes = {self.site.mail.max_bytes:,}"
                )
            self.sections_shown //= 2

    def html(self, sections: tuple[SectionView, ...], note: str) -> str:
        more = len(self.digest.sections) - len(sections)
        return tidy(
            render(
                self.templates, "email/digest.html", **self.context, sections=sections, more_sections=more, note=note
            )
        )

    def sections(self, steps: Mapping[int, int]) -> tuple[SectionView, ...]:
        shown = self.digest.sections[: self.sections_shown]
        return tuple(self.section(section, start, steps) for section, start in zip(shown, self.starts, strict=False))

    def section(self, section: Section, start: int, steps: Mapping[int, int]) -> SectionView:
        indices = [index for index in range(start, start + len(section.papers)) if steps.get(index, HIDDEN) != HIDDEN]
        papers = tuple(
            ShownPaper(
                paper=self.blocks.view(self.entries[index], self.ranks[index]),
                level=self.levels[steps[index]],
                html=self.block(index, steps[index]),
                mark_url=self.mark_url(index, steps[index]),
            )
            for index in indices
        )
        return SectionView(
            slug=section.slug,
            anchor=anchor_of(section.slug),
            title=plain(section.title, limit=120),
            count=len(section.papers),
            papers=papers,
            more=len(section.papers) - len(papers),
            url=f"{view_url(self.digest, self.site)}#{anchor_of(section.slug)}",
        )

    def order(self) -> list[int]:
        """The papers by what would be missed most: the best of every section, then by rank."""
        shown = list(zip(self.digest.sections[: self.sections_shown], self.starts, strict=False))
        heads = {start for section, start in shown if section.papers}
        end = sum(len(section.papers) for section, _ in shown)
        return sorted(range(end), key=lambda index: (index not in heads, self.ranks[index]))

    def block(self, index: int, step: int) -> Markup:
        """The HTML of one paper at one step."""
        return self.blocks.block(self.entries[index], self.ranks[index], self.levels[step], self.mark_url(index, step))

    def mark_url(self, index: int, step: int) -> str | None:
        """Where a reader with an own order says what they think of a paper; odd ids have no link."""
        if not self.digest.selection.personal or (step == 0 and not self.titles_marked):
            return None
        return _mark_url(self.entries[index].paper.id)

    def size(self, index: int, step: int) -> int:
        if (index, step) not in self.sizes:
            self.sizes[index, step] = self.bytes(self.block(index, step)) + 1
        return self.sizes[index, step]

    def bytes(self, html: str) -> int:
        """The size of `html` when its links to mark papers are a reader's."""
        marks = html.count(MARK_URL) if self.digest.selection.personal else 0
        return len(html.encode()) + marks * (len(self.site.base_url) + _MARK_PATH_BYTES)


@lru_cache(maxsize=5_000)
def _mark_url(id_: str) -> str | None:
    """The address, asked for by every mail that has the paper; none for an id that would not be what it was."""
    return f"{MARK_URL}?paper={quote(id_, safe=':/')}" if plain(id_) == id_ else None
