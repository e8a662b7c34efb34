"""The links to mark papers: only in the mails of readers with an own order, counted into the size, with safe ids."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from digest.curation.digest import build_digest
from digest.lint import lint_mail
from digest.models import Digest, Mail, Selection, Subscriber
from digest.render.blocks import PaperBlocks
from digest.render.email import MARK_URL, personalise, render_mail
from digest.render.environment import environment
from digest.site import shipped
from digest.tokens import Tokens, link
from tests.builders import TOPICS, make_edition, make_entry
from tests.render.html_reader import read
from tests.render.mail_digest import DIGEST, SITE, many

TEMPLATES = environment([shipped("templates")])
OWN = Selection(personal="ada")
NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)
LONGEST = Subscriber(id="f" * 20, address="ada@example.org", status="active", created_at=NOON, epoch=99_999)


def own(digest: Digest) -> Mail:
    """The mail of `digest` for a reader with an own order."""
    return render_mail(replace(digest, selection=OWN), SITE, TEMPLATES)


def addressed(mail: Mail) -> Mail:
    """It, with the longest link there is."""
    return personalise(
        mail,
        unsubscribe_url="https://x.example/unsubscribe/x",
        preferences_url="https://x.example/preferences/x",
        recipient="ada@example.org",
        mark_url=link(SITE.base_url, "mark", Tokens([b"0123456789abcdef"]).issue("mark", LONGEST)),
    )


def test_others_have_none() -> None:
    """Without an own order there is no such link, and nothing else differs but what follows from the links."""
    mail = render_mail(DIGEST, SITE, TEMPLATES)
    assert MARK_URL not in mail.html + mail.text
    without = [line for line in own(DIGEST).text.splitlines() if MARK_URL not in line]
    assert without == mail.text.splitlines()


@pytest.mark.parametrize("count", [1, 9, 40, 60, 150, 400])
def test_they_are_counted_into_the_size(count: int) -> None:
    """With the longest token the HTML stays within the limit; as many papers are shown as without the links.

    Every paper has one, in a mail that shows some with their title only as well; in a longer one, where the links would
    take the place of abstracts, what is shown with more than its title has.
    """
    mail = addressed(own(many(count)))
    assert len(mail.html.encode()) <= SITE.mail.max_bytes
    page = read(mail.html)
    marks = [url for url in page.links if "/mark/" in url]
    assert len(marks) == len(set(marks)) == mail.text.count("/mark/")
    long, short = (mail.html.count(f'<h3 class="{kind}"') for kind in ("title", "line"))
    assert long + short == count if count <= 150 else long + short >= 220
    assert len(marks) == (count if count <= 60 else long)
    if count == 60:
        assert short > 0


@pytest.mark.parametrize("digest", [DIGEST, many(60)], ids=["whole papers", "some titles only"])
def test_the_mail_is_fit_to_go_out(digest: Digest) -> None:
    """Nothing is found in it that is not found without the links."""
    mail = own(digest)
    rules = {finding.rule for finding in lint_mail(render_mail(digest, SITE, TEMPLATES))}
    assert {finding.rule for finding in lint_mail(mail)} <= rules


ODD = ["doi:10.1/a&b=c#d?e+f%20g", "title:é", 'x"><script>', "a b"]


@pytest.mark.parametrize("id_", ODD)
def test_an_odd_id_comes_back_as_it_was(id_: str) -> None:
    """The query of the link is the id, whatever is in it."""
    digest = build_digest([make_edition(1, make_entry(1, id=id_, aliases=(id_,)))], OWN, TOPICS)
    mail = addressed(render_mail(digest, SITE, TEMPLATES))
    (url,) = (url for url in read(mail.html).links if "/mark/" in url)
    assert parse_qs(urlsplit(url).query) == {"paper": [id_]}
    assert "<script>" not in mail.html


@pytest.mark.parametrize("id_", ["openreview:XMARKURLX", "openreview:XRECIPIENTX", "a\u202eb", "a\nb"])
def test_an_id_that_would_be_cleaned_has_no_link(id_: str) -> None:
    """A place of the mail, or what is not seen, never gets into an address."""
    digest = build_digest([make_edition(1, make_entry(1, id=id_, aliases=(id_,)))], OWN, TOPICS)
    mail = render_mail(digest, SITE, TEMPLATES)
    assert MARK_URL not in mail.html + mail.text


def test_what_mails_have_in_common_changes_none_of_them() -> None:
    """Mails made one after another from the same parts are those made alone, whatever came between."""
    blocks = PaperBlocks(SITE, TEMPLATES)
    turned = replace(
        DIGEST,
        sections=tuple(replace(section, papers=section.papers[::-1]) for section in DIGEST.sections),
        selection=OWN,
    )
    explained = replace(
        DIGEST,
        sections=tuple(
            replace(
                section,
                papers=tuple(
                    replace(entry, score=replace(entry.score, why="because you kept a paper on chance"))
                    for entry in section.papers
                ),
            )
            for section in DIGEST.sections
        ),
    )
    for digest in (DIGEST, turned, explained, many(60), DIGEST, explained, turned):
        assert render_mail(digest, SITE, TEMPLATES, blocks) == render_mail(digest, SITE, TEMPLATES)
