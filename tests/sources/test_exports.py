"""JSON and JSON lines: our own records, and those of other programs."""

import contextlib
import gzip
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import SourceRefused
from digest.identity import identities
from digest.models import Author, Paper, Signal
from digest.sources.exports import parse_record
from digest.sources.jsonl import to_record
from digest.sources.recognise import parse_in_chunks
from digest.sources.record import Origin
from tests.sources.reading import NOW, names, only, read, read_file
from tests.sources.test_daily_papers import json_values

ORIGIN = Origin(NOW, "test")
AUTHORS = (Author(name="Ada One", organization="An Institute"), Author(name="Bea Two"))
FULL = Paper(
    id="arxiv:2401.01234",
    aliases=identities(title="A Title", authors=AUTHORS, arxiv="2401.01234", doi="10.1103/x"),
    title="A Title",
    abstract="An abstract.",
    authors=AUTHORS,
    categories=("cs.CL", "cs.LG"),
    keywords=("agents",),
    organizations=("An Institute",),
    summary="One line.",
    url="https://arxiv.org/abs/2401.01234",
    pdf_url="https://arxiv.org/pdf/2401.01234",
    code_url="https://github.com/a/b",
    project_url="https://a.example/",
    discussion_url="https://huggingface.co/papers/2401.01234",
    thumbnail_url="https://cdn.example/x.png",
    listed_on=date(2026, 1, 5),
    published_at=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
    updated_at=datetime(2024, 2, 3, tzinfo=UTC),
    version=2,
    announcement="replace",
    withdrawn=True,
    venue="A Journal",
    signals=(
        Signal(metric="upvotes", value=3, observed_at=datetime(2026, 1, 5, 9, tzinfo=UTC), source="hf"),
        Signal(metric="upvotes", value=9, observed_at=datetime(2026, 1, 6, 9, tzinfo=UTC), source="hf"),
        Signal(metric="github_stars", value=0, observed_at=datetime(2026, 1, 6, 9, tzinfo=UTC), source="hf"),
    ),
)


@pytest.mark.parametrize("paper", [FULL, replace(FULL, signals=(), venue=None, authors=(), withdrawn=False)])
def test_our_own_record_is_read_back(paper: Paper) -> None:
    """What `to_record` writes is the same paper when read, through JSON."""
    paper = replace(
        paper, aliases=identities(title="A Title", authors=paper.authors, arxiv="2401.01234", doi="10.1103/x")
    )
    assert parse_record(json.loads(json.dumps(to_record(paper))), ORIGIN) == paper


def test_further_titles_are_kept() -> None:
    """A paper that was known under two titles still is."""
    paper = replace(FULL, aliases=(*FULL.aliases, "title:0123456789abcdef0123"))
    assert parse_record(to_record(paper), ORIGIN) == paper


@given(st.text(max_size=60).filter(str.strip), st.lists(st.text(max_size=20), max_size=4), st.text(max_size=200))
def test_any_paper_is_read_back(title: str, authors: list[str], abstract: str) -> None:
    """Reading, writing and reading again changes nothing, whatever the texts."""
    first = parse_record({"title": title, "authors": authors, "abstract": abstract}, ORIGIN)
    if isinstance(first, Paper):
        assert parse_record(json.loads(json.dumps(to_record(first))), ORIGIN) == first


def test_papers_json_is_readable() -> None:
    """What `digest papers --json` prints can be ingested."""
    record = {
        "id": "arxiv:2401.01234", "title": "A Title", "abstract": "An abstract.", "authors": ["Ada One"],
        "listed_on": "2026-01-05", "url": "https://arxiv.org/abs/2401.01234", "primary_topic": "agents",
        "topics": ["agents"], "signals": {"upvotes": 3, "comments": None, "github_stars": 7}, "score": 0.5,
    }  # fmt: skip
    paper = only(json.dumps([record]))
    assert (paper.id, paper.listed_on, names(paper)) == ("arxiv:2401.01234", date(2026, 1, 5), ["Ada One"])
    assert [(signal.metric, signal.value, signal.observed_at) for signal in paper.signals] == [
        ("upvotes", 3, NOW),
        ("github_stars", 7, NOW),
    ]


