"""Files, folders and standard input: what is read, what is left alone, and how much memory it takes."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import SourceRefused
from digest.models import Reading
from digest.settings import IngestSettings
from digest.sources import ReadContext, resolve
from digest.sources.byte_file import looked_into, of_pieces
from digest.sources.read_files import StandardInput, files_below
from digest.sources.read_stream import LONGEST_LINE, PIECE, is_json_lines, pieces
from tests.sources.clients import patient

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def context(said: list[Any] | None = None, **settings: Any) -> ReadContext:
    """A context that reads files."""
    said = [] if said is None else said
    return ReadContext(
        client=patient(),
        now=NOW,
        settings=IngestSettings(**settings),
        progress=lambda done, total, what: said.append((done, total, what)),
    )


def read(path: Path, with_: ReadContext | None = None) -> list[Reading]:
    """All readings of a path."""
    return list(resolve(str(path)).read(with_ or context()))


def line(number: int, words: int = 3) -> bytes:
    """A paper as a JSON line."""
    record = {"id": f"2611.{number:05}", "title": f"Paper {number}", "abstract": "word " * words}
    return json.dumps(record).encode() + b"\n"


def titles(readings: list[Reading]) -> list[str]:
    """The titles of all papers, in order."""
    return [paper.title for reading in readings for paper in reading.papers]


def rejected(readings: list[Reading]) -> dict[str, str]:
    """Everything that was set aside, and why."""
    return {rejection.record: rejection.reason for reading in readings for rejection in reading.rejected}


def test_a_file_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    """Its content says what it is."""
    path = tmp_path / "papers.jpg"
    path.write_bytes(line(1) + line(2))
    assert titles(read(path)) == ["Paper 1", "Paper 2"]


def test_a_date_in_a_name_is_the_list_day_where_nothing_else_says_it(tmp_path: Path) -> None:
    """Saved lists are usually named after their day."""
    path = tmp_path / "2026-11-20.json"
    record = {"paper": {"id": "2611.00001", "title": "Paper", "summary": "Words.", "upvotes": 3}, "title": "Paper"}
    path.write_text(json.dumps([record]))
    (reading,) = read(path)
    assert reading.papers[0].listed_on == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\x00\x01\x02\x03" * 50, "no known form"),
        (b"\x1f\x8brubbish", "damaged gzip"),
        (b"\x1f\x8b", "damaged gzip"),
    ],
)
def test_a_single_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """Who names one file wants to know that it was nothing."""
    path = tmp_path / "thing"
    path.write_bytes(content)
    with pytest.raises(SourceRefused, match=words) as caught:
        read(path)
    assert str(caught.value).startswith("thing: ")


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The message names it."""
    with pytest.raises(SourceRefused, match=r"nowhere\.json: there is no such file or folder"):
        read(tmp_path / "nowhere.json")


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    """The limit counts what it unpacks to, and the message says which setting it is."""
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b" " * 30_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(SourceRefused, match="larger than 1 MB; raise max_megabytes"):
            read(path, context(max_megabytes=1))
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


# Folders


def test_a_folder_is_read_with_all_below_it(tmp_path: Path) -> None:
    """In the order of the paths; hidden files and what editors leave behind are skipped."""
    for number, name in enumerate(["b.json", "a/z.json", "a/deep/er/x.json", "c.json"], 1):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(line(number))
    for name in [".hidden", "b.json~", "b.json.bak", "#b.json#", ".git/config", "a/x.json.swp", "x.part"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(line(99))
    said: list[Any] = []
    assert titles(read(tmp_path, context(said))) == ["Paper 3", "Paper 2", "Paper 1", "Paper 4"]
    assert (1, 4, "a/z.json") in said


def test_symbolic_links_are_followed_once(tmp_path: Path) -> None:
    """A loop of links ends, and a folder reached twice is read once."""
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "paper.json").write_bytes(line(1))
    (inner / "up").symlink_to(tmp_path)
    (tmp_path / "twice").symlink_to(inner)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    readings = read(tmp_path)
    assert titles(readings) == ["Paper 1"]
    assert set(rejected(readings)) == {"self"}


def test_what_cannot_be_read_in_a_folder_is_set_aside(tmp_path: Path) -> None:
    """An unknown form, damage, a pipe nobody writes to: each is named with its reason, and the rest is read."""
    (tmp_path / "README.md").write_text("# Papers\n")
    (tmp_path / "broken.gz").write_bytes(b"\x1f\x8brubbish")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "z.json").write_bytes(line(1))
    readings = read(tmp_path)
    assert titles(readings) == ["Paper 1"]
    reasons = rejected(readings)
    assert set(reasons) == {"README.md", "broken.gz", "dangling", "pipe"}
    assert "known form" in reasons["README.md"]
    assert "damaged gzip" in reasons["broken.gz"]
    assert "no such file" in reasons["dangling"]
    assert "pipe" in reasons["pipe"]


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    """And that is no error."""
    assert read(tmp_path) == []


def test_a_folder_that_may_not_be_entered_is_named(tmp_path: Path) -> None:
    """It is handed on as a path that cannot be read."""
    assert list(files_below(tmp_path / "nowhere")) == [tmp_path / "nowhere"]


# Streams


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_json_lines_come_in_pieces(pack: Any) -> None:
    """A long list is several readings, in order and complete, packed or not."""
    lines = [line(number, words=300) for number in range(1, 1501)]
    readings = list(StandardInput(stream=io.BytesIO(pack(b"".join(lines)))).read(context()))
    assert len(readings) > 1
    assert titles(readings) == [f"Paper {number}" for number in range(1, 1501)]


