"""HTML pages: Hugging Face's with the list's JSON embedded, its bare list of articles, and any paper's own page.

A paper's own page is known by the `citation_…` meta tags that Google Scholar asks for. It reads no other pages and
runs nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from digest.errors import SourceRefused
from digest.sources import json_document, limits
from digest.sources.record import Found, Names, Origin, build, observe, people

_PROPS = re.compile(r"data-props\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_TELLING = ("dailyPapers", "&quot;paper&quot;", '"paper"')
_NUMBER = re.compile(r"\d{1,6}")
_HUB = "https://huggingface.co"


def embedded(page: str) -> object | None:
    """The properties Hugging Face's page hands to its list (`{dailyPapers: […], dateString: …}`); None without them."""
    for found in _PROPS.finditer(page):
        props = found[1] or found[2] or ""
        if any(word in props for word in _TELLING):
            try:
                value = json_document.load(html.unescape(props).encode("utf-8", "replace"))
            except ValueError:
                continue
            if isinstance(value, dict) and ("dailyPapers" in value or "paper" in value):
                return value
    return None


def parse_page(page: str, origin: Origin) -> Iterator[Found]:
    """The papers of a page without embedded JSON.

    Raises:
        SourceRefused: it is too large, or has no papers that can be read; with the page's title.
    """
    if page.count("<") > limits.PAGE_TAGS:
        raise SourceRefused(f"is an HTML page of more than {limits.PAGE_TAGS:,} tags")
    try:
        root = lxml_html.document_fromstring(page.encode("utf-8", "replace"), parser=_parser())
    except (etree.LxmlError, ValueError) as error:
        raise SourceRefused("is an HTML page that cannot be read") from error
    found = [*_articles(root, origin), *_citation(root, origin)]
    if not found:
        title = limits.text(root.findtext(".//title"), limits.NAME)
        raise SourceRefused(
            f"is an HTML page without papers in it ({title or 'no title'}); use the site's API or feed instead"
        )
    yield from found


def _parser() -> Any:
    return lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)


def _articles(root: Any, origin: Origin) -> Iterator[Found]:
    """The cards of Hugging Face's list: a heading that links to the paper, votes, and a link to the discussion."""
    for article in root.iter("article"):
        link = next((a for a in article.iterfind(".//h3//a") if "/papers/" in (a.get("href") or "")), None)
        if link is None:
            continue
        address = _HUB + link.get("href") if link.get("href").startswith("/") else link.get("href")
        people_shown = (item.get("title") for item in article.iter("li"))
        yield build(
            origin,
            Names.among(address),
            _words(link),
            abstract=_words(next(iter(article.iter("p")), None)),
            authors=people(people_shown),
            discussion_url=address.partition("#")[0],
            signals=observe(origin, {"upvotes": _votes(article), "comments": _comments(article)}),
        )


def _words(element: Any) -> str:
    return " ".join(element.text_content().split()) if element is not None else ""


def _votes(article: Any) -> int | None:
    shown = (_words(box) for box in article.iter("div") if "leading-none" in (box.get("class") or "").split())
    return next((int(text) for text in shown if _NUMBER.fullmatch(text)), None)


def _comments(article: Any) -> int | None:
    shown = (_words(a) for a in article.iter("a") if (a.get("href") or "").endswith("#community"))
    return next((int(text) for text in shown if _NUMBER.fullmatch(text)), None)


def _citation(root: Any, origin: Origin) -> Iterator[Found]:
    """The paper a page is about, by its meta tags (https://scholar.google.com/intl/en/scholar/inclusion.html#indexing)."""
    fields: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or "").lower()
        if name.startswith("citation_"):
            fields.setdefault(name.removeprefix("citation_"), []).append(meta.get("content") or "")
    if "title" not in fields:
        return

    def first(*names: str) -> str:
        return next((fields[name][0] for name in names if fields.get(name)), "")

    yield build(
        origin,
        Names.among(first("arxiv_id"), first("doi"), first("abstract_html_url"), first("pdf_url")),
        first("title"),
        abstract=first("abstract"),
        authors=people(_given_first(name) for name in fields.get("author", ())),
        keywords=limits.labels(fields.get("keywords", [])),
        url=first("abstract_html_url", "public_url"),
        pdf_url=first("pdf_url"),
        venue=first("journal_title", "conference_title"),
        published_at=limits.moment(first("date", "publication_date", "online_date")),
    )


def _given_first(name: str) -> str:
    family, _, given = name.partition(", ")
    return f"{given} {family}" if given else name
