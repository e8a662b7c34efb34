"""What an operator tunes and judges at the command line: topic files, labels, the order, what is new."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from digest.cli.given import spread
from digest.cli.topic_evaluation import confusion_picture
from tests.cli.conftest import Command, record

Write = Callable[..., str]

SPEECH = {"title": "Speech recognition and text-to-speech", "abstract": "Speech synthesis of many voices."}
FOLDING = {"title": "Folding a protein", "abstract": "A protein model for drug discovery."}
BEES = """
title = "Bees"
description = "Honey bees in the apiary"
{rest}
[rules]
any = ["honey bee", "apiary"]
"""


@pytest.fixture
def labels(tmp_path: Path) -> str:
    """Labels of papers 1 to 3, the first right, the second right as a secondary topic, the third wrong."""
    path = tmp_path / "labels.tsv"
    path.write_text("2605.00001\taudio\t\narxiv:2605.00002\tsociety\taudio,science\n2605.00003\trobotics\t\n")
    return str(path)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("f --papers a b -x", "f --papers a --papers b -x"),
        ("f --papers a --papers b c", "f --papers a --papers b --papers c"),
        ("f --papers -", "f --papers -"),
        ("--papers a b f", "--papers a --papers b f"),
        ("--papers a", "--papers a"),
        ("f --papers", "f --papers"),
        ("f --labels categories", "f --labels categories"),
    ],
)
def test_one_option_names_many_sources(given: str, read: str) -> None:
    """`--papers` takes the words up to the next option."""
    assert spread(given.split()) == read.split()


def test_labels_are_held_against_the_papers_of_the_database(digest: Command, write_papers: Write, labels: str) -> None:
    """The agreed keys, over the labels whose paper is known."""
    digest("ingest", write_papers(record(1, **SPEECH), record(2, **SPEECH)))
    report = digest("topics", "evaluate", labels, "--json").document
    assert {key: report[key] for key in ("accuracy", "acceptable", "papers", "without_paper")} == {
        "accuracy": 0.5,
        "acceptable": 1.0,
        "papers": 2,
        "without_paper": 1,
    }
    assert report["macro_f1"] == 0.0
    assert report["per_topic"]["audio"] == {"papers": 1, "precision": 0.5, "recall": 1.0, "f1": 0.6667}


def test_labels_are_held_against_given_papers(
    digest: Command, write_papers: Write, labels: str, tmp_path: Path
) -> None:
    """Any sources, several at once; no database is made; every table is shown."""
    first = write_papers(record(1, **SPEECH), record(2, **SPEECH))
    second = write_papers(record(3, **FOLDING), {"abstract": "no title"}, name="more.jsonl")
    shown = digest("topics", "evaluate", labels, "--papers", first, second)
    assert (shown.code, list(tmp_path.glob("*.db"))) == (0, [])
    assert "accuracy 0.333   acceptable 0.667" in shown.out
    assert "robotics → science" in shown.out
    assert "1 record could not be read" in shown.err


def test_the_confusion_picture_has_a_row_and_a_column_for_each_topic() -> None:
    """Counts where papers went; a topic that was only assigned has a row too."""
    assert confusion_picture({"audio": {"audio": 12, "video": 1}}) == [
        "          1  2",
        "audio  1 12  1",
        "video  2  ·  ·",
    ]


def test_the_confusion_picture_fits_the_terminal() -> None:
    """Names are cut, numbers never."""
    matrix = {"reinforcement-learning": {"audio": 3}}
    assert confusion_picture(matrix, 17) == ["              1 2", "audio       1 · ·", "reinforcem  2 3 ·"]
    assert confusion_picture(matrix, 5)[2] == "rein  2 3 ·"


def test_arxiv_categories_are_labels_too(digest: Command, tmp_path: Path) -> None:
    """Papers are judged by the topics their primary category stands for; those it says nothing about are left out."""
    path = tmp_path / "arxiv.jsonl"
    records = [
        {"id": "2605.00001", **SPEECH, "primary_category": "cs.SD", "categories": ["cs.SD", "cs.LG"]},
        {"id": "2605.00002", **FOLDING, "primary_category": "cs.SD", "categories": ["cs.SD"]},
        {"id": "2605.00003", **FOLDING, "primary_category": "cs.LG", "categories": ["cs.LG"]},
    ]
    path.write_text("\n".join(map(json.dumps, records)))
    report = digest("topics", "evaluate", str(path), "--labels", "categories", "--json").document
    assert (report["papers"], report["accuracy"]) == (2, 0.5)


@pytest.mark.usefixtures("labels")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("labels.tsv",), "none of its 3 papers is known"),
        (("missing.tsv",), "No such file"),
        (("labels.tsv", "--papers", "missing.jsonl"), "no such file"),
        (("labels.tsv", "--labels", "categories", "--papers", "x"), "leave out --papers"),
        (("bad.tsv",), "line 1: wants id<TAB>primary"),
        (("latin.tsv",), "is not UTF-8"),
        (("papers.jsonl",), "--labels categories"),
    ],
)
def test_what_cannot_be_judged_is_said_in_one_line(
    digest: Command, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """A wrong file, unknown papers, options that do not go together."""
    (tmp_path / "bad.tsv").write_text("2605.00001\n")
    (tmp_path / "latin.tsv").write_bytes(b"2605.00001\t\xff\n")
    (tmp_path / "papers.jsonl").write_text('{"id": "2605.00001"}\n')
    done = digest("topics", "evaluate", *words)
    assert (done.code in {1, 2}, said in done.err, done.err.count("\n")) == (True, True, 1)


def test_a_topic_file_is_tried(digest: Command, write_papers: Write, tmp_path: Path) -> None:
    """What it would catch of the last days, how surely and why; older papers are not looked at; nothing changes."""
    bee = {"title": "Counting honey bees", "abstract": "Cameras in an apiary."}
    old = record(3, **bee, listed_on="2026-03-01")
    digest("ingest", write_papers(record(1, **bee), record(2), old))
    path = tmp_path / "bees.toml"
    path.write_text(BEES.format(rest='examples = ["2605.09999"]'))
    told = digest("topics", "try", str(path), "--json").document
    assert (told["topic"], told["looked_at"], told["unknown_examples"]) == ("bees", 2, ["2605.09999"])
    assert [(paper["id"], paper["assigned"]) for paper in told["papers"]] == [("arxiv:2605.00001", True)]
    assert told["papers"][0]["confidence"] > 0.5
    shown = digest("topics", "try", str(path), "--days", "90")
    assert "bees: 2 of 3 papers of the last 90 days (66.7%), 0 near" in shown.out
    assert '"honey bee" in the title' in shown.out
    assert "bees" not in {topic["slug"] for topic in digest("topics", "--json").document}


def test_a_topic_file_that_is_wrong_is_explained(digest: Command, tmp_path: Path) -> None:
    """A bad key, a file that is off, an empty database."""
    path = tmp_path / "bees.toml"
    path.write_text("title = 'Bees'\ncolour = 'yellow'\n")
    assert "colour" in digest("topics", "try", str(path)).err
    path.write_text("title = 'Bees'\nenabled = false\n")
    assert "nothing to try" in digest("topics", "try", str(path)).err
    path.write_text(BEES.format(rest=""))
    assert "no paper of the last 28 days" in digest("topics", "try", str(path)).err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"title = 'Bees'\n[rules]\nany = 'bee'\n", 'rules.any: wants a list, such as ["one", "two"]'),
        (b"title = 'Bees'\n[rules]\nanny = ['bee']\n", "rules.anny: is not a known key"),
        (b"[rules]\nany = ['bee']\n", "title: is missing"),
        (b"title = 5\n", "title: wants a text in quotes"),
        (b"title = 'B\xfcgs'\n", "is not UTF-8 text"),
    ],
)
def test_a_mistake_in_a_topic_file_is_told_in_the_words_of_the_file(
    digest: Command, tmp_path: Path, content: bytes, said: str
) -> None:
    """The key that is wrong, and what it wants."""
    path = tmp_path / "bees.toml"
    path.write_bytes(content)
    done = digest("topics", "try", str(path))
    assert (done.code, said in done.err, done.err.count("\n")) == (1, True, 1)


def test_a_topic_file_that_finds_nothing_gets_advice(digest: Command, write_papers: Write, tmp_path: Path) -> None:
    """Where it says nothing, what to give it; else what may find something. A byte-order mark is no mistake."""
    digest("ingest", write_papers(record(1, **SPEECH)))
    path = tmp_path / "bees.toml"
    path.write_text("title = 'Bees'\n", encoding="utf-8-sig")
    assert "give it keywords" in digest("topics", "try", str(path)).err
    path.write_text("title = 'Bees'\n[rules]\nany = ['apiary']\n")
    assert "a broader keyword" in digest("topics", "try", str(path)).err
    assert "No such file" in digest("topics", "try", str(tmp_path / "missing.toml")).err
    assert "is a folder" in digest("topics", "try", str(tmp_path)).err


def test_examples_work_as_soon_as_they_are_read(digest: Command, write_papers: Write, tmp_path: Path) -> None:
    """A topic that is only its examples catches papers like them, also those read before the example was."""
    forest = {"title": "Satellite image segmentation", "abstract": "Remote sensing of forests from orbit."}
    like = {"title": "Remote sensing and segmentation of satellite imagery", "abstract": "Forests seen from orbit."}
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "project.toml").write_text(
        "title = 'My project'\nexamples = ['https://arxiv.org/abs/2605.00007']\n"
    )

    def confidence() -> float:
        told = digest("topics", "explain", "2605.00001", "--json").document
        return next((entry["confidence"] for entry in told["topics"] if entry["topic"] == "project"), 0.0)

    digest("ingest", write_papers(record(1, **like)))
    before = confidence()
    digest("ingest", write_papers(record(7, **forest), name="example.jsonl"))
    found = {paper["id"] for paper in digest("papers", "--topic", "project", "--json").document}
    assert confidence() > before
    assert "arxiv:2605.00001" in found


def test_the_order_is_judged_by_what_readers_made_of_it(digest: Command, write_papers: Write, tmp_path: Path) -> None:
    """The agreed keys; papers from the database or given; the folder needs its two files."""
    numbers = range(1, 7)
    papers = write_papers(*(record(number) for number in numbers))
    folder = tmp_path / "traffic"
    assert "no such folder" in digest("trend", "evaluate", str(folder)).err
    folder.mkdir()
    order = [f"2605.{number:05}" for number in reversed(numbers)]
    (folder / "page_order.jsonl").write_text(json.dumps({"seen_at": "2026-05-18T20:00:00Z", "order": order}))
    assert "signals.jsonl: No such file" in digest("trend", "evaluate", str(folder)).err
    signals = [
        {
            "id": f"2605.{number:05}",
            "api": [{"at": "2026-05-18T09:00:00Z", "list_date": "2026-05-18", "upvotes": number}],
        }
        for number in numbers
    ]
    (folder / "signals.jsonl").write_text("\n".join(map(json.dumps, signals)))
    assert "no list day has" in digest("trend", "evaluate", str(folder)).err
    given = digest("trend", "evaluate", str(folder), "--papers", papers, "--json").document
    digest("ingest", papers)
    stored = digest("trend", "evaluate", str(folder), "--json").document
    best = {"spearman": 1.0, "ndcg_at_10": 1.0}
    assert given == stored
    assert stored.items() >= {"days": 1, "papers": 6, "hours_later": 11.0, **best, "baseline": best}.items()
    assert not any(stored["left_out"].values())
    told = digest("trend", "evaluate", str(folder))
    assert "raw upvotes" in told.out
    assert "1 list day, 6 papers; the later order is 11.0 hours after the morning" in told.out
    assert told.err == ""


def test_what_the_order_is_not_judged_by_is_said(digest: Command, write_papers: Write, tmp_path: Path) -> None:
    """Broken lines, the first of them named; papers that are not known; all of it in the document as well."""
    papers = write_papers(*(record(number) for number in range(1, 7)))
    order = [f"2605.{number:05}" for number in range(1, 8)]
    seen = {"at": "2026-05-18T09:00:00Z", "list_date": "2026-05-18", "upvotes": 3}
    lines = [json.dumps({"id": name, "api": [seen]}) for name in order]
    (tmp_path / "signals.jsonl").write_text("\n".join([*lines, "oh", "", "[red]no[/red]", "{}"]))
    (tmp_path / "page_order.jsonl").write_text(json.dumps({"seen_at": "2026-05-18T20:00:00Z", "order": order}))
    told = digest("trend", "evaluate", str(tmp_path), "--papers", papers)
    assert told.err.splitlines() == [
        "Left out: 3 lines that cannot be read, 1 paper that is not known",
        "signals.jsonl, line 8: is no JSON",
        "signals.jsonl, line 10: is no JSON",
        "signals.jsonl, line 11: has a paper without an id",
    ]
    report = digest("trend", "evaluate", str(tmp_path), "--papers", papers, "--json").document
    assert report["left_out"]["lines"] == 3
    assert report["left_out"]["unknown_papers"] == 1
    (tmp_path / "page_order.jsonl").write_text("")
    told = digest("trend", "evaluate", str(tmp_path), "--papers", papers, "--json")
    assert told.code == 1
    assert "1 list day without a later order" in told.err
    assert "no list day has" in told.err
    stars = {"id": order[0], "stars": [{"at": "2026-05-18T09:00:00Z", "github_stars": 3}]}
    (tmp_path / "signals.jsonl").write_text(json.dumps(stars))
    assert "no paper has counts of a morning" in digest("trend", "evaluate", str(tmp_path), "--papers", papers).err


def test_papers_like_a_paper_are_shown(digest: Command, write_papers: Write) -> None:
    """Most alike first, with the words they share; none, and it is said."""
    digest("ingest", write_papers(record(1, **SPEECH), record(2, **SPEECH), record(3, **FOLDING), record(4)))
    found = digest("similar", "https://arxiv.org/abs/2605.00001v2", "--json").document
    assert [paper["id"] for paper in found] == ["arxiv:2605.00002"]
    assert "speech" in found[0]["why"]
    assert "arxiv:2605.00002: both about" in digest("similar", "2605.00001", "--limit", "1").out
    assert digest("similar", "2605.00003").err == "No paper is like it.\n"
    assert digest("similar", "2605.99999").code == 1


def rising_papers() -> list[dict[str, object]]:
    """Five usual weeks, in the last of which a new name is in four titles."""
    usual = [
        record(
            number,
            title=("Video diffusion", "Speech recognition")[number % 2] + f" {number}",
            abstract="A study.",
            listed_on=str(date(2026, 5, 18) - timedelta(days=number % 34)),
        )
        for number in range(1, 69)
    ]
    fresh = [
        record(100 + number, title=f"OpenClaw skills {number}", abstract="A study.", listed_on="2026-05-16")
        for number in range(4)
    ]
    return [*usual, *fresh]


def test_what_is_new_is_named_with_its_papers(digest: Command, write_papers: Write) -> None:
    """A phrase that rose, its papers, how many had it before; an earlier week was quiet."""
    digest("ingest", write_papers(*rising_papers()))
    told = digest("emerging", "--json").document
    assert told["until"] == "2026-05-18"
    (found,) = told["emerging"]
    assert found["phrase"] == "OpenClaw skills"
    assert {paper["id"] for paper in found["papers"]} == {f"arxiv:2605.{100 + number:05}" for number in range(4)}
    assert "4 papers this week, 0 in the 4 weeks before" in digest("emerging").out
    quiet = digest("emerging", "--until", "2026-05-10")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "Nothing rose in the week up to 2026-05-10.\n")


def test_an_edition_records_what_is_new_once(digest: Command, write_papers: Write) -> None:
    """It stands in the edition's mail and text, whatever is read later, and the next edition does not repeat it."""
    digest("ingest", write_papers(*rising_papers()))
    digest("publish")
    text = digest("preview", "1", "--format", "text").out
    assert "New this week:\n- " in text
    assert "New this week" in digest("preview", "1", "--format", "html").out
    digest("ingest", write_papers(record(200, title="OpenClaw skills again"), name="later.jsonl"))
    assert digest("preview", "1", "--format", "text").out == text
    assert digest("--now", "2026-05-19T10:00Z", "publish", "--json").document["number"] == 2
    assert "New this week" not in digest("preview", "2", "--format", "text").out


def test_a_model_is_trained_offline(digest: Command, write_papers: Write, tmp_path: Path) -> None:
    """Both files are written with their provenance, the report compares; labels of unknown papers are an error."""
    pytest.importorskip("sklearn", reason="training needs the extra `train`")
    words = {"audio": "speech voice singer melody", "code": "compiler bug repository", "science": "protein cell drug"}
    slugs = {number: list(words)[number % 3] for number in range(1, 46)}
    records = [
        record(number, title=words[slug], abstract=f"We study {words[slug]} with variant {number % 5}.")
        for number, slug in slugs.items()
    ]
    path = tmp_path / "labels.tsv"
    path.write_text("".join(f"2605.{number:05}\t{slug}\t\n" for number, slug in slugs.items()))
    assert "none of its 45 papers is known" in digest("topics", "train", str(path)).err
    done = digest("topics", "train", str(path), "--papers", write_papers(*records), "--output", "new")
    assert done.code == 0
    assert "model and rules" in done.out
    model = json.loads((tmp_path / "new" / "topic_model.json").read_text())
    assert model["provenance"]["labelled_papers"] == 45
    assert (tmp_path / "new" / "word_vectors.json").exists()
