"""A topic file that names only people, an organisation or words is a feed, a page and a section of the mail."""

import json
import re
from datetime import UTC, datetime

import feedparser
import pytest

from digest.curation.digest import build_digest
from digest.ingest import ingest
from digest.models import Selection
from digest.press import mail_of
from digest.publish import publish
from digest.site import Site
from digest.store import Store
from digest.website import write_website

NOW = datetime(2026, 5, 18, 10, tzinfo=UTC)
RULES = {
    "ada": 'authors = ["A. Lovelace"]',
    "engines": 'organizations = ["Analytical Engines"]',
    "looms": 'any = ["jacquard loom"]',
}
PAPERS = [
    {
        "id": f"2605.{number:05}",
        "title": f"Notes on jacquard loom number {number}" if number % 2 else f"Notes on engine number {number}",
        "abstract": "What it weaves.",
        "authors": ["Ada Lovelace", "Luigi Menabrea"] if number % 3 else ["Charles Babbage"],
        "organization": {"name": "ae", "fullname": "Analytical Engines"} if number > 3 else None,
        "upvotes": 10 * number,
    }
    for number in range(1, 7)
]
EXPECTED = {"ada": [5, 4, 2, 1], "engines": [6, 5, 4], "looms": [5, 3, 1]}
"""The numbers of its papers, best first."""


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[str]]]:
    """For each topic the arXiv ids its feed, its page and its mail show, in order."""
    root = tmp_path_factory.mktemp("followed")
    (root / "feeds").mkdir()
    for slug, rules in RULES.items():
        (root / "feeds" / f"{slug}.toml").write_text(f'title = "{slug.title()}"\n\n[rules]\n{rules}\n')
    (root / "papers.json").write_text(json.dumps(PAPERS))
    site = Site.open(root)
    with Store.open("sqlite://") as store:
        ingest(store, [str(root / "papers.json")], site=site, now=NOW, on=NOW.date())
        edition = publish(store, site, now=NOW)
        assert edition is not None
        write_website(store, site, root / "out", progress=lambda _done, _total, _text: None)
    shown = {}
    for slug in RULES:
        digest = build_digest([edition], Selection(topics=(slug,)), site.topics())
        assert [section.slug for section in digest.sections] == [slug]
        shown[slug] = {
            "feed": [entry.link for entry in feedparser.parse(root / "out" / f"{slug}.atom").entries],
            "page": _abstracts((root / "out" / f"{slug}.html").read_text()),
            "mail": _abstracts(mail_of(site, digest).html),
        }
    return shown


def _abstracts(html: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="(https://arxiv\.org/abs/[^"]+)"', html)))


@pytest.mark.parametrize("form", ["feed", "page", "mail"])
@pytest.mark.parametrize("slug", RULES)
def test_it_shows_its_papers(followed: dict[str, dict[str, list[str]]], slug: str, form: str) -> None:
    """Feed, page and mail section hold the same papers in the same order, best first."""
    expected = [f"https://arxiv.org/abs/2605.{number:05}" for number in EXPECTED[slug]]
    assert expected == followed[slug][form]
