"""Pages: valid, accessible as far as a parser can tell, free of scripts, and readable on a small screen."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from digest.curation.digest import build_digest
from digest.models import Selection, Verdict
from digest.render import pages
from digest.render.feeds.feed import Feed
from digest.render.imprint import Imprint
from digest.render.sheets import Sheets
from digest.site import Site
from tests.builders import make_edition, make_entry
from tests.render.published import HOSTILE, editions, make_feed, make_imprint

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

COLOURS = """() => {
  const body = getComputedStyle(document.body);
  const faint = [...document.querySelectorAll(".meta, .lead, .number, main a, footer a")];
  return [body.color, body.backgroundColor, ...faint.map(element => getComputedStyle(element).color)];
}"""


def website(imprint: Imprint) -> dict[str, bytes]:
    """A page of each kind."""
    sheets = Sheets(imprint)
    first, second = editions()
    feed = make_feed(imprint, title="Every paper · Digest")
    topic = make_feed(imprint, name="agents", label="Agents", html_url=imprint.url("agents.html"))
    listing = pages.Listing(
        path="editions/1.html", title="Monday 18 May 2026", count=2, verdict=Verdict.PARTIAL, top=HOSTILE
    )
    neighbours = pages.Neighbours(earlier=None, later="2.html")
    digest = build_digest([first, second], Selection(), imprint.topics)
    empty = build_digest([make_edition(3, verdict=Verdict.DOWN)], Selection(), imprint.topics)
    return {
        "index.html": pages.render_index(imprint, runs=(feed,), topics=(topic,), newest=(listing,)),
        "editions/2.html": digest_page(digest, sheets, feed, neighbours),
        "editions/3.html": digest_page(empty, sheets, feed, neighbours),
        "agents.html": pages.render_topic_page([(first, first.papers)], sheets, feed=topic),
        "editions.html": pages.render_list_page([listing], imprint, feed=feed),
        "style.css": pages.stylesheet(imprint, "web/style.css"),
    }


def digest_page(digest: Any, sheets: Sheets, feed: Feed, neighbours: pages.Neighbours) -> bytes:
    """The page of an edition."""
    return pages.render_digest_page(
        digest,
        sheets,
        path=f"editions/{digest.last}.html",
        title="Monday 18 May 2026",
        feed=feed,
        neighbours=neighbours,
    )


PAGES = {path: data.decode() for path, data in website(make_imprint()).items()}
NAMES = [path for path in PAGES if path.endswith(".html")]


@pytest.mark.parametrize("name", NAMES)
def test_structure(name: str) -> None:
    """Language, title, viewport, one h1, headings without gaps, unique ids, one main, a skip link that leads there."""
    page = html.document_fromstring(PAGES[name])
    assert page.get("lang") == "en"
    assert page.findtext("head/title")
    assert page.xpath("//meta[@name='viewport']")
    levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert page.xpath("//a[@class='skip']/@href") == ["#main"]
    assert len(page.xpath("//main[@id='main']")) == 1
    assert all(target in ids for target in page.xpath("//@aria-labelledby"))
    assert {href[1:] for href in page.xpath("//a/@href") if href.startswith("#")} <= set(ids)


@pytest.mark.parametrize("name", NAMES)
def test_no_script_and_no_foreign_markup(name: str) -> None:
    """No script, image, frame, handler or address that does anything; what a paper says is text."""
    page = html.document_fromstring(PAGES[name])
    assert not page.xpath("//script | //img | //iframe | //form | //@*[starts-with(name(), 'on')]")
    assert not [href for href in page.xpath("//@href") if re.match(r"\s*(javascript|data):", href)]


@pytest.mark.parametrize("name", NAMES)
def test_autodiscovery(name: str) -> None:
    """Each page names its feed in all three formats, by absolute address."""
    found = html.document_fromstring(PAGES[name]).xpath("//link[@rel='alternate']")
    assert [link.get("type") for link in found] == [
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
    ]
    assert all(link.get("href").startswith("https://papers.example/") and link.get("title") for link in found)


@pytest.mark.parametrize("name", NAMES)
def test_every_tag_is_closed(name: str) -> None:
    """But for the void elements of HTML, a page is well-formed as XML: nothing is left open."""
    closed = re.sub(r"<(meta|link|br|hr)\b([^>]*)>", r"<\1\2/>", PAGES[name]).replace("<!DOCTYPE html>", "")
    etree.fromstring(closed.encode())


def test_an_edition_page_says_all() -> None:
    """Every paper, formulas as MathML, the note, the verdict, why a paper is back, and the next issue."""
    page = PAGES["editions/2.html"]
    for text in ("Learning in", "<math", "Paper number 3", "<em>calm</em>", 'href="2.html"', "Zoë &lt;b&gt;"):
        assert text in page
    assert "A source could not be read" in PAGES["editions/3.html"]
    assert "Nothing new." in PAGES["editions/3.html"]


def test_demo_page(tmp_path: Path) -> None:
    """The demo's page leads to the digest in each form and to every feed of the website beside it."""
    site = Site.open(tmp_path)
    digest = build_digest([make_edition(1, make_entry(1))], Selection(), site.topics())
    files = ["all.rss", "agents.rss", "weekly.rss", "archive/all-0001.rss"]
    page = pages.render_demo(site, digest, [make_edition(1, make_entry(1))], files=files).decode()
    for target in (
        "digest.html",
        "digest.eml",
        "site/index.html",
        "site/all.json",
        "site/agents.atom",
        "site/feeds.opml",
    ):
        assert f'href="{target}"' in page
    assert "all-0001" not in page


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser."""
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium to look at the pages with")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fits_a_small_screen(browser: Any, tmp_path: Path, scheme: str) -> None:
    """At 375 px no page scrolls sideways, in light and in dark, even with a word that never ends."""
    for name, content in PAGES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content.replace("Paper number 3", "Endless" * 40), encoding="utf-8")
    context = browser.new_context(viewport={"width": 375, "height": 700}, color_scheme=scheme)
    try:
        page = context.new_page()
        for name in NAMES:
            page.goto((tmp_path / name).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") == 375, name
            ink, paper, *faint = page.evaluate(COLOURS)
            assert contrast(ink, paper) >= 7, name
            assert all(contrast(colour, paper) >= 4.5 for colour in faint), name
    finally:
        context.close()


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two `rgb(r, g, b)` colours (WCAG 2.2, 1.4.3)."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
