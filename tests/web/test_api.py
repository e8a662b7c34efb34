"""Facts about the JSON API: Hugging Face's shape, its parameters, and that our own source reads it back."""

from __future__ import annotations

import re
from datetime import date

import pytest

from digest.ingest import ingest
from digest.models import Query
from digest.site import Site
from digest.store import Store
from tests.web.conftest import NOW

ITEM = {"paper", "publishedAt", "title", "summary", "numComments", "isAuthorParticipating"}
PAPER = {"id", "title", "summary", "authors", "submittedOnDailyAt", "upvotes"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_the_shape_is_hugging_faces(web):
    """Every item has their keys; what is not known is absent, never null; moments are UTC with milliseconds."""
    items = web.client.get("/api/daily_papers", params={"limit": 100}).json()
    assert len(items) == len(web.store.find_papers(Query()))
    for item in items:
        assert item.keys() >= ITEM
        assert item["paper"].keys() >= PAPER
        assert None not in [*item.values(), *item["paper"].values()]
        assert MOMENT.fullmatch(item["publishedAt"])
        assert MOMENT.fullmatch(item["paper"]["submittedOnDailyAt"])
        assert all(author["name"] for author in item["paper"]["authors"])


@pytest.mark.parametrize(
    ("params", "since", "until"),
    [
        ({"date": "2026-05-18"}, "2026-05-18", "2026-05-19"),
        ({"date": "2026-05-17"}, "2026-05-17", "2026-05-18"),
        ({"week": "2026-W21"}, "2026-05-18", "2026-05-25"),
        ({"month": "2026-05"}, "2026-05-01", "2026-06-01"),
        ({"month": "2026-04"}, "2026-04-01", "2026-05-01"),
        ({"date": "2026-05-18", "week": "2026-W21", "month": "2026-05"}, "2026-05-18", "2026-05-19"),
        ({"date": "2026-05-18", "month": "2026-04"}, "2026-05-18", "2026-05-01"),
        ({"week": "2027-W53"}, "2027-12-31", "2027-12-31"),
        ({"month": "9999-12"}, "9999-12-01", "9999-12-31"),
        ({"month": "0000-01"}, "0001-01-01", "0001-01-01"),
        ({"month": "2025-12"}, "2025-12-01", "2026-01-01"),
        ({"date": "2026-05-18", "sort": "trending"}, "2026-05-18", "2026-05-19"),
    ],
)
def test_days_weeks_and_months(web, params, since, until):
    """The lists that are asked for and no others."""
    items = web.client.get("/api/daily_papers", params={"limit": 100, **params}).json()
    wanted = Query(since=date.fromisoformat(since), until=date.fromisoformat(until))
    known = {known.paper.id.removeprefix("arxiv:") for known in web.store.find_papers(wanted)}
    assert {item["paper"]["id"] for item in items} == known


@pytest.mark.parametrize("sort", ["publishedAt", "trending"])
def test_pages_add_up(web, sort):
    """Pages until a short one have every paper once, in the order of one long page."""
    whole = [item["paper"]["id"] for item in web.client.get(f"/api/daily_papers?limit=100&sort={sort}").json()]
    pages, number = [], 0
    while True:
        page = web.client.get(f"/api/daily_papers?limit=10&p={number}&sort={sort}").json()
        pages += [item["paper"]["id"] for item in page]
        number += 1
        if len(page) < 10:
            break
    assert pages == whole


@pytest.mark.parametrize(
    "query",
    [
        "date=xx",
        "date=0",
        "date=2026-02-30",
        "week=2026-W60",
        "week=2026-W00",
        "week=W21",
        "month=2026-13",
        "p=-1",
        "limit=0",
        "limit=101",
        "sort=votes",
    ],
)
def test_what_is_not_possible_is_said(web, query):
    """422 with one line as JSON."""
    answer = web.client.get(f"/api/daily_papers?{query}")
    assert answer.status_code == 422
    assert answer.json()["error"]


def test_it_is_revalidated(web):
    """An entity tag, a minute of caching, and 304 for who has it."""
    first = web.client.get("/api/daily_papers")
    assert first.headers["cache-control"] == "public, max-age=60"
    again = web.client.get("/api/daily_papers", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_our_own_source_reads_it_back(web, tmp_path):
    """Another site that takes this one for Hugging Face has the same papers: ids, titles, votes and days."""
    (tmp_path / "digest.toml").write_text(f'[ingest]\nhf_url = "{web.url}/api/daily_papers"\n')
    site = Site.open(tmp_path)
    day = date(2026, 5, 18)
    with Store.open(site.database_url) as store:
        (run,) = ingest(store, [f"hf:{day}"], site=site, now=NOW, on=day)
        mine = {known.paper.id: known.paper for known in store.find_papers(Query())}
    theirs = {
        known.paper.id: known.paper
        for known in web.store.find_papers(Query())
        if known.paper.listed_on == day and known.paper.id.startswith("arxiv:")
    }
    assert not run.rejected
    assert theirs
    for name, paper in theirs.items():
        assert mine[name].title == paper.title
        assert mine[name].latest("upvotes") == (paper.latest("upvotes") or 0)
        assert mine[name].listed_on == day
        assert [author.name for author in mine[name].authors] == [author.name for author in paper.authors]


def test_it_is_documented(web):
    """The OpenAPI document has the API with its shape, and every page's answers."""
    document = web.client.get("/openapi.json").json()
    parameters = {each["name"] for each in document["paths"]["/api/daily_papers"]["get"]["parameters"]}
    assert parameters == {"date", "week", "month", "p", "limit", "sort"}
    assert document["components"]["schemas"]["DailyPaper"]
    assert document["paths"]["/unsubscribe/{token}"]["post"]["requestBody"]["content"].keys() == {
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    }
