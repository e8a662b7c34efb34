"""What rose this week, in every form of a digest: one line, and nothing when nothing did."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from digest.models import Digest, Emerging
from digest.render.email import render_mail
from digest.render.environment import environment
from digest.render.markdown import render_markdown
from digest.site import shipped
from tests.render.mail_digest import DIGEST, SITE

TEMPLATES = environment([shipped("templates")])
BEST = DIGEST.sections[0].papers[0].paper


def naming(phrase: str, *papers: str) -> Digest:
    """The small digest with a phrase that rose."""
    return replace(DIGEST, emerging=(Emerging(phrase=phrase, papers=papers, before=0, surprise=12.5),))


def test_mail_text_and_markdown_name_it() -> None:
    """With how many papers of the week have it and the best of them that is in the digest."""
    digest = naming("agent memory", BEST.id, "arxiv:2605.99999", "arxiv:2605.99998")
    mail = render_mail(digest, SITE, TEMPLATES)
    assert "New this week: agent memory (3 papers, such as" in re.sub("<[^>]+>", "", mail.html)
    assert "New this week:\n- agent memory: 3 papers, such as" in mail.text
    assert "New this week: agent memory (3 papers)." in render_markdown(digest, SITE, TEMPLATES)


@pytest.mark.parametrize("phrase", ["<script>alert(1)</script>", "a" * 10_000, "*md* [x](http://evil)"])
def test_a_phrase_is_foreign_text(phrase: str) -> None:
    """It is cut, and no markup in any form."""
    digest = naming(phrase, BEST.id)
    mail = render_mail(digest, SITE, TEMPLATES)
    assert "<script>" not in mail.html
    assert "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" not in mail.html
    assert "[x](http://evil)" not in render_markdown(digest, SITE, TEMPLATES)


def test_nothing_is_said_of_papers_that_are_not_there() -> None:
    """A phrase without a paper of the digest, as nothing at all, leaves the mail as it is."""
    assert render_mail(naming("agent memory", "arxiv:2605.99999"), SITE, TEMPLATES) == render_mail(
        DIGEST, SITE, TEMPLATES
    )
