"""The mail says everything, fits, is safe, and is the same whenever it is rendered."""

import re
from dataclasses import replace
from pathlib import Path

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from digest.errors import SettingsError, TemplateError
from digest.letterhead import preview_message
from digest.models import Digest, Mail, Section, Verdict
from digest.render.email import PREFERENCES_URL, RECIPIENT, UNSUBSCRIBE_URL, personalise, preview, render_mail
from digest.render.environment import environment
from digest.render.fit import HIDDEN, fit
from digest.render.markdown import render_markdown
from digest.settings import MailSettings
from digest.site import shipped
from tests.golden_files import check_golden
from tests.render.html_reader import Page, read
from tests.render.mail_digest import CROWD, DIGEST, HOSTILE, SETTINGS, SITE, arxiv, entry, many

TEMPLATES = environment([shipped("templates")])
LIMIT = 80_000


def mail_of(digest: Digest, **mail: object) -> Mail:
    """The mail of `digest` with other mail settings."""
    return render_mail(digest, replace(SITE, mail=SITE.mail.model_copy(update=mail)), TEMPLATES)


@pytest.fixture(scope="module")
def mail() -> Mail:
    """The mail of the small digest."""
    return render_mail(DIGEST, SITE, TEMPLATES)


@pytest.fixture(scope="module")
def page(mail: Mail) -> Page:
    """Its HTML, read."""
    return read(mail.html)


def test_golden(mail: Mail) -> None:
    """The mail, its text, its Markdown and its preview file are, byte by byte, those that were looked at."""
    shown = preview(mail, SITE)
    check_golden("mail.html", shown.html + "\n")
    check_golden("mail.txt", shown.text)
    check_golden("mail.md", render_markdown(DIGEST, SITE, TEMPLATES))
    check_golden("mail.eml", preview_message(shown, SETTINGS, at=DIGEST.closed_at, issue="12-12"))


def test_same_bytes_from_fresh_templates(mail: Mail) -> None:
    """The same digest gives the same mail with templates loaded anew."""
    assert mail == render_mail(DIGEST, SITE, environment([shipped("templates")]))


def test_says_what_the_digest_says(mail: Mail) -> None:
    """Issue, date, verdict, counts, reasons, sources, signals, organisation and postal address stand in both parts."""
    for part in (mail.text, re.sub(r"<[^>]+>", "", mail.html)):
        flat = " ".join(part.split())
        for words in (
            "Issue 12 · Friday 20 November 2026", "may be incomplete", "6 papers in 5 topics, 3 more beyond your limit",
            "Rising, first in issue 8", "Revised, first in issue 5", "Late", "Lakeside Institute", "1,830 stars",
            "José Álvarez, Zoë Müller, Łukasz Wójcik and 2 more", "1 comment",
            "Author Number1, Author Number2, Author Number3 and 57 more",
            "listed 20 Nov 2026", "e.g. by a single token", "arXiv category cs.LG", "hf partial", "Library Lane 4",
        ):  # fmt: skip
            assert words in flat


def test_text_lists_what_html_lists(mail: Mail, page: Page) -> None:
    """Every paper of the HTML stands in the text with the same title and addresses (RFC 2046, section 5.1.4)."""
    flat = " ".join(mail.text.split())
    assert len(page.headings["h3"]) == 6
    for title in page.headings["h3"]:
        assert re.sub(r"^\d+\s*", "", title).replace("ℝd", "ℝᵈ") in flat
    urls = {url for url in page.links if "#" not in url and "example.org/tight" not in url}
    assert {url for url in urls if url not in mail.text} == set()


def test_structure(page: Page) -> None:
    """Language, title, one h1, headings without a gap, presentation tables, no script, form, frame or remote style."""
    assert page.language == "en"
    assert page.title == "Morning Papers · 20 November 2026"
    assert page.headings["h1"] == ["Morning Papers"]
    assert page.levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(page.levels, page.levels[1:], strict=False))
    assert page.tags.isdisjoint({"script", "form", "iframe", "link", "object", "embed", "svg", "input"})
    assert all(table.get("role") == "presentation" for table in page.tables)
    assert {"main", "nav", "footer"} <= page.tags
    anchors = {url.partition("#")[2] for url in page.links if "#" in url}
    assert anchors == {section.slug for section in DIGEST.sections} <= page.ids


