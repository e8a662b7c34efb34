"""HTML pages: embedded JSON, bare articles, a paper's own page."""

import html
import json
from datetime import UTC, date, datetime

import pytest

from digest.errors import SourceRefused
from tests.sources.reading import names, only, read
from tests.sources.test_daily_papers import item


def page(props: object, quote: str = '"') -> str:
    """Hugging Face's page around the properties of its list."""
    text = html.escape(json.dumps(props), quote=quote == '"')
    text = text if quote == '"' else text.replace("'", "&#39;")
    return (
        '<!doctype html>\n<html class=""><head><title>Daily Papers - Hugging Face</title></head><body>'
        '<div class="SVELTE_HYDRATER contents" data-target="SystemThemeMonitor"'
        ' data-props="{&quot;isLoggedIn&quot;:false}">'
        f'</div><main><div class="SVELTE_HYDRATER contents" data-target="DailyPapers" data-props={quote}{text}{quote}>'
        "<section><article><h3><a href='/papers/2601.99999'>Not This One</a></h3></article>"
        "</section></div></main></body></html>"
    )


@pytest.mark.parametrize("quote", ['"', "'"])
def test_the_embedded_list(quote: str) -> None:
    """The JSON inside the page is read like the API's."""
    props = {"periodType": "day", "dateString": "2026-01-06", "dailyPapers": [item(), item(id="2601.00002")]}
    reading = read(page(props, quote))
    assert (reading.form, len(reading.papers), reading.rejected) == ("daily-papers-page", 2, ())
    assert reading.papers[0].latest("upvotes") == 68
    assert reading.papers[0].listed_on == date(2026, 1, 5)


def test_the_pages_date_serves_where_items_have_none() -> None:
    """`dateString` is the list day of items that do not say theirs."""
    paper = only(page({"dateString": "2026-01-06", "dailyPapers": [item(submittedOnDailyAt=None)]}))
    assert paper.listed_on == date(2026, 1, 6)


def test_articles_without_json() -> None:
    """Title, id, votes and comments are read off the cards."""
    paper = only(
        "<html><body><article><div><h3><a href='/papers/2601.00001'>A <b>Title</b></a></h3>"
        "<div class='leading-none'>42</div><ul><li title='Ada One'></li></ul>"
        "<a href='/papers/2601.00001#community'>3</a></div></article><article><p>other</p></article></body></html>"
    )
    assert (paper.id, paper.title, names(paper)) == ("arxiv:2601.00001", "A Title", ["Ada One"])
    assert (paper.latest("upvotes"), paper.latest("comments")) == (42, 3)
    assert paper.discussion_url == "https://huggingface.co/papers/2601.00001"


def test_a_papers_own_page() -> None:
    """The meta tags that scholars' search engines ask for are enough."""
    paper = only(
        "<!DOCTYPE html><html><head><meta name='citation_title' content='A Title'/><meta name='citation_author' "
        "content='One, Ada'/><meta name='citation_author' content='Two, Bea'/><meta name='citation_arxiv_id' "
        "content='2401.01234'/><meta name='citation_abstract' content='An abstract.'/><meta name='citation_date' "
        "content='2024/01/02'/></head></html>"
    )
    assert (paper.id, names(paper), paper.abstract) == ("arxiv:2401.01234", ["Ada One", "Bea Two"], "An abstract.")
    assert paper.published_at == datetime(2024, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<html><head><title>503 Service Unavailable</title></head></html>", r"without papers in it \(503 Service"),
        ("<!doctype html><p>hello", "without papers in it"),
        ("<html>" + "<b>" * 300_001, "more than 300,000 tags"),
        (page({"dailyPapers": []}).replace("&quot;", '"'), "without papers|no feed"),
    ],
)
def test_other_pages_are_refused(text: str, reason: str) -> None:
    """An error page is not an empty list; its title is in the message."""
    if "Not This One" in text:
        assert [paper.title for paper in read(text).papers] == ["Not This One"]
        return
    with pytest.raises(SourceRefused, match=reason):
        read(text)
