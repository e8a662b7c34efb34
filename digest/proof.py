"""Proof: what is about to go out, looked at before it does. Nothing is stored, written or sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from digest.curation.digest import build_digest
from digest.errors import NotFoundError
from digest.letterhead import preview_message
from digest.lint import Findings, lint_feed, lint_mail, lint_message
from digest.models import Edition, Selection
from digest.press import mail_of, templates_of
from digest.publish import draft
from digest.render.email import preview
from digest.render.feeds import RENDERERS
from digest.render.feeds.entries import paper_entry
from digest.render.feeds.feed import Feed, distinct
from digest.render.imprint import Imprint
from digest.render.sheets import Sheets
from digest.render.view import SiteView
from digest.site import Site
from digest.store import Store
from digest.variants import variant_of
from digest.website.channels import run_feeds


@dataclass(frozen=True, slots=True)
class Proof:
    """One edition, closed or still to be, and what is wrong with each thing made of it."""

    number: int
    waits: bool
    """Whether it is still to be published."""
    findings: dict[str, Findings]
    """By what was looked at: `mail`, `message`, `feed.rss`, `feed.atom`, `feed.json`."""


def proof(store: Store, site: Site, *, now: datetime) -> Proof:
    """The edition that waits, as it would be published at `now`; when none waits, the last one as it was.

    Raises:
        NotFoundError: nothing waits and nothing has been published.
        TemplateError: a template is wrong.
    """
    edition = draft(store, site, now=now)
    waits = bool(edition.papers)
    if not waits:
        last = store.last_edition()
        if last is None:
            raise NotFoundError("there is nothing to look at yet; `digest ingest` reads papers")
        edition = last
    digest = build_digest([edition], Selection(), site.topics())
    mail = mail_of(site, digest) if waits else variant_of(store, site, digest).mail
    shown = preview(mail, SiteView.of(site.settings, site.topics()))
    message = preview_message(shown, site.settings, at=edition.closed_at, issue=str(edition.number))
    findings = {"mail": lint_mail(mail), "message": lint_message(message)}
    findings |= {name: lint_feed(data, now=now) for name, data in _feeds(edition, site)}
    return Proof(edition.number, waits, findings)


def _feeds(edition: Edition, site: Site) -> Iterator[tuple[str, bytes]]:
    """The edition's papers as the feed of every paper shows them, in each format."""
    imprint = Imprint(settings=site.settings, topics=site.topics(), templates=templates_of(site))
    sheets = Sheets(imprint)
    entries = (
        paper_entry(
            sheets.of(paper),
            imprint,
            number=edition.number,
            published_at=edition.closed_at,
            updated_at=edition.closed_at,
        )
        for paper in edition.papers
    )
    feed: Feed = replace(run_feeds(imprint)[0], entries=distinct(entries))
    for extension, write in RENDERERS.items():
        yield f"feed.{extension}", write(feed)