def test_hostile_paper_stays_text(mail: Mail, page: Page) -> None:
    """Markup, scripts, placeholders, control and bidi characters of a paper are shown as text or not at all."""
    assert "<script" not in mail.html
    assert not [url for url in page.links if not url.startswith(("https://", "http://", "#", *("X",)))]
    assert "javascript:alert(document" not in mail.html + mail.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", mail.html + mail.text)
    assert "{{ 7*7 }}" in mail.text
    for placeholder in (UNSUBSCRIBE_URL, PREFERENCES_URL, RECIPIENT):
        assert 1 == mail.html.count(placeholder) == mail.text.count(placeholder)


def test_personalise(mail: Mail) -> None:
    """Personal places are filled in once, escaped in the HTML."""
    mine = personalise(
        mail, unsubscribe_url="https://x.org/u?a=1&b=2", preferences_url="https://x.org/p", recipient="<me>@x.org"
    )
    assert "https://x.org/u?a=1&amp;b=2" in mine.html
    assert "https://x.org/u?a=1&b=2" in mine.text
    assert "&lt;me&gt;@x.org" in mine.html
    assert not re.search("X(UNSUBSCRIBE|PREFERENCES|RECIPIENT)", mine.html + mine.text)


@pytest.mark.parametrize("layout", ["compact", "full"])
@pytest.mark.parametrize("count", [1, 2, 9, 40, 70, 150, 400, 2000])
def test_size(count: int, layout: str) -> None:
    """From 1 to 2,000 papers the HTML stays within the limit, ends whole, and counts what it leaves out."""
    digest = many(count)
    mail = mail_of(digest, layout=layout)
    assert len(mail.html.encode()) <= LIMIT
    page = read(mail.html)
    shown = len(page.headings["h3"])
    assert shown == mail.text.count("https://arxiv.org/abs/")
    more = sum(int(number.replace(",", "")) for number in re.findall(r">([\d,]+) more on the web<", mail.html))
    assert count == shown + more
    assert mail.html.endswith("</html>")
    assert UNSUBSCRIBE_URL in mail.html
    assert "postal" not in mail.html
    assert shown >= min(count, 150)


def test_best_papers_keep_the_most() -> None:
    """A paper is never shown with less than one that ranks behind it, but for the first of each section."""
    mail = mail_of(many(70, sections=1))
    paragraphs = [block.count("<p") for block in mail.html.split("<h3")[1:]]
    assert paragraphs[:-1] == sorted(paragraphs[:-1], reverse=True)
    assert len(set(paragraphs[:-1])) > 1


@settings(max_examples=25)
@given(*(st.text(max_size=size) for size in (400, 3000, 200, 6000)), st.integers(20_000, 100_000), st.integers(0, 60))
def test_any_text_fits_and_parses(  # noqa: PLR0917 - hypothesis draws them in this order
    title: str, abstract: str, name: str, note: str, limit: int, count: int
) -> None:
    """Whatever papers and note hold, the mail is within the limit, balanced, encodable and without foreign elements."""
    papers = tuple(
        entry(arxiv(f"2611.{index:05}", title, abstract, names=(name,) * index, code_url=name), "a", index, name, title)
        for index in range(count)
    )
    digest = replace(DIGEST, sections=(Section(slug="a", title=title, papers=papers),), note=note)
    mail = mail_of(digest, max_bytes=limit)
    assert len(mail.html.encode()) <= limit
    page = read(mail.html)
    assert page.balanced
    assert page.tags.isdisjoint({"script", "img", "iframe"})
    assert not [link for link in page.links if not re.match("https?://|mailto:|#|X", link)]
    mail.text.encode()


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50), st.integers(1, 50)), max_size=30), st.integers(0, 2000)
)
def test_fit(sizes: list[tuple[int, int, int]], budget: int) -> None:
    """The chosen steps fit, no two differ by more than one, and better papers have no smaller step."""
    grown = [(small, small + middle, small + middle + large) for small, middle, large in sizes]
    chosen = fit(range(len(grown)), 3, lambda paper, step: grown[paper][step], budget)
    steps = [chosen[paper] for paper in range(len(grown))]
    assert sum(grown[paper][step] for paper, step in chosen.items() if step != HIDDEN) <= budget
    assert steps == sorted(steps, reverse=True)
    assert not steps or steps[0] - steps[-1] <= 1


