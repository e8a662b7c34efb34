"""What source strings mean, and what is said of those that mean nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import SettingsError
from digest.sources import resolve
from digest.sources.backfill import days
from digest.sources.fetch_arxiv import ArxivAnnouncements, ArxivHarvest, ArxivPapers, ArxivSearch
from digest.sources.fetch_hf import DailyPapers
from digest.sources.fetch_web import WebPage
from digest.sources.read_files import Files, StandardInput
from digest.sources.source import Source
from digest.sources.source_strings import days_between


def day(number: int, month: int = 11) -> date:
    """A day of 2026."""
    return date(2026, month, number)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("hf", DailyPapers(name="hf")),
        ("hf:2026-11-20", DailyPapers(name="hf:2026-11-20", days=(day(20),))),
        ("hf:2026-W47", DailyPapers(name="hf:2026-W47", days=days_between(day(16), day(23)))),
        ("HF:2026-w47", DailyPapers(name="hf:2026-W47", days=days_between(day(16), day(23)))),
        (
            "hf:2026-W53",
            DailyPapers(name="hf:2026-W53", days=days_between(day(28, 12), date(2027, 1, 4))),
        ),
        ("hf:2026-11", DailyPapers(name="hf:2026-11", days=days_between(day(1), day(1, 12)))),
        ("hf:2026-12", DailyPapers(name="hf:2026-12", days=days_between(day(1, 12), date(2027, 1, 1)))),
        ("arxiv:cs.CL", ArxivAnnouncements(name="arxiv:cs.CL", categories="cs.CL")),
        ("arXiv:cs.CL+cs.LG", ArxivAnnouncements(name="arxiv:cs.CL+cs.LG", categories="cs.CL+cs.LG")),
        ("arxiv:stat", ArxivAnnouncements(name="arxiv:stat", categories="stat")),
        (
            "arxiv:q-bio.NC+cond-mat.dis-nn",
            ArxivAnnouncements(name="arxiv:q-bio.NC+cond-mat.dis-nn", categories="q-bio.NC+cond-mat.dis-nn"),
        ),
        ("arxiv:id:2401.01234", ArxivPapers(name="arxiv:id:2401.01234", ids=("2401.01234",))),
        (
            "arxiv:id: arXiv:2401.01234v2, https://arxiv.org/abs/hep-th/9901001,2401.01234v2",
            ArxivPapers(name="arxiv:id:2401.01234v2,hep-th/9901001", ids=("2401.01234v2", "hep-th/9901001")),
        ),
        (
            "arxiv:search:all:agents AND cat:cs.CL",
            ArxivSearch(name="arxiv:search:all:agents AND cat:cs.CL", query="all:agents AND cat:cs.CL"),
        ),
        ("arxiv:oai:cs", ArxivHarvest(name="arxiv:oai:cs", subset="cs")),
        (
            "arxiv:oai:cs:cs:AI/2026-11-01/2026-11-08",
            ArxivHarvest(
                name="arxiv:oai:cs:cs:AI/2026-11-01/2026-11-08", subset="cs:cs:AI", since=day(1), until=day(8)
            ),
        ),
        ("https://example.org/feed", WebPage(name="https://example.org/feed", url="https://example.org/feed")),
        ("http://me:secret@nas/feed", WebPage(name="http://nas/feed", url="http://me:secret@nas/feed")),
        ("-", StandardInput()),
        (" papers/list.json ", Files(name="papers/list.json", path=Path("papers/list.json"))),
        ("hfx", Files(name="hfx", path=Path("hfx"))),
        ("./hf:2026-11-20", Files(name="./hf:2026-11-20", path=Path("hf:2026-11-20"))),
    ],
)
def test_every_form_names_its_source(text: str, source: Source) -> None:
    """The forms of the documentation, in the spellings people use; a name has neither password nor odd spelling."""
    assert resolve(text) == source


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no source"),
        ("hf:", "names no day, week or month"),
        ("hf:yesterday", "names no day, week or month"),
        ("hf:2026-02-30", "names no day, week or month"),
        ("hf:2026-W54", "names no day, week or month"),
        ("hf:2026-13", "names no day, week or month"),
        ("hf:9999-12", "names no day, week or month"),
        ("hf:9999-W52", "names no day, week or month"),
        ("arxiv:", "is no source"),
        ("arxiv:2401.01234", "write arxiv:id:2401.01234"),
        ("arxiv:id:", "is no source"),
        ("arxiv:id:,", "names no paper"),
        ("arxiv:id:2401.01234,abc", "holds `abc`, which is no arXiv id"),
        ("arxiv:search:", "is no source"),
        ("arxiv:cs.CL/../x", "is no source"),
        ("arxiv:oai:cs/2026-02-30", "holds an impossible date"),
        ("arxiv:oai:cs/2026-11-08/2026-11-08", "ends before it begins"),
        ("ftp://example.org/feed", "only http and https"),
        ("https://", "names no host"),
        ("https://example.org:99999/", "is no web address"),
        ("a\0b", "is no source"),
    ],
)
def test_what_means_nothing_is_told_what_there_is(text: str, words: str) -> None:
    """The message says what is wrong and lists the forms."""
    with pytest.raises(SettingsError) as caught:
        resolve(text)
    assert words in str(caught.value)
    assert "hf:2026-W47" in str(caught.value)


@given(st.text() | st.from_regex(r"(hf|arxiv|arxiv:id|arxiv:search|arxiv:oai|https)[:/].*", fullmatch=True))
def test_no_string_is_a_surprise(text: str) -> None:
    """Any text is a source with a name, or a SettingsError."""
    try:
        source = resolve(text)
    except SettingsError:
        return
    assert source.name


# Backfill


def test_a_span_of_the_daily_papers_is_cut_into_days() -> None:
    """The last day is not included; the names are those a person would write."""
    assert [(on, source.name) for on, source in days("hf", day(29, 10), day(1))] == [
        (day(29, 10), "hf:2026-10-29"),
        (day(30, 10), "hf:2026-10-30"),
        (day(31, 10), "hf:2026-10-31"),
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "arxiv:cs.CL+cs",
            "arxiv:search:(cat:cs.CL OR cat:cs.*) AND submittedDate:[202611200000 TO 202611202359]",
        ),
        ("arxiv:hep-th", "arxiv:search:(cat:hep-th) AND submittedDate:[202611200000 TO 202611202359]"),
        ("arxiv:search:all:x", "arxiv:search:(all:x) AND submittedDate:[202611200000 TO 202611202359]"),
        ("arxiv:oai:cs", "arxiv:oai:cs/2026-11-20/2026-11-21"),
    ],
)
def test_a_day_of_arxiv_is_a_source_of_its_own(text: str, name: str) -> None:
    """Past days are searched or harvested, and the name of a day resolves to the same source."""
    ((_, source),) = days(text, day(20), day(21))
    assert source.name == name
    assert resolve(name).name == name


@pytest.mark.parametrize(
    "text", ["-", "papers.json", "https://example.org/feed", "hf:2026-11-20", "arxiv:id:2401.01234"]
)
def test_what_has_no_past_is_said(text: str) -> None:
    """A file or a feed cannot be read day by day."""
    with pytest.raises(SettingsError, match="no past that could be read day by day"):
        days(text, day(20), day(21))


def test_an_empty_span_is_said() -> None:
    """From a day to itself there is nothing."""
    with pytest.raises(SettingsError, match="the last day is not included"):
        days("hf", day(20), day(20))