FOREIGN: dict[str, dict[str, Any]] = {
    "kaggle": {
        "id": "2401.01234", "submitter": "X", "authors": 'Ada One, Kurt G\\"odel', "title": "A\n  Title",
        "comments": "x",
        "journal-ref": "A Journal", "doi": "10.1103/X", "categories": "cs.CL cs.LG", "abstract": "  An\nabstract. ",
        "versions": [{"version": "v1", "created": "Tue, 2 Jan 2024 19:18:42 GMT"}, {"version": "v2", "created": "x"}],
        "update_date": "2024-02-03", "authors_parsed": [["One", "Ada", ""], ['G\\"odel', "Kurt", ""]],
    },
    "semantic scholar": {
        "paperId": "f" * 40, "externalIds": {"ArXiv": "2401.01234", "DOI": "10.1103/X", "CorpusId": 3},
        "title": "A Title",
        "abstract": "An abstract.", "authors": [{"authorId": "1", "name": "Ada One"}, {"name": "Kurt Gödel"}],
        "venue": "A Journal", "publicationDate": "2024-01-02", "url": "https://www.semanticscholar.org/paper/x",
        "openAccessPdf": {"url": "https://a.example/p.pdf"}, "tldr": {"text": "Short."},
    },
    "openalex": {
        "id": "https://openalex.org/W1", "doi": "https://doi.org/10.1103/X", "display_name": "A Title",
        "publication_date": "2024-01-02", "abstract_inverted_index": {"abstract.": [1], "An": [0]},
        "authorships": [{"author": {"display_name": "Ada One"}, "institutions": []},
                        {"author": {"display_name": "Kurt Gödel"}}],
        "primary_location": {"landing_page_url": "http://arxiv.org/abs/2401.01234"}, "venue": "A Journal",
    },
    "crossref": {
        "DOI": "10.1103/X", "title": ["A Title"], "abstract": "<jats:p>An abstract.</jats:p>",
        "container-title": ["A Journal"],
        "author": [{"given": "Ada", "family": "One"}, {"given": "Kurt", "family": "Gödel"}],
        "issued": {"date-parts": [[2024, 1, 2]]}, "URL": "https://arxiv.org/abs/2401.01234",
    },
    "openreview": {
        "id": "rJl-b3RcF7", "forum": "rJl-b3RcF7",
        "content": {
            "title": {"value": "A Title"}, "abstract": {"value": "An abstract."}, "venue": {"value": "A Journal"},
            "authors": {"value": ["Ada One", "Kurt Gödel"]}, "html": "https://arxiv.org/abs/2401.01234",
        },
        "doi": "10.1103/x", "url": "https://arxiv.org/abs/2401.01234", "date": "2024-01-02",
    },
    "papers with code": {
        "arxiv_id": "2401.01234", "title": "A Title", "abstract": "An abstract.", "authors": ["Ada One", "Kurt Gödel"],
        "url_abs": "https://arxiv.org/abs/2401.01234v1", "proceeding": "A Journal", "date": "2024-01-02",
        "doi": "10.1103/X",
    },
    "zotero": {
        "itemType": "preprint", "title": "A Title", "abstractNote": "An abstract.", "publicationTitle": "A Journal",
        "creators": [{"firstName": "Ada", "lastName": "One", "creatorType": "author"}, {"name": "Kurt Gödel"}],
        "archiveID": "arXiv:2401.01234", "DOI": "10.1103/X", "date": "2024-01-02", "tags": [{"tag": "speech"}],
    },
}  # fmt: skip


@pytest.mark.parametrize("record", FOREIGN.values(), ids=FOREIGN.keys())
def test_other_programs_records(record: dict[str, Any]) -> None:
    """One paper, written by seven programs, is the same paper."""
    paper = only(json.dumps([record]))
    assert paper.aliases[:2] == ("arxiv:2401.01234", "doi:10.1103/x")
    assert (paper.title, paper.abstract, names(paper)) == ("A Title", "An abstract.", ["Ada One", "Kurt Gödel"])
    assert paper.venue == "A Journal"
    assert paper.published_at is not None
    assert paper.published_at.date() == date(2024, 1, 2)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda one: {"data": [one], "total": 1},
        lambda one: {"results": [one], "meta": {}},
        lambda one: {"message": {"items": [one]}},
        lambda one: {"data": [{"citingPaper": one}]},
        lambda one: {"rows": [{"row": one}]},
        lambda one: [{"key": "ABCD", "version": 3, "data": one}],
        lambda one: {"2401.01234": {key: value for key, value in one.items() if key != "id"}},
        lambda one: one,
    ],
)
def test_lists_are_found_in_their_wrapping(wrap: Any) -> None:
    """Answers of interfaces wrap their lists in many ways."""
    assert only(json.dumps(wrap({"id": "2401.01234", "title": "A Title"}))).id == "arxiv:2401.01234"


