"""Facts about the forms as a reader meets them: in a browser, on a phone, in the dark, without scripts, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from digest.models import Suppression
from digest.subscribe import pause, unsubscribe
from tests.checks.conftest import MODULES
from tests.checks.test_accessibility import violations
from tests.cli.test_marks import BIBTEX
from tests.test_demo import ARGUMENTS, CHROMIUM
from tests.web.conftest import BASE_URL, NOW, Running
from tests.web.test_marking import paper_of, wishes

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: apt-get install chromium)")

PHONE = {"width": 375, "height": 800}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for all tests here."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone whose browser runs no scripts."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


def go_to_link(page: Page, web: Running) -> None:
    """Open the link of the last letter."""
    link = re.search(rf"{re.escape(BASE_URL)}(/\S+)", web.settled()[-1].mail.text)[1]
    page.goto(web.url + link)


def test_a_readers_whole_life(web, phone):
    """Sign up, confirm, choose, look at a sample, leave, come back, erase: every form, without a script."""
    phone.goto(web.url)
    phone.get_by_role("link", name="Get it by mail").click()
    phone.get_by_label("Mail address").fill("ada@example.org")
    phone.get_by_label("Agents").check()
    phone.get_by_role("button", name="Subscribe").click()
    assert phone.get_by_role("heading", level=1).inner_text() == "Check your mail"
    go_to_link(phone, web)
    phone.get_by_role("button", name="Confirm").click()
    phone.get_by_role("link", name="Choose what you get, and when").click()
    assert phone.get_by_label("Agents").is_checked()
    phone.get_by_label("Once a week").check()
    phone.get_by_label("Friday").check()
    phone.get_by_label("Hour").select_option("18")
    phone.get_by_label("Time zone").select_option("Asia/Tokyo")
    phone.get_by_label("Papers at most").fill("12")
    phone.get_by_label("Authors").fill("Ada Lovelace\nEmmy Noether")
    phone.get_by_role("button", name="Save").click()
    assert phone.get_by_role("status").inner_text() == "Saved."
    assert phone.get_by_text("Friday 22 May 2026, 18:00 JST").is_visible()
    reader = web.store.subscribers.find("ada@example.org")
    chosen = reader.preferences
    assert (chosen.topics, chosen.cadence, chosen.weekdays, chosen.hour) == (("agents",), "weekly", ("fri",), 18)
    assert (chosen.zone, chosen.max_papers, chosen.authors) == ("Asia/Tokyo", 12, ("Ada Lovelace", "Emmy Noether"))
    phone.get_by_role("button", name="Show me a sample first").click()
    assert "Issue" in phone.inner_text("body")
    phone.go_back()
    phone.get_by_role("link", name="Unsubscribe").click()
    phone.get_by_role("button", name="Unsubscribe").click()
    phone.get_by_role("button", name="Subscribe again").click()
    assert web.store.subscribers.get(reader.id).status == "active"
    phone.goto(web.url + web.path("preferences", reader))
    phone.get_by_role("link", name="Erase everything").click()
    phone.get_by_role("button", name="Erase everything").click()
    assert web.store.subscribers.get(reader.id) is None


def test_every_way_back_is_a_button(web, phone):
    """Who was paused, left, or could not be reached presses one on their preference page, and gets the digest again."""
    paused, left, lost = (web.reader(f"{name}@example.org") for name in ("paused", "left", "lost"))
    pause(web.store, paused.id, now=NOW)
    unsubscribe(web.store, left.id)
    web.store.subscribers.suppress(Suppression(address=lost.address, reason="550 5.1.1 no such user", at=NOW))
    for reader, says in ((paused, "paused"), (left, "You have left"), (lost, "no such user")):
        phone.goto(web.url + web.path("preferences", reader))
        assert says in phone.inner_text("main")
        phone.locator("form[action$=resume] button").click()
        assert phone.get_by_role("status").inner_text() == "The digest comes again."
        assert web.store.subscribers.get(reader.id).status == "active"


def test_mistakes_are_found_by_keyboard(web, browser):
    """The summary has the focus after a mistake; its link leads to the field, which a screen reader finds described."""
    page = browser.new_page(viewport=PHONE)
    page.goto(web.url + web.path("preferences", web.reader()))
    page.get_by_label("Papers at most").fill("many")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("alert").evaluate("element => element === document.activeElement")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    field = page.get_by_label("Papers at most")
    assert page.url.endswith("#max_papers")
    assert field.get_attribute("aria-invalid") == "true"
    described = [page.locator(f"#{name}").inner_text() for name in field.get_attribute("aria-describedby").split()]
    assert described == ["“many” is no number from 1 to 1000000.", "In one mail; empty means all."]
    page.close()


def paths(web: Running) -> dict[str, str]:
    """Every page there is, by name."""
    reader = web.reader()
    preferences = web.path("preferences", reader)
    return {
        "front": "/",
        "sign-up": "/subscribe",
        "confirm": web.path("confirm", reader),
        "preferences": preferences,
        "sample": f"{preferences}/sample",
        "marks": f"{preferences}/marks",
        "mark": f"{web.path('mark', reader)}?paper={paper_of(web).id}",
        "erase": f"{preferences}/erase",
        "unsubscribe": web.path("unsubscribe", reader),
        "missing": "/no/where",
    }


def test_a_paper_is_marked_and_forgotten_without_scripts(web, phone):
    """From the link of the mail to the button, to the list of marks, to forgetting it there."""
    reader, paper = web.reader(), paper_of(web)
    phone.goto(f"{web.url}{web.path('mark', reader)}?paper={paper.id}")
    phone.get_by_role("button", name="More like this").click()
    assert phone.get_by_role("status").inner_text() == "Noted: more like this."
    assert wishes(web, reader.id) == {paper.id: "more"}
    phone.get_by_role("link", name="Your marks").click()
    assert phone.get_by_role("heading", level=1).inner_text() == "Your marks"
    phone.get_by_role("button", name="Turn it on").click()
    assert web.store.subscribers.get(reader.id).preferences.personal == reader.id
    phone.get_by_role("button", name=re.compile("^Forget: ")).click()
    assert phone.get_by_role("status").inner_text() == "1 paper forgotten."
    assert wishes(web, reader.id) == {}


def test_a_library_is_sent_without_scripts(web, phone, tmp_path):
    """A file chosen in the form is marked; the page says how many papers it was."""
    reader = web.reader()
    (tmp_path / "library.bib").write_text(BIBTEX)
    phone.goto(f"{web.url}{web.path('preferences', reader)}/marks")
    phone.get_by_label("A library").set_input_files(tmp_path / "library.bib")
    phone.get_by_role("button", name="Read it in").click()
    assert phone.get_by_role("status").inner_text() == "3 papers marked."
    phone.get_by_text("Forget all of them").click()
    phone.get_by_role("button", name="Forget all", exact=True).click()
    assert phone.get_by_role("status").inner_text() == "3 papers forgotten."


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_marks(web, browser, scheme):
    """Of any impact: on a paper before and after it was marked, and on the list, empty, filled, and with a mistake."""
    axe = MODULES / "axe-core" / "axe.min.js"
    if not axe.exists():
        pytest.skip("the checkers are not installed: npm ci --prefix tests/checks")
    reader, paper = web.reader(), paper_of(web)
    mark, marks = f"{web.path('mark', reader)}?paper={paper.id}", f"{web.path('preferences', reader)}/marks"
    context = browser.new_context(viewport=PHONE, color_scheme=scheme, bypass_csp=True)
    page, found = context.new_page(), {}
    for wish in ("", "more"):
        if wish:
            web.client.post(web.path("mark", reader), data={"paper": paper.id, "wish": wish})
        for name, path in {"paper": f"{mark}&done={wish}", "list": marks, "preferences": marks[:-6]}.items():
            page.goto(web.url + path)
            found[name, wish] = violations(page)
    page.get_by_role("link", name="Your marks").click()
    page.get_by_role("button", name="More like these").click()
    assert page.get_by_role("alert").count() == 1
    found["mistake", ""] = violations(page)
    context.close()
    assert {place: said for place, said in found.items() if said} == {}


READABLE = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button')]
    .filter(field => !(field.labels?.length || field.textContent.trim())).map(field => field.outerHTML)"""
