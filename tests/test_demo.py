"""Facts about the demo: what a newcomer sees first."""

from __future__ import annotations

import json
import shutil
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import feedparser
import pytest

from digest.cli.progress import _silent
from digest.demo import DemoReport, demo
from digest.errors import DigestError

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> DemoReport:
    """A demo, made once."""
    return demo(tmp_path_factory.mktemp("demo") / "demo", progress=_silent)


def files(folder: Path) -> dict[str, bytes]:
    """Everything people see, by name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith((".", "demo.db"))
    }


def test_the_sample_becomes_editions(shown):
    """At least sixty papers over at least five days, read without anything set aside."""
    assert len(shown.editions) >= 5
    assert sum(len(edition.papers) for edition in shown.editions) >= 60
    assert [run.rejected for run in shown.runs if run.rejected] == []
    reasons = {entry.reason for edition in shown.editions for entry in edition.papers}
    assert reasons >= {"new", "late", "rising"}


def test_a_paper_is_in_one_edition_and_comes_back_only_to_rise(shown):
    """No paper is printed twice as news."""
    news = [entry.paper.id for edition in shown.editions for entry in edition.papers if entry.reason != "rising"]
    assert len(news) == len(set(news))


def test_everything_is_there(shown):
    """The digest in its forms, the feeds, and a first page that links them."""
    present = set(files(shown.folder))
    assert present >= {"index.html", "digest.html", "digest.txt", "digest.eml", "site/index.html", "site/feeds.opml"}
    assert present >= {
        f"site/{name}.{form}" for name in ("all", "agents", "weekly") for form in ("rss", "atom", "json")
    }
    index = (shown.folder / "index.html").read_text()
    for name in ("digest.html", "digest.txt", "digest.eml", "site/index.html", "site/all.rss", "site/feeds.opml"):
        assert f'href="{name}"' in index


def test_another_day_on_another_machine_gives_the_same_bytes(shown, tmp_path):
    """Nothing of the clock, the folder or chance is in what people see."""
    again = demo(tmp_path / "elsewhere", progress=_silent)
    assert files(again.folder) == files(shown.folder)


def test_an_earlier_demo_is_replaced_and_nothing_else(shown, tmp_path):
    """A folder with other things in it is refused and left alone."""
    again = demo(shown.folder, progress=_silent)
    assert len(again.editions) == len(shown.editions)
    (tmp_path / "letter.txt").write_text("Dear …")
    with pytest.raises(DigestError, match="--output"):
        demo(tmp_path, progress=_silent)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_message_holds_both_parts_with_every_paper(shown):
    """Text first, HTML last, the same addresses in both."""
    message = message_from_bytes((shown.folder / "digest.eml").read_bytes(), policy=default)
    text, html = (part.get_content() for part in message.iter_parts())
    digest = json.loads((shown.folder / "digest.json").read_text())
    urls = [paper["url"] for section in digest["sections"] for paper in section["papers"] if paper["url"]]
    assert urls
    assert [url for url in urls if url not in text or url not in html] == []


def test_readers_accept_the_feeds(shown):
    """A feed parser finds nothing to complain of, and every entry has an id, a date and a title."""
    for path in sorted((shown.folder / "site").glob("*.[ra]*")):
        feed = feedparser.parse(path.read_bytes())
        assert not feed.bozo, f"{path.name}: {feed.get('bozo_exception')}"
        assert all(entry.id and entry.title and entry.published_parsed for entry in feed.entries), path.name


def test_a_hostile_title_stays_text(shown):
    """The invented record's script runs nowhere."""
    for name, content in files(shown.folder).items():
        if name.endswith((".html", ".rss", ".atom")):
            assert b"<script" not in content, name


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: apt-get install chromium)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone(shown, scheme):
    """At 375 pixels nothing scrolls sideways, no script is needed, and nothing is loaded from elsewhere."""
    from playwright.sync_api import sync_playwright

    pages = (
        "index.html",
        "digest.html",
        "site/index.html",
        "site/all.html",
        "site/editions/6.html",
        "site/agents.html",
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 375, "height": 800}, color_scheme=scheme, java_script_enabled=True)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for name in (name for name in pages if (shown.folder / name).exists()):
            page.goto((shown.folder / name).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 375, name
            assert page.locator("h1").count() == 1, name
        browser.close()
    assert [url for url in asked if not url.startswith("file:")] == []
