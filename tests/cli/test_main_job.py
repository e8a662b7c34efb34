"""Facts about the main job at the command line: papers in, an edition, a digest and feeds out."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import record


@pytest.fixture
def published(digest, write_papers):
    """A site with one edition of three papers."""
    path = write_papers(record(1), record(2), record(3, title="Folding a protein", abstract="A protein model."))
    assert digest("ingest", path).code == 0
    assert digest("publish").code == 0
    return digest


def test_ingest_reports_every_source_in_the_agreed_form(digest, write_papers):
    """Counts, what was set aside, and a verdict; a second reading changes nothing."""
    path = write_papers(record(1), record(2))
    first = digest("ingest", path, "--json").document
    second = digest("--json", "ingest", path).document
    assert first["sources"][0] == {
        "source": path,
        "read": 2,
        "new": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": [],
        "verdict": "fresh",
    }
    assert (second["sources"][0]["new"], second["sources"][0]["unchanged"]) == (0, 2)


def test_a_bad_record_is_set_aside_and_the_rest_is_kept(digest, write_papers):
    """Exit code 3, the reason on standard error, the good paper stored."""
    path = write_papers(record(1), {"abstract": "no title"})
    done = digest("ingest", path)
    assert done.code == 3
    assert "set aside" in done.err
    assert [paper["id"] for paper in digest("papers", "--json").document] == ["arxiv:2605.00001"]


def test_a_failing_source_does_not_stop_the_others(digest, write_papers):
    """Exit code 3, and the other source was read."""
    done = digest("ingest", "missing-file.jsonl", write_papers(record(1)), "--json")
    assert done.code == 3
    assert [(run["verdict"], run["new"]) for run in done.document["sources"]] == [("down", 0), ("fresh", 1)]


def test_standard_input_is_a_source(digest):
    """`-` reads what is piped in."""
    done = digest("ingest", "-", "--json", stdin=json.dumps(record(7)).encode())
    assert done.document["sources"][0]["new"] == 1


def test_papers_have_the_agreed_fields(published):
    """Ids, authors as names, newest signals with null for what was never seen."""
    paper = published("papers", "--query", "task 2", "--json").document[0]
    assert {key: paper[key] for key in paper if key not in {"score", "primary_topic", "topics"}} == {
        "id": "arxiv:2605.00002",
        "title": "An agent for task 2",
        "abstract": "We present tool use number 2. It works.",
        "authors": ["Ada Lovelace", "Emmy Noether"],
        "listed_on": "2026-05-18",
        "url": "https://arxiv.org/abs/2605.00002",
        "signals": {"upvotes": 2, "comments": 1, "github_stars": None},
    }
    assert paper["primary_topic"] == paper["topics"][0] == "agents"
    assert isinstance(paper["score"], float)


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (("--sort", "votes"), [3, 2, 1]),
        (("--sort", "trend", "--limit", "1"), [3]),
        (("--topic", "agents", "--sort", "votes"), [2, 1]),
        (("--author", "noether", "--limit", "2", "--sort", "votes"), [3, 2]),
        (("--query", "protein OR nothing"), [3]),
        (("--query", 'NOT "tool use"'), [3]),
        (("--on", "2026-05-19"), []),
        (("--since", "2026-05-17", "--until", "2026-05-18", "--sort", "votes"), [3, 2, 1]),
    ],
)
def test_papers_are_narrowed_and_ordered(published, words, numbers):
    """Every option does what its help says."""
    found = published("papers", *words, "--json").document
    assert [int(paper["id"][-1]) for paper in found] == numbers


def test_an_edition_is_closed_once(published):
    """Publishing again with nothing new closes none; the edition lists its sections."""
    again = published("publish", "--json").document
    shown = published("editions", "show", "1", "--json").document
    assert (again["number"], again["sections"]) == (None, [])
    assert (shown["number"], shown["date"], shown["verdict"]) == (1, "2026-05-18", "fresh")
    assert [(section["topic"], len(section["papers"])) for section in shown["sections"]] == [
        ("agents", 2),
        ("science", 1),
    ]


def test_late_papers_fall_into_the_next_edition(published, write_papers):
    """The second edition holds only what came since."""
    published("ingest", write_papers(record(4), name="more.jsonl"))
    edition = published("--now", "2026-05-19T10:00Z", "publish", "--json").document
    assert edition["number"] == 2
    assert [paper["id"] for section in edition["sections"] for paper in section["papers"]] == ["arxiv:2605.00004"]
    assert edition["sections"][0]["papers"][0]["reason"] == "late"


@pytest.mark.parametrize(
    ("form", "start"),
    [("html", "<!doctype html>"), ("text", "Daily Papers"), ("eml", "From: "), ("markdown", "# "), ("json", "{")],
)
def test_a_digest_is_shown_in_every_form(published, tmp_path, form, start):
    """The same bytes on another day, to a file or to standard output, and every paper is in them."""
    shown = published("preview", "1", "--format", form)
    later = published("--now", "2027-01-01", "preview", "1", "--format", form, "--output", str(tmp_path / "x" / "out"))
    assert (shown.code, later.code) == (0, 0)
    assert shown.out.lower().lstrip().startswith(start.lower())
    assert (tmp_path / "x" / "out").read_bytes() == shown.out.encode()
    for number in (1, 2, 3):
        assert f"2605.0000{number}" in shown.out


def test_a_digest_is_narrowed(published):
    """Topics, a maximum and a minimum of upvotes."""
    narrowed = published("preview", "--topics", "agents", "--max", "1", "--format", "json").document
    assert [section["topic"] for section in narrowed["sections"]] == ["agents"]
    assert narrowed["left_out"] == 1


def test_what_waits_is_previewed_before_it_is_published(digest, write_papers):
    """Without an edition the preview shows what the next one would hold, and closes nothing."""
    digest("ingest", write_papers(record(1)))
    assert digest("preview", "--format", "json").document["number"] == 1
    assert digest("editions", "--json").document == []


def test_feeds_are_written_once(published, tmp_path):
    """Everything a plain web server needs; a second run writes nothing."""
    first = published("feeds", "--output", str(tmp_path / "www"), "--json").document
    second = published("feeds", "--output", str(tmp_path / "www"), "--json").document
    names = {f"{feed}.{form}" for feed in ("all", "agents", "editions", "weekly") for form in ("rss", "atom", "json")}
    assert names | {"feeds.opml", "index.html"} <= set(first["written"])
    assert all((tmp_path / "www" / name).exists() for name in names)
    assert second["written"] == []


def test_a_paper_is_explained(published):
    """Topics with confidence and reason, the score with its line; any spelling of the id is understood."""
    told = published("topics", "explain", "https://arxiv.org/abs/2605.00003v2", "--json").document
    assert told["topics"][0]["topic"] == "science"
    assert "protein" in told["topics"][0]["why"]
    assert "3 upvotes" in told["why"]


def test_topics_are_listed_with_their_papers(published):
    """The eighteen shipped topics, each with how many papers it has."""
    listed = published("topics", "--json").document
    assert len(listed) == 18
    assert {topic["slug"]: topic["papers"] for topic in listed}["science"] == 1