SMALL = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, .button')]
    .filter(field => { const box = (field.closest('label') ?? field).getBoundingClientRect();
        return box.width < 24 || box.height < 24 }).map(field => field.outerHTML)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone(web, browser, scheme):
    """At 375 pixels nothing scrolls sideways, every field has a label and is large enough to hit (WCAG 2.5.8).

    Nothing is loaded from elsewhere, and the policy stops nothing of ours.
    """
    page = browser.new_page(viewport=PHONE, color_scheme=scheme)
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for name, path in paths(web).items():
        page.goto(web.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
        assert page.evaluate(READABLE) == [], name
        assert page.evaluate(SMALL) == [], name
        assert page.locator("h1").count() == 1, name
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", background)[:3])) > 384) is (scheme == "light"), name
    page.close()
    assert [url for url in asked if not url.startswith(web.url)] == []
    assert [text for text in complaints if "404" not in text] == []


def test_the_operators_page_fits_too(start, browser):
    """Wide tables scroll by themselves."""
    web = start('[web]\noperator_password = "correct horse"\n')
    context = browser.new_context(viewport=PHONE, http_credentials={"username": "x", "password": "correct horse"})
    page = context.new_page()
    page.goto(f"{web.url}/operator")
    assert page.get_by_role("heading", level=1).inner_text() == "Operator"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()
