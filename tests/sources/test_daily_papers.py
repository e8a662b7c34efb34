"""Hugging Face's Daily Papers in every form it has had."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models import Author, Paper, Rejection
from digest.sources.daily_papers import parse_item
from digest.sources.record import Origin
from tests.sources.reading import NOW, names, only, read, read_file


def item(**changes: Any) -> dict[str, Any]:
    """An item of the list as the API writes it; `outer_…` changes the item, the rest the paper."""
    paper = {
        "id": "2601.00001",
        "authors": [
            {"_id": "1", "name": "Ada One", "hidden": False},
            {"_id": "2", "name": "Bea Two", "hidden": True},
            {"_id": "3", "user": {"fullname": "Cy Three", "user": "cy"}, "hidden": False},
        ],
        "publishedAt": "2025-12-31T04:17:36.000Z",
        "submittedOnDailyAt": "2026-01-05T00:21:56.456Z",
        "title": "A title",
        "summary": "An abstract.",
        "upvotes": 68,
        "githubStars": 12,
        "githubRepo": "https://github.com/a/b",
        "projectPage": "https://a.example/",
        "ai_summary": "One line.",
        "ai_keywords": ["agents"],
        "organization": {"name": "tencent", "fullname": "Tencent"},
    }
    outer = {
        "publishedAt": "2025-12-30T23:17:36.000Z",
        "numComments": 3,
        "thumbnail": "https://cdn.example/x.png",
        "submittedBy": {"name": "x"},
    }
    paper |= {key: value for key, value in changes.items() if not key.startswith("outer_")}
    outer |= {key.removeprefix("outer_"): value for key, value in changes.items() if key.startswith("outer_")}
    keep = {key: value for key, value in paper.items() if value is not None}
    return {"paper": keep, **{key: value for key, value in outer.items() if value is not None}}


def test_every_field_of_an_item() -> None:
    """Votes and stars are the paper's, comments and picture the list's; hidden authors are left out."""
    paper = only(json.dumps([item()]))
    assert paper.id == "arxiv:2601.00001"
    assert paper.authors == (Author(name="Ada One"), Author(name="Cy Three"))
    assert (paper.latest("upvotes"), paper.latest("comments"), paper.latest("github_stars")) == (68, 3, 12)
    assert {signal.observed_at for signal in paper.signals} == {NOW}
    assert paper.listed_on == date(2026, 1, 5)
    assert paper.summary == "One line."
    assert paper.keywords == ("agents",)
    assert paper.organizations == ("Tencent",)
    assert paper.url == "https://arxiv.org/abs/2601.00001"
    assert paper.pdf_url == "https://arxiv.org/pdf/2601.00001"
    assert paper.discussion_url == "https://huggingface.co/papers/2601.00001"
    assert paper.code_url == "https://github.com/a/b"
    assert paper.project_url == "https://a.example/"
    assert paper.thumbnail_url == "https://cdn.example/x.png"


@pytest.mark.parametrize(
    ("changes", "on", "hint", "expected"),
    [
        ({}, date(2026, 2, 2), "2026-03-03.json", date(2026, 1, 5)),
        ({"submittedOnDailyAt": None}, date(2026, 2, 2), "", date(2026, 2, 2)),
        # 21:47 in New York is the next day in UTC
        ({"submittedOnDailyAt": None, "outer_publishedAt": "2026-01-12T21:47:33.594Z"}, None, "", date(2026, 1, 13)),
        # four or five hours before the paper's own date it says nothing about the list
        ({"submittedOnDailyAt": None}, None, "", None),
        ({"submittedOnDailyAt": None}, None, "lists/2026-03-03.json", date(2026, 3, 3)),
        ({"submittedOnDailyAt": "0000-00-00", "outer_publishedAt": None}, None, "", None),
    ],
)
def test_the_list_day(changes: dict[str, Any], on: date | None, hint: str, expected: date | None) -> None:
    """The paper's own list day, else the caller's, else the file name's, else the outer date in New York."""
    (paper,) = read(json.dumps([item(**changes)]), on=on, hint=hint).papers
    assert paper.listed_on == expected


