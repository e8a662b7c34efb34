"""The mail in a browser: narrow and wide, light and dark, it can be read."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from digest.render.confirmation import render_confirmation
from digest.render.email import preview, render_mail
from digest.render.environment import environment
from digest.site import shipped
from tests.render.mail_digest import DIGEST, SITE

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
# For every element with text of its own: its colour and the first opaque background behind it, as WCAG 2.2 compares.
CONTRASTS = """
() => {
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const c = numbers(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  return [...document.body.querySelectorAll('*')]
    .filter(e => e.offsetHeight > 0 && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .map(e => {
      const [a, b] = [light(numbers(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
      return [(a + 0.05) / (b + 0.05), e.className];
    });
}
"""

BROAD = """
spacing => {
  document.body.querySelectorAll('*').forEach(element => { element.style.letterSpacing = spacing; });
  document.querySelector('h1').append(' ' + 'Donaudampfschifffahrt'.repeat(5));
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium as the system has it."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [320, 375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_can_be_read(browser: Browser, width: int, scheme: str) -> None:
    """No horizontal scroll, contrast of at least 4.5 to 1 everywhere, nothing fetched, the preheader unseen."""
    mail = preview(render_mail(DIGEST, SITE, environment([shipped("templates")])), SITE)
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.set_content(mail.html)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 40
    assert [(ratio, name) for ratio, name in contrasts if ratio < 4.5] == []
    assert not fetched
    assert page.evaluate("document.querySelector('.preheader').offsetHeight") == 0
    assert (
        page.evaluate("getComputedStyle(document.body).backgroundColor")
        == {
            "light": "rgb(251, 250, 247)",
            "dark": "rgb(24, 23, 21)",
        }[scheme]
    )
    page.close()


@pytest.mark.parametrize("width", [320, 375])
@pytest.mark.parametrize("spacing", ["0", "0.25em"])
@pytest.mark.parametrize("name", ["digest", "confirmation"])
def test_no_font_and_no_word_is_too_wide(browser: Browser, name: str, spacing: str, width: int) -> None:
    """A fallback font with broad letters and a word longer than the screen are broken, not scrolled to."""
    templates = environment([shipped("templates")])
    url = "https://papers.example.org/confirm/" + "x" * 150
    asked = render_confirmation(SITE, templates, address="ada@example.org", url=url, hours=48, known=False)
    mail = preview(render_mail(DIGEST, SITE, templates), SITE) if name == "digest" else asked
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.set_content(mail.html)
    page.evaluate(BROAD, spacing)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_without_style_sheet(browser: Browser) -> None:
    """A mail program that drops the style element still shows the design: it is set into the elements."""
    html = render_mail(DIGEST, SITE, environment([shipped("templates")])).html
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.set_content(html[: html.index("<style")] + html[html.index("</style>") :])
    assert page.evaluate("getComputedStyle(document.querySelector('h3')).fontSize") == "18px"
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.close()