@pytest.mark.parametrize(
    "text",
    [
        "[1, 2, 3]",
        '{"a": 1}',
        '["a"]',
        '{"error": "no"}',
        '[{"x": 1}]',
        '{"x": 1}\n{"x": 2}\n',
        "[" * 100_000,
        "{nonsense",
    ],
)
def test_json_without_papers_is_refused(text: str) -> None:
    """The refusal says that it is JSON, and what is missing."""
    with pytest.raises(SourceRefused, match="JSON"):
        read(text)


def test_empty_lists_are_empty() -> None:
    """A day without papers is no error."""
    assert read("[]").papers == ()
    assert read('{"data": []}').papers == ()


def test_lines_with_damage() -> None:
    """A line that is no JSON is set aside with its number; so is a record without a title."""
    reading = read('{"title": "A Title"}\n{"title": \n\n[]\n{"id": "7"}\n\x1e{"title": "B Title"},\n')
    assert [paper.title for paper in reading.papers] == ["A Title", "B Title"]
    assert ["line 2" in reading.rejected[0].reason, reading.rejected[2].record] == [True, "7"]


def test_topics_data(shared_data: Path) -> None:
    """Labelled papers have their ids and categories, the primary first."""
    reading = read_file(shared_data / "topics" / "dev.jsonl")
    assert (len(reading.papers), reading.rejected) == (2630, ())
    first = json.loads((shared_data / "topics" / "dev.jsonl").read_text().partition("\n")[0])
    assert reading.papers[0].id == f"arxiv:{first['id']}"
    assert reading.papers[0].categories[0] == first["primary_category"]
    assert len(read_file(shared_data / "topics" / "areas_dev.jsonl").papers) == 900


def test_chunks_are_the_whole() -> None:
    """Reading in chunks gives the same papers, in order, and an empty list gives one empty reading."""
    lines = "\n".join(json.dumps({"id": f"2401.{number:05}", "title": f"Title {number}"}) for number in range(1, 26))
    chunks = list(parse_in_chunks(gzip.compress(lines.encode()), observed_at=NOW, source="test", size=10))
    assert [len(chunk.papers) for chunk in chunks] == [10, 10, 5]
    assert tuple(paper for chunk in chunks for paper in chunk.papers) == read(lines).papers
    assert [chunk.papers for chunk in parse_in_chunks(b"[]", observed_at=NOW, source="test")] == [()]


keys = st.sampled_from(
    ["id", "title", "abstract", "authors", "authors_parsed", "signals", "versions", "externalIds", "aliases",
     "categories",
     "content", "abstract_inverted_index", "authorships", "issued", "locations", "tldr", "listed_on", "version", "row"]
)  # fmt: skip


@given(st.lists(st.dictionaries(keys, json_values), max_size=3))
def test_no_value_in_any_field_breaks_reading(records: list[dict[str, Any]]) -> None:
    """Fields of the wrong type are ignored, the record set aside or the document refused, never more."""
    for record in records:
        parse_record(record, ORIGIN)
    with contextlib.suppress(SourceRefused):
        read(json.dumps(records))


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('{"id": "2605.00002", "title": "Deep", "x": ' + "[" * 5000 + "]" * 5000 + "}", "nested too deeply"),
        ('{"id": "2605.00002" "title": "Without a comma"}', "no JSON"),
        ('{"id": "2605.00002", "title": "A \\q strange escape"}', "no JSON"),
    ],
    ids=["deep", "comma", "escape"],
)
def test_a_broken_record_of_a_list_harms_no_other(broken: str, reason: str) -> None:
    """What stands before and after it is read, brackets and quotes in their words or not; it is kept to be retried."""
    sound = [{"id": f"2605.0000{number}", "title": 'Brackets ][ and "quotes\\'} for number in (1, 3)]
    reading = read(f"[{json.dumps(sound[0])}, {broken}, {json.dumps(sound[1])}]")
    assert [paper.id for paper in reading.papers] == ["arxiv:2605.00001", "arxiv:2605.00003"]
    (rejection,) = reading.rejected
    assert reason in rejection.reason
    assert rejection.raw == broken.encode()
