"""Saved Daily Papers pages: exact lists, whatever stands above, below and between."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import SourceRefused
from digest.models import Reading
from digest.sources.page_lines import listed_day
from tests.sources.reading import NOW, read, read_file

HEADER = [
    "new",
    "Get trending papers in your email inbox!",
    "Subscribe",
    "Daily Papers",
    "byAK and the research community",
]
PAPERS = [
    (f"{what}: A Study of {how} Models", f"{what} is hard. We study {how} models and show that they work. " * 8)
    for what, how in [("Reranking", "Small"), ("Planning", "Large"), ("Is Vision Solved?", "Old"), ("Speech", "New")]
]
BODY = [line.strip() for paper in PAPERS for line in paper]


def titles(reading: Reading) -> list[str]:
    """The titles in order."""
    return [paper.title for paper in reading.papers]


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> dict[str, Any]:
    """What the pages in the shared data hold."""
    return dict(json.loads((shared_data / "pages" / "expected.json").read_text())["pages"])


VARIANTS: list[Callable[[str], str]] = [
    lambda page: page,
    lambda page: page + "\n",
    lambda page: page.replace("\n", "\r\n"),
    lambda page: page.replace("\n\n", "\n"),
    lambda page: page.replace("\n\n", "\n\n\n \n\n"),
    lambda page: page.replace(" ", "\xa0"),
    lambda page: "\ufeff" + page,
    lambda page: page + "\n\nLoad more\n\nCompany\n\nTOS\n\nPrivacy\n\n© Hugging Face",
    lambda page: "Hugging Face\n\nModels\n\nDatasets\n\nSearch\n\n" + page,
]


@pytest.mark.parametrize("change", VARIANTS)
def test_saved_pages_are_read_exactly(
    shared_data: Path, expected: dict[str, Any], change: Callable[[str], str]
) -> None:
    """All 236 papers with title and abstract to the letter, nothing set aside, however the page was saved."""
    total = 0
    for name, page in expected.items():
        reading = read(change((shared_data / "pages" / name).read_text()))
        assert (reading.form, reading.rejected) == ("saved-page", ())
        assert titles(reading) == [item["title"] for item in page["items"]]
        for paper, item in zip(reading.papers, page["items"], strict=True):
            assert len(paper.abstract) == item["abstract_length"]
            assert paper.abstract.startswith(item["abstract_start"])
            assert paper.abstract.endswith(item["abstract_end"])
        total += len(reading.papers)
    assert total == 236


def test_the_header_dates_the_page(shared_data: Path, expected: dict[str, Any]) -> None:
    """A date without a year is the latest that is not in the future; a page without one has no list day."""
    days = {name: {paper.listed_on for paper in read_file(shared_data / "pages" / name).papers} for name in expected}
    assert sorted(days.values(), key=str) == [{None}, {date(2025, 8, 11)}, {date(2026, 3, 13)}]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Aug 11", date(2025, 8, 11)),
        ("Jun 5", date(2026, 6, 5)),
        ("Jun 6", date(2025, 6, 6)),
        ("Aug 11, 2024", date(2024, 8, 11)),
        ("August 11th, 2024", date(2024, 8, 11)),
        ("11 August 2024", date(2024, 8, 11)),
        ("11 Aug", date(2025, 8, 11)),
        ("Mon, Aug 11", date(2025, 8, 11)),
        ("Sunday, Aug 11", date(2024, 8, 11)),
        ("2025-08-11", date(2025, 8, 11)),
        ("Daily Papers - Aug 11", date(2025, 8, 11)),
        ("Feb 29", date(2024, 2, 29)),
        ("Feb 30", None),
        ("Foo 11", None),
        ("Aug 11 papers on agents", None),
        ("May the Force", None),
    ],
)
def test_date_lines(line: str, expected: date | None) -> None:
    """Every usual spelling is known, as seen on 5 June 2026."""
    assert listed_day(line, NOW.date()) == expected


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        HEADER[::-1],
        HEADER[:3],
        ["Daily Papers"],
        ["Trending Papers", "by AK and the research community", "Mon, Aug 11"],
        ["Hugging Face", "Models", "Datasets", "Search models, datasets, users...", "Daily Papers", "236 results"],
        ["Some Unknown Banner", "Daily Papers"],
        ["Daily Papers", "Aug 11, 2025", "Daily", "Weekly", "Monthly", "Trending", "1,234"],
        [],
    ],
)
@pytest.mark.parametrize("gap", ["\n\n", "\n", "\r\n", "\n \n\n"])
def test_any_header_is_stripped(header: list[str], gap: str) -> None:
    """Lines of furniture in any order, or none at all, neither become papers nor shift them."""
    reading = read(gap.join([*header, *BODY]))
    assert titles(reading) == [title for title, _ in PAPERS]
    assert reading.rejected == ()


@pytest.mark.parametrize("missing", range(len(BODY)))
def test_a_missing_line_costs_one_paper(missing: int) -> None:
    """An orphan is set aside with its reason; the rest stay paired as they were."""
    reading = read("\n\n".join([*HEADER, *BODY[:missing], *BODY[missing + 1 :]]))
    assert titles(reading) == [title for place, (title, _) in enumerate(PAPERS) if place != missing // 2]
    (rejection,) = reading.rejected
    assert ("abstract without a title" if missing % 2 == 0 else "title without an abstract") in rejection.reason


def test_short_abstracts_are_paired_too() -> None:
    """One sentence is enough for an abstract."""
    lines = ["Daily Papers", "A First Title", "We show that it works.", "A Second Title", "This paper studies cats."]
    assert titles(read("\n".join(lines))) == ["A First Title", "A Second Title"]


def test_wrapped_paragraphs_are_joined() -> None:
    """A page saved with its lines wrapped at eighty columns is read like any other."""
    wrapped = "We study models that are\nlarge and slow. They are made\nsmall and fast here."
    (paper,) = read(f"Daily Papers\n\nA Title That Was\nWrapped As Well\n\n{wrapped}\n").papers
    assert (paper.title, paper.abstract) == ("A Title That Was Wrapped As Well", wrapped.replace("\n", " "))


def test_several_days_on_one_page() -> None:
    """A date between papers dates those below it."""
    lines = ["Daily Papers", "Aug 12", *BODY[:2], "Aug 11", *BODY[2:4]]
    assert [paper.listed_on for paper in read("\n\n".join(lines)).papers] == [date(2025, 8, 12), date(2025, 8, 11)]


def test_the_callers_day_serves_a_page_without_one() -> None:
    """`on` fills in where the page has no date, and only there."""
    day = date(2026, 1, 2)
    assert read("\n".join(["Daily Papers", *BODY]), on=day).papers[0].listed_on == day
    assert read("\n".join(["Daily Papers", "Aug 11", *BODY]), on=day).papers[0].listed_on == date(2025, 8, 11)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 8, 11), date(2024, 8, 11)),
        (date(2024, 8, 14), date(2024, 8, 11)),
        (date(2024, 3, 1), date(2024, 8, 11)),
        (date(2024, 1, 2), date(2023, 8, 11)),
    ],
)
def test_the_callers_day_tells_the_year_of_a_date_without_one(day: date, expected: date) -> None:
    """A page saved long ago is of the year that is named, or of the one next to it."""
    assert read("\n".join(["Daily Papers", "Aug 11", *BODY]), on=day).papers[0].listed_on == expected


@pytest.mark.parametrize(
    "text",
    [
        "Just a few words.",
        "# A README\n\nIt says how to install the thing, at some length so that it is not short. "
        + "More words. " * 30,
        "one\ntwo\nthree\nfour",
        "a,b,c\n1,2,3\n4,5,6",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    """Text that is no such page is of no known form, and the refusal names the forms."""
    with pytest.raises(SourceRefused, match="no known form; known are"):
        read(text)


def test_an_empty_page_is_an_empty_list() -> None:
    """A header without papers is a day without papers."""
    assert read("\n".join(HEADER)) == Reading(form="saved-page")


@given(st.lists(st.text(max_size=60), max_size=30), st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001
def test_any_lines_are_read(lines: list[str], now: datetime) -> None:
    """No text under the header makes reading fail, and list days are never in the future."""
    moment = now.replace(tzinfo=UTC)
    for paper in read("\n".join(["Daily Papers", *lines]), now=moment).papers:
        assert paper.listed_on is None or "20" in "".join(lines) or paper.listed_on <= moment.date()
