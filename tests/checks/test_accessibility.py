"""axe-core in Chromium finds nothing, in light and dark, on a phone and on a desk; nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.checks.conftest import MODULES, program
from tests.checks.material import mail_html
from tests.render.test_mail_browser import SWITCHES

PAGES = ("index.html", "editions/3.html", "agents.html", "weekly.html")
RUN = "async () => (await axe.run({resultTypes: ['violations']})).violations"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium as the system has it."""
    path = program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


def violations(page: Page) -> list[str]:
    """What axe has to say, each rule with the first element it is about."""
    page.add_script_tag(path=MODULES / "axe-core" / "axe.min.js")
    return [f"{found['id']} ({found['impact']}): {found['nodes'][0]['html']}" for found in page.evaluate(RUN)]


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_found(node: str, browser: Browser, website: Path, scheme: str, width: int) -> None:
    """The mail in every layout, and each kind of page, have no violation of any impact."""
    assert node
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    found: dict[str, list[str]] = {}
    for name in ("full", "compact", "thumbnails", "empty", "own"):
        page.set_content(mail_html(name), wait_until="domcontentloaded")
        found[name] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    for name in PAGES:
        page.goto((website / name).as_uri())
        found[name] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.close()
    assert {name: said for name, said in found.items() if said} == {}