def test_many_sections_leave_room() -> None:
    """With more headings than a mail can hold, the first sections are shown and the others counted."""
    digest = many(900, sections=900)
    mail = mail_of(digest, max_bytes=20_000)
    assert len(mail.html.encode()) <= 20_000
    assert re.search(r"and \d+ more topics", mail.html)
    assert read(mail.html).headings["h3"]


def test_empty_day() -> None:
    """A digest without papers says so."""
    mail = mail_of(replace(DIGEST, sections=(), left_out=0, verdict=Verdict.HOLIDAY))
    assert "Nothing new today." in mail.html
    assert "Nothing new today." in mail.text
    assert "No new list is made today" in mail.text


def test_run_of_editions() -> None:
    """A longer run names its first and last issue."""
    mail = mail_of(replace(DIGEST, first=8, since_on=DIGEST.since_on.replace(day=16)))
    assert "Issues 8–12 · Monday 16 November 2026 to Friday 20 November 2026" in mail.text


def test_thumbnails_only_when_asked() -> None:
    """Pictures are off by default; switched on, only https ones are shown, with alt text and a width."""
    assert "<img" not in mail_of(DIGEST).html
    pictures = read(mail_of(DIGEST, thumbnails=True).html).images
    assert [CROWD.paper.thumbnail_url] == [picture["src"] for picture in pictures]
    assert pictures[0]["alt"].startswith("First figure of: A Very Large")
    assert pictures[0]["width"] == "280"


def test_subject_pattern() -> None:
    """The subject is filled in from `mail.subject`, never with a line break; an unknown name is a settings error."""
    pattern = "{title} #{number}: {papers} papers, {top}"
    assert "Morning Papers #12: 6 papers, Small Teachers: Distilling" in mail_of(DIGEST, subject=pattern).subject
    only = replace(DIGEST, sections=(Section(slug="a", title="A", papers=(HOSTILE,)),))
    assert mail_of(only, subject="{top}").subject.isprintable()
    for wrong in ("{nothing}", "{", "{0}", "{title.x}"):
        with pytest.raises(SettingsError, match=r"mail\.subject: "):
            mail_of(DIGEST, subject=wrong)


def test_template_that_cannot_fit(tmp_path: Path) -> None:
    """A template that alone is longer than the limit is an error that says so."""
    (tmp_path / "email").mkdir()
    (tmp_path / "email" / "digest.html").write_text("<p>{{ 'x' * 9000 }}{{ 'y' * 9000 }}{{ 'z' * 9000 }}</p>")
    templates = environment([tmp_path, shipped("templates")])
    with pytest.raises(TemplateError, match=r"longer than mail\.max_bytes"):
        render_mail(DIGEST, replace(SITE, mail=MailSettings(max_bytes=20_000)), templates)


def test_wrapper_around_papers_still_fits(tmp_path: Path) -> None:
    """A site's template may print more around each paper; the mail still stays within the limit."""
    (tmp_path / "email").mkdir()
    paper = "{% for paper in section.papers %}<p>{{ 'padding ' * 40 }}</p>{{ paper.html }}{% endfor %}"
    block = "{% for section in sections %}" + paper + "{% endfor %}"
    (tmp_path / "email" / "digest.html").write_text(
        '{% extends "shipped/email/digest.html" %}{% block sections %}' + block + "{% endblock %}"
    )
    mail = render_mail(many(100), SITE, environment([tmp_path, shipped("templates")]))
    assert len(mail.html.encode()) <= LIMIT
    assert "padding padding" in mail.html
    assert escape(SITE.title) in mail.html
    assert isinstance(TEMPLATES, jinja2.Environment)
