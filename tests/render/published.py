"""What the tests of feeds and pages publish: two small editions with everything that is hard to print."""

from typing import Any

from digest.curation.digest import build_digest
from digest.models import Author, Edition, Selection
from digest.render.environment import environment
from digest.render.feeds.entries import digest_entry, paper_entry
from digest.render.feeds.feed import Entry, Feed
from digest.render.imprint import Imprint
from digest.render.sheets import Sheets
from digest.settings import FeedSettings, Settings
from digest.site import shipped
from tests.builders import TOPICS, make_edition, make_entry

HOSTILE = r"</title><script>alert(1)</script> & $x < y$, ]]> and 日本語 \'Etienne \textbf{bold}"


def make_imprint(**settings: Any) -> Imprint:
    """A site with the shipped templates and three topics."""
    plain: dict[str, Any] = {
        "base_url": "https://papers.example",
        "id_prefix": "tag:papers.example,2026:",
        "feeds": FeedSettings(hub="https://hub.example/"),
    }
    return Imprint(
        settings=Settings(**(plain | settings)), topics=TOPICS, templates=environment([shipped("templates")])
    )


def editions() -> tuple[Edition, Edition]:
    """A paper with everything and a hostile one; then one with nothing but a title, and the first one come back."""
    rich = {
        "title": r"Learning in $O(n \log n)$ with $\ell_2$ and Schr{\"o}dinger",
        "abstract": r"We show that $x^2 + y_1 < 3$ holds. It costs \$5 & little more.",
        "authors": (Author(name="Ada Lovelace", organization="Analytical & Co."), Author(name="Zoë <b>Ångström</b>")),
        "categories": ("cs.LG", "stat.ML"),
        "pdf_url": "https://arxiv.org/pdf/2605.00001",
        "code_url": "https://github.com/example/rich?a=1&b=2",
        "discussion_url": "https://huggingface.co/papers/2605.00001",
        "upvotes": 42,
    }
    hostile = make_entry(
        2,
        "code",
        score=2,
        title=HOSTILE,
        abstract="a\x00b \ufffe <img src=x onerror=alert(1)>",
        url="javascript:alert(1)",
    )
    bare = make_entry(3, "science", score=1, abstract="", authors=(), url=None)
    back = make_entry(1, "agents", "code", score=9, reason="rising", previous=1, **(rich | {"upvotes": 200}))
    first = make_edition(1, make_entry(1, "agents", "code", score=3, **rich), hostile, note="A *calm* day.")
    return first, make_edition(2, back, bare)


def entries_of(edition: Edition, imprint: Imprint, *, first: Edition | None = None) -> list[Entry]:
    """The feed entries of its papers; those of `first` were published then."""
    sheets = Sheets(imprint)
    earlier = {entry.paper.id for entry in first.papers} if first else set()
    return [
        paper_entry(
            sheets.of(entry),
            imprint,
            number=edition.number,
            published_at=first.closed_at if first and entry.paper.id in earlier else edition.closed_at,
            updated_at=edition.closed_at,
        )
        for entry in edition.papers
    ]


def edition_entry(edition: Edition, imprint: Imprint) -> Entry:
    """The feed entry of a whole edition."""
    return digest_entry(
        build_digest([edition], Selection(), imprint.topics),
        Sheets(imprint),
        id_=imprint.id("edition", edition.number),
        path=f"editions/{edition.number}.html",
        title=f"Issue {edition.number}",
        published_at=edition.closed_at,
    )


def make_feed(imprint: Imprint, *entries: Entry, **fields: Any) -> Feed:
    """The subscription document `all` with `entries`."""
    plain: dict[str, Any] = {
        "name": "all",
        "id": imprint.id("feed", "all"),
        "title": "Papers < & >",
        "label": "Every paper",
        "description": "All of them.",
        "site_title": imprint.site.title,
        "base_url": imprint.site.base_url,
        "html_url": imprint.url("editions.html"),
        "hub": imprint.settings.feeds.hub,
        "entries": entries,
    }
    return Feed(**(plain | fields))


def sample_feed(**settings: Any) -> Feed:
    """The newest first: the second edition, then what was only in the first, then the editions themselves."""
    imprint = make_imprint(**settings)
    first, second = editions()
    newest = entries_of(second, imprint, first=first)
    shown = {entry.id for entry in newest}
    older = [entry for entry in entries_of(first, imprint) if entry.id not in shown]
    return make_feed(imprint, *newest, *older, edition_entry(first, imprint))
