"""Preview, message file, text, Markdown, page, mail page and feed entry of an edition show one and the same digest."""

import email
import email.policy
import html
import re
from email.message import EmailMessage
from pathlib import Path

import feedparser
import pytest

from digest.curation.digest import build_digest
from digest.models import Author, Digest, Selection
from digest.preview import render_preview
from digest.render.view import PaperView, view_paper
from digest.site import Site
from digest.store import Store
from digest.variants import variant_of
from digest.website import write_website
from tests.builders import make_edition, make_entry

RICH = {
    "authors": tuple(Author(name=f"Author {letter}") for letter in "ABCDE"),
    "organizations": ("An & Institute",),
    "code_url": "https://github.com/example/code?a=1&b=2",
    "upvotes": 1204,
}
EDITION = make_edition(
    1,
    make_entry(1, "agents", "code", score=5, title="First <of> all & more", summary="A *summary* of it.", **RICH),
    make_entry(2, "code", score=9, title='Second_one with "quotes" [and] brackets', reason="late"),
    make_entry(3, "agents", score=7, title="Third, schön", abstract="One sentence. Then more of them.", authors=()),
    make_entry(4, "science", score=1, title="Fourth", abstract="", url=None, reason="rising", previous=3),
    note="Read the *second* one.",
)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Everything that is made of the edition, by name."""
    root = tmp_path_factory.mktemp("site")
    site = Site.open(root)
    with Store.open("sqlite://") as store:
        store.save_edition(EDITION)
        digest = build_digest([EDITION], Selection(), site.topics())
        variant_of(store, site, digest)  # as `publish` keeps it
        shown = {
            name: render_preview(store, site, digest, name).decode()  # type: ignore[arg-type]
            for name in ("html", "text", "markdown", "eml")
        }
        write_website(store, site, root / "out", progress=lambda _done, _total, _text: None)
    out = root / "out"
    shown["page"] = (out / "editions" / "1.html").read_text()
    shown["mail page"] = (out / "editions" / "1.mail.html").read_text()
    for extension in ("rss", "atom"):
        (entry,) = feedparser.parse(out / f"editions.{extension}", sanitize_html=False).entries
        shown[extension] = entry.content[0].value
    return shown


def digest_of() -> Digest:
    """The edition's digest by the shipped topics."""
    return build_digest([EDITION], Selection(), Site.open(Path(__file__).parent).topics())


def views() -> list[PaperView]:
    """The papers of the digest in words, in its order."""
    return [view_paper(entry, rank=1) for entry in digest_of().papers]


def words(text: str) -> str:
    """The visible text, on one line: of HTML without its tags, of Markdown without its escapes."""
    if "</p>" in text:
        text = re.sub(r"<(style|head)\b.*?</\1>", "", text, flags=re.DOTALL)
        text = re.sub(r"</?(?:p|h\d|div|td|li|a|br|article|section)\b[^>]*>", " ", text)
        text = html.unescape(re.sub(r"<[^>]*>", "", text))
    return re.sub(r"\s+", " ", re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text.replace("**", "")))


ALL = ["html", "text", "markdown", "page", "mail page", "rss", "atom"]


@pytest.mark.parametrize("form", ALL)
def test_same_papers_in_the_same_order(forms: dict[str, str], form: str) -> None:
    """Every form has every paper, in the order of the digest."""
    shown = words(forms[form])
    places = [shown.rindex(view.title) for view in views()]
    assert len(places) == 4
    assert places == sorted(places)


@pytest.mark.parametrize("form", ALL)
def test_same_words_about_each_paper(forms: dict[str, str], form: str) -> None:
    """Authors, organisation, summary, counts, list day, reason, mark and every address are the same in every form."""
    shown, source = words(forms[form]), html.unescape(forms[form])
    for view in views():
        for said in (view.summary, view.organization, view.why, *view.authors):
            assert (said or "") in shown
        for count in view.counts:
            assert f"{count.value:,} {count.unit}" in shown
        assert {link.url for link in view.links if link.url not in source} == set()
    for said in ("Late", "Rising, first in issue 3", "listed 18 May 2026", "and 2 more", "second"):
        assert said in shown


@pytest.mark.parametrize("form", ALL)
def test_same_sections(forms: dict[str, str], form: str) -> None:
    """The sections stand in the same order under the same titles."""
    shown = words(forms[form])
    places = [shown.rindex(section.title) for section in digest_of().sections]
    assert places == sorted(places)


def test_same_bytes(forms: dict[str, str]) -> None:
    """The page of the mail is the previewed HTML byte by byte, and so is what the message file holds."""
    assert forms["mail page"] == forms["html"]
    message = email.message_from_bytes(forms["eml"].encode(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    text, mail = (part.get_content().replace("\r\n", "\n").strip() for part in message.iter_parts())
    assert text == forms["text"].strip()
    assert mail == forms["html"].strip()


def test_the_page_leads_to_the_mail(forms: dict[str, str]) -> None:
    """The page of an edition links the mail as it was sent, and the mail the page."""
    assert 'href="1.mail.html"' in forms["page"]
    assert "/editions/1.html" in forms["html"]
