"""The shipped sample: whole, valid, in our own words, and with the cases it promises."""

import importlib
import importlib.util
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from digest.models import Author, Paper, Signal

SAMPLE = Path(__file__).resolve().parent.parent / "digest" / "sample"
FILES = sorted(SAMPLE.glob("*.jsonl"))
READ_AT = time(10, tzinfo=UTC)
"""When the demo reads a day's file."""
ARXIV = re.compile(r"arxiv:\d{4}\.\d{5}")
INVENTED = re.compile(r"doi:10\.5555/digest-sample\.\d+")
LATEX = re.compile(r"\$[^$\n]*[\\^_][^$\n]*\$|\^\{?\d|\\[a-z]+")
LONGEST_SHARED_RUN = 7
RISING = {
    "arxiv:2605.15320": [4, 9, 40, 95],
    "arxiv:2605.18287": [10, 15, 58, 120],
    "arxiv:2605.20150": [2, 6, 48, 130],
}

Record = dict[str, Any]


def records() -> Iterator[tuple[date, Record]]:
    """Every line with the day of its file, in the order of reading."""
    for path in FILES:
        for line in path.read_text(encoding="utf-8").splitlines():
            yield date.fromisoformat(path.stem), json.loads(line)


def papers() -> dict[str, list[Record]]:
    """The lines of every paper, first to last."""
    by_id = defaultdict(list)
    for _, record in records():
        by_id[record["id"]].append(record)
    return dict(by_id)


def first_lines() -> dict[str, Record]:
    """Every paper as it was first read."""
    return {name: lines[0] for name, lines in papers().items()}