@pytest.mark.parametrize(
    "wrap",
    [
        lambda one: [one],
        lambda one: {"date": "2026-01-05", "data": [one]},
        lambda one: {"dailyPapers": [one], "dateString": "2026-01-05"},
        lambda one: {"status": "success", "result": {"papers": [one]}},
        lambda one: one,
        lambda one: one["paper"],
        lambda one: [one["paper"]],
    ],
)
def test_lists_items_and_papers_alone(wrap: Any) -> None:
    """Whatever is wrapped around an item, it is found, and a paper alone is one too."""
    paper = only(json.dumps(wrap(item())))
    assert (paper.id, paper.listed_on, paper.latest("upvotes")) == ("arxiv:2601.00001", date(2026, 1, 5), 68)


def test_lines_of_items() -> None:
    """Items one a line are read like a list of them."""
    lines = "\n".join(json.dumps(item(id=f"2601.0000{number}")) for number in range(1, 4))
    assert [paper.id[-1] for paper in read(lines).papers] == ["1", "2", "3"]


def test_a_paper_listed_twice_is_one_with_the_higher_votes() -> None:
    """Duplicates within a list merge."""
    paper = only(json.dumps([item(upvotes=2), item(upvotes=42)]))
    assert paper.latest("upvotes") == 42


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{'paper': {'id': '2412.09596'}}", "Python text"),
        ({"paper": {"id": "2601.00009"}}, "no title"),
        ({"paper": "x"}, "no object"),
        (None, "no object"),
        (7, "no object"),
        ([], "no object"),
    ],
)
def test_one_bad_item_does_not_end_the_list(bad: object, reason: str) -> None:
    """It is set aside with its reason, the others are read."""
    reading = read(json.dumps([item(), bad, item(id="2601.00002")]))
    assert len(reading.papers) == 2
    (rejection,) = reading.rejected
    assert reason in rejection.reason


def test_the_files_of_2026_are_read_whole(shared_data: Path) -> None:
    """Every item of every list is a paper, and its list day is the file's date."""
    for path in sorted((shared_data / "hf_daily").glob("2026-0[135]*.json")):
        reading = read_file(path)
        assert reading.rejected == ()
        assert len(reading.papers) == len(json.loads(path.read_text()))
        assert {str(paper.listed_on) for paper in reading.papers} == {path.stem}
        assert all(paper.authors and paper.abstract and paper.id.startswith("arxiv:") for paper in reading.papers)


def test_older_shapes_are_read_whole(shared_data: Path) -> None:
    """Since May 2024 nothing is lost, and the list day is found although no field has it."""
    for path in sorted((shared_data / "hf_daily" / "older_shapes").glob("*.json")):
        reading = read_file(path)
        assert reading.rejected == ()
        assert len(reading.papers) == len(json.loads(path.read_text()))
        assert {str(paper.listed_on) for paper in reading.papers} == {path.stem}


@pytest.mark.parametrize(("name", "records"), [("2024-12-13.json", 23), ("2025-01-10.json", 9)])
def test_damaged_lists_are_rejected_one_by_one(shared_data: Path, name: str, records: int) -> None:
    """Python text instead of objects: each record is named by its id and set aside."""
    reading = read_file(shared_data / "hf_daily" / "damaged" / name)
    assert reading.papers == ()
    assert len(reading.rejected) == records
    assert all(rejection.record.startswith("2") for rejection in reading.rejected)


def test_a_list_that_breaks_off_gives_its_start() -> None:
    """The items before the break are read; that something is missing is said."""
    text = json.dumps([item(id=f"2601.{number:05}", title=f"Title {number}") for number in range(1, 20)])
    reading = read(text[: len(text) // 2])
    assert 5 <= len(reading.papers) <= 10
    assert "cannot be read to its end" in reading.rejected[-1].reason


def test_authors_keep_their_order() -> None:
    """Order is the paper's, names are as written."""
    authors = [{"name": f"Author {number}"} for number in range(60)]
    assert names(only(json.dumps([item(authors=authors)]))) == [f"Author {number}" for number in range(60)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
keys = st.sampled_from(
    ["id", "title", "summary", "authors", "upvotes", "publishedAt", "submittedOnDailyAt", "organization", "thumbnail",
     "ai_keywords", "githubStars", "githubRepo", "paper", "numComments"]
)  # fmt: skip


@given(st.dictionaries(keys, json_values), st.dictionaries(keys, json_values))
def test_no_value_in_any_field_breaks_an_item(paper: dict[str, Any], outer: dict[str, Any]) -> None:
    """Fields of the wrong type are ignored or the item is set aside, never more."""
    found = parse_item({**outer, "paper": paper}, Origin(NOW, "test"))
    assert isinstance(found, (Paper, Rejection))