def test_memory_does_not_grow_with_the_number_of_lines() -> None:
    """Four times the papers, the same peak."""

    def peak(papers: int) -> int:
        stream = of_pieces(line(number, words=400) for number in range(1, papers + 1))
        tracemalloc.start()
        try:
            total = sum(len(reading.papers) for reading in StandardInput(stream=stream).read(context()))
            assert total == papers
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(4_000) < 1.2 * peak(1_000)


def test_a_line_that_is_no_record_harms_no_other() -> None:
    """A line of many megabytes and a damaged one are set aside, each with a reason."""
    monster = b'{"title": "' + b"x" * (LONGEST_LINE + 3 * PIECE) + b'"}\n'
    data = line(1) + monster + b"{oops}\n" + line(2)
    readings = list(StandardInput(stream=io.BytesIO(data)).read(context()))
    assert set(titles(readings)) == {"Paper 1", "Paper 2"}
    assert any("no record may be longer than 8 MB" in reason for reason in rejected(readings).values())
    assert len(rejected(readings)) == 2


def test_a_line_longer_than_any_document_harms_no_other() -> None:
    """Also where it is the first, so that the start of the file says nothing of what it is."""
    monster = b'{"title": "' + b"x" * 3_000_000 + b'"}\n'
    readings = list(StandardInput(stream=io.BytesIO(monster + line(1))).read(context(max_megabytes=1)))
    assert titles(readings)[-1] == "Paper 1"
    monster = b'{"title": "' + b"x" * (LONGEST_LINE + PIECE) + b'"}\n'
    readings = list(StandardInput(stream=io.BytesIO(monster + line(1))).read(context(max_megabytes=4)))
    assert titles(readings) == ["Paper 1"]
    assert "no record may be longer than 8 MB" in next(iter(rejected(readings).values()))


def test_a_damaged_line_can_be_found() -> None:
    """The parser of a piece counts from 1; the reason says where the piece begins."""
    good = [line(number, words=300) for number in range(1, 1001)]
    readings = list(StandardInput(stream=io.BytesIO(b"".join(good) + b"{oops}\n" + line(1))).read(context()))
    (reason,) = rejected(readings).values()
    position, first = (int(found.replace(",", "")) for found in re.findall(r"line ([\d,]+)\b", reason)[::2])
    assert first + position - 1 == 1001


def test_blank_lines_are_nothing() -> None:
    """Many of them at the end are no damaged record."""
    data = line(1) + b"\n" * (2 * PIECE)
    readings = list(StandardInput(stream=io.BytesIO(data)).read(context()))
    assert (titles(readings), rejected(readings)) == (["Paper 1"], {})


def test_a_stream_without_end_is_ended() -> None:
    """What was read before counts, and the message says which setting it is."""
    stream = of_pieces(iter(lambda: line(1) * 2000, b""))
    readings = StandardInput(stream=stream).read(context(max_stream_megabytes=2))
    assert next(readings).papers
    with pytest.raises(SourceRefused, match="longer than 2 MB; raise max_stream_megabytes"):
        list(readings)


@pytest.mark.parametrize("cut", [8, 200, 2000])
def test_gzip_that_breaks_off_gives_what_it_has(cut: int) -> None:
    """A download that stopped half-way loses its end only, and the end is set aside by name."""
    packed = gzip.compress(b"".join(line(number, words=number) for number in range(1, 301)))
    readings = list(StandardInput(stream=io.BytesIO(packed[:-cut])).read(context()))
    assert titles(readings)[:10] == [f"Paper {number}" for number in range(1, 11)]
    assert "damaged gzip" in rejected(readings)["the rest of standard input"]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'{"a": 1}\n{"b": 2}\n', True),
        (b'{"a": 1}\n{"b": ', True),
        (b'\n\n{"a": 1}\r\n{"b": 2}\r\n', True),
        (b'\xef\xbb\xbf{"a": 1}\n', True),
        (b'{oops}\n{"b": 2}\n', True),
        (b'{"a": 1}', False),
        (b'{\n"a": 1\n}\n', False),
        (b'[\n{"a": 1},\n{"b": 2}\n]', False),
        (b'[{"a": 1},\n{"b": 2}]\n', False),
        (b"{deep\n" + b"[" * 100_000 + b"\n", False),
        (b"{}bib\n@article{x}\n", False),
        (b"", False),
        (b"\n", False),
    ],
)
def test_what_json_lines_are(head: bytes, expected: bool) -> None:  # noqa: FBT001
    """Whole objects, one a line; a document over several lines is none."""
    assert is_json_lines(head) is expected


@given(st.lists(st.binary(min_size=1, max_size=300)), st.integers(0, 500))
def test_looking_into_a_stream_takes_nothing_from_it(parts: list[bytes], size: int) -> None:
    """However it comes in, what is read afterwards is all of it."""
    head, whole = looked_into(of_pieces(parts), size)
    data = b"".join(parts)
    assert head == data[:size]
    assert whole.read() == data


@given(st.binary(max_size=2000))
def test_no_byte_is_lost_in_pieces(data: bytes) -> None:
    """The pieces of a stream are the stream."""
    assert b"".join(piece.data for piece in pieces(of_pieces([data] if data else []))) == data


def test_real_files_of_every_kind_are_read_from_one_folder(shared_data: Path) -> None:
    """A folder of saved pages and one of arXiv's answers: all papers, and a reason for everything else."""
    readings = read(shared_data / "pages")
    assert len(titles(readings)) == 236
    assert {"README.md", "expected.json", "labels.json"} == set(rejected(readings))