def words(text: str) -> list[str]:
    """The words of a text, bare of case and punctuation."""
    return re.findall(r"\w+", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """All sequences of `length` words in a text."""
    found = words(text)
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


def moment(text: str) -> datetime:
    """A moment as the files write it."""
    return datetime.fromisoformat(text)


def test_there_are_at_least_66_real_papers_over_six_weekdays() -> None:
    """It is large enough for six editions worth looking at."""
    assert sum(bool(ARXIV.fullmatch(name)) for name in papers()) >= 66
    days = [date.fromisoformat(path.stem) for path in FILES]
    assert len(days) == 6
    assert all(day.weekday() < 5 for day in days)


def test_every_line_says_which_paper_it_is_and_what_it_is_about() -> None:
    """No line lacks a valid id, a title or an abstract of some length."""
    for _, record in records():
        name = record["id"]
        assert ARXIV.fullmatch(name) or INVENTED.fullmatch(name), name
        assert record["title"].strip(), name
        assert 200 <= len(record["abstract"]) <= 1000, name
        assert 1 <= len(record.get("summary", "-")) <= 160, name


def test_fields_are_those_of_paper() -> None:
    """Every line builds a Paper by its own field names, so the form cannot drift from the vocabulary."""
    for _, record in records():
        authors = tuple(Author(**author) for author in record.pop("authors"))
        signals = tuple(Signal(**signal) for signal in record.pop("signals", ()))
        assert Paper(**record, authors=authors, signals=signals).id == record["id"]


def test_links_belong_to_the_paper() -> None:
    """The links of an arXiv paper carry its id; those of an invented one lead to example.org."""
    for _, record in records():
        kind, _, bare = record["id"].partition(":")
        if kind == "arxiv":
            assert record["url"] == f"https://arxiv.org/abs/{bare}"
            assert record["discussion_url"] == f"https://huggingface.co/papers/{bare}"
        else:
            assert record["url"].startswith("https://example.org/")
        assert all(record[key].startswith("https://") for key in record if key.endswith("_url"))


def test_nothing_is_known_before_it_happened() -> None:
    """List days and signals are never later than the morning that reads them, and signals never before the list day."""
    for day, record in records():
        listed = date.fromisoformat(record["listed_on"])
        assert listed <= day
        assert listed.weekday() < 5
        if "published_at" in record:
            assert moment(record["published_at"]).date() <= listed
        for signal in record.get("signals", ()):
            observed = moment(signal["observed_at"])
            assert listed <= observed.date(), record["id"]
            assert observed <= datetime.combine(day, READ_AT), record["id"]
            assert signal["value"] >= 0


def test_a_paper_read_again_changes_only_what_time_changes() -> None:
    """A second reading repeats title, authors and list day, so it is clearly the same paper."""
    later = ("signals", "version", "updated_at", "withdrawn")
    for name, lines in papers().items():
        same = [{key: line[key] for key in line if key not in later} for line in lines]
        assert all(line == same[0] for line in same), name


@pytest.mark.parametrize(
    ("field", "least"),
    [
        ("summary", 20),
        ("organizations", 15),
        ("code_url", 15),
        ("project_url", 20),
        ("categories", 5),
        ("keywords", 2),
        ("published_at", 2),
        ("pdf_url", 1),
        ("signals", 1),
    ],
)
def test_fields_are_missing_as_in_real_sources(field: str, least: int) -> None:
    """Some papers lack this field, and many have it."""
    missing = sum(field not in record for record in first_lines().values())
    assert least <= missing <= len(papers()) - 20


def test_a_paper_may_have_signals_but_no_upvotes() -> None:
    """No vote count is not the same as no vote."""
    metrics = {name: {s["metric"] for s in line.get("signals", ())} for name, line in first_lines().items()}
    assert any(seen and "upvotes" not in seen for seen in metrics.values())


def test_long_author_lists_and_names_beyond_ascii_occur() -> None:
    """At least four papers have more than forty authors; names carry accents, and one is Japanese."""
    authors = [[author["name"] for author in line["authors"]] for line in first_lines().values()]
    assert sum(len(names) > 40 for names in authors) >= 4
    letters = "".join(name for names in authors for name in names)
    assert set("üöéčŁß山") <= set(letters)


def test_latex_and_a_price_occur() -> None:
    """At least six papers carry LaTeX, and a dollar sign is also just money."""
    texts = [line["title"] + " " + line["abstract"] for line in first_lines().values()]
    assert sum(bool(LATEX.search(text)) for text in texts) >= 6
    assert any(r"$\mathcal{O}(n \log n)$" in text for text in texts)
    assert any(r"$\pi_0$" in text for text in texts)
    assert any(re.search(r"\$1,500", text) and text.count("$") == 1 for text in texts)


def test_hostile_titles_occur() -> None:
    """A real title has a stray backslash, and an invented one attacks whoever forgets to escape."""
    titles = {name: line["title"] for name, line in first_lines().items()}
    assert any("\\" in title and ARXIV.fullmatch(name) for name, title in titles.items())
    attacks = [name for name, title in titles.items() if '<script>alert(1)</script> & "quotes" <b>' in title]
    assert len(attacks) == 1
    assert INVENTED.fullmatch(attacks[0])


def test_one_paper_is_revised_and_only_an_invented_one_is_withdrawn() -> None:
    """A higher version comes on a later day; no real paper is said to be withdrawn."""
    versions = {name: [line.get("version") for line in lines] for name, lines in papers().items()}
    assert [name for name, seen in versions.items() if 2 in seen] == ["arxiv:2605.12058"]
    assert versions["arxiv:2605.12058"] == [1, 2]
    withdrawn = {name for name, lines in papers().items() if any(line.get("withdrawn") for line in lines)}
    assert withdrawn == {"doi:10.5555/digest-sample.2"}
    assert not papers()["doi:10.5555/digest-sample.2"][0].get("withdrawn")


def test_papers_come_late() -> None:
    """Some papers are first read on a morning after their list day."""
    first_days: dict[str, date] = {}
    for day, record in records():
        first_days.setdefault(record["id"], day)
    late = [name for name, line in first_lines().items() if date.fromisoformat(line["listed_on"]) < first_days[name]]
    assert len(late) == 4


@pytest.mark.parametrize(("name", "votes"), RISING.items())
def test_votes_take_off_days_later(name: str, votes: list[int]) -> None:
    """The morning readings of a rising paper climb steeply after a slow first day."""
    signals = [signal for line in papers()[name] for signal in line["signals"] if signal["metric"] == "upvotes"]
    mornings = [signal["value"] for signal in signals if signal["observed_at"].endswith("T09:00:00Z")]
    assert mornings == votes


def test_signals_are_observed_at_several_moments() -> None:
    """Many papers were read more than once, and no moment of a metric is told twice."""
    moments = {
        name: [(s["metric"], s["observed_at"]) for line in lines for s in line.get("signals", ())]
        for name, lines in papers().items()
    }
    assert all(len(seen) == len(set(seen)) for seen in moments.values())
    assert sum(len({at for _, at in seen}) > 1 for seen in moments.values()) >= 15


def test_the_texts_are_our_own(shared_data: Path) -> None:
    """No abstract or summary shares eight words in a row with the paper's own abstract or the list's summary."""
    ours = {name.removeprefix("arxiv:"): line for name, line in first_lines().items()}
    compared = set()
    for path in sorted((shared_data / "hf_daily").glob("2026-0[45]-*.json")):
        for item in json.loads(path.read_text(encoding="utf-8")):
            line = ours.get(item["paper"]["id"])
            if line is None:
                continue
            compared.add(item["paper"]["id"])
            theirs = f"{item['paper']['summary']}\n{item['paper'].get('ai_summary', '')}"
            own = line["abstract"] + "\n" + line.get("summary", "")
            assert not runs(own, LONGEST_SHARED_RUN + 1) & runs(theirs, LONGEST_SHARED_RUN + 1), line["id"]
    assert len(compared) >= 66


def test_the_facts_are_those_of_the_list(shared_data: Path) -> None:
    """Titles, authors and first readings of real papers are as the list of their day gave them."""
    for name, line in first_lines().items():
        if not ARXIV.fullmatch(name):
            continue
        listed = json.loads((shared_data / "hf_daily" / f"{line['listed_on']}.json").read_text(encoding="utf-8"))
        item = next(item for item in listed if f"arxiv:{item['paper']['id']}" == name)
        assert line["title"] == item["title"]
        assert [author["name"] for author in line["authors"]] == [one["name"] for one in item["paper"]["authors"]]
        real = {
            "upvotes": item["paper"]["upvotes"],
            "comments": item["numComments"],
            "github_stars": item["paper"].get("githubStars"),
        }
        assert all(signal["value"] == real[signal["metric"]] for signal in line.get("signals", ()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_our_reader_takes_every_line(path: Path) -> None:
    """The sources room reads the sample without setting a record aside."""
    if importlib.util.find_spec("digest.sources.recognise") is None:
        pytest.skip("the sources room is not in this checkout")
    parse = importlib.import_module("digest.sources.recognise").parse
    day = date.fromisoformat(path.stem)
    reading = parse(path.read_bytes(), observed_at=datetime.combine(day, READ_AT), source="sample", on=day)
    assert not reading.rejected
    expected = [record for at, record in records() if at == day]
    assert [paper.id for paper in reading.papers] == [record["id"] for record in expected]
    assert [paper.title for paper in reading.papers] == [record["title"] for record in expected]
    assert [len(paper.signals) for paper in reading.papers] == [len(record.get("signals", ())) for record in expected]
