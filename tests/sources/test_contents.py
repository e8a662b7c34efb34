"""What a place held before is not parsed again: how it is known, and when it is not."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import digest
from digest.models import Reading
from digest.settings import IngestSettings
from digest.sources import UNCHANGED, ReadContext
from digest.sources.contents import content_of, program_mark, read_once
from digest.sources.read_stream import read_stream
from tests.sources.clients import patient

PACKAGE = Path(digest.__file__).parent
CONTEXT = ReadContext(client=patient(), now=datetime(2026, 11, 21, 9, tzinfo=UTC), settings=IngestSettings())


def read(data: bytes, context: ReadContext = CONTEXT, hint: str = "list") -> list[Reading]:
    """The readings of some bytes."""
    return list(read_stream(io.BytesIO(data), context, source="file", hint=hint))


def after(readings: list[Reading], context: ReadContext = CONTEXT) -> ReadContext:
    """The context of whoever reads next, and remembers."""
    contents = {content.place: content for reading in readings for content in reading.contents}
    return replace(context, contents={**context.contents, **contents})


def line(number: int, **fields: Any) -> bytes:
    """A paper as a JSON line."""
    return json.dumps({"id": f"2611.{number:05}", "title": f"Paper {number}", **fields}).encode() + b"\n"


def document(*days: str) -> bytes:
    """A list with a paper of each of these days."""
    records = [{"id": f"2611.{number:05}", "title": "A", "listed_on": day} for number, day in enumerate(days, 1)]
    return json.dumps({"papers": records}).encode()


def counted(readings: list[Reading]) -> int:
    """Papers that were there before."""
    return sum(content.read for reading in readings for content in reading.unchanged)


def test_the_same_bytes_are_counted() -> None:
    """How many papers there were and the latest of their days is all that is told."""
    data = document("2026-11-19", "2026-11-20")
    (again,) = read(data, after(read(data)))
    assert (again.papers, again.form) == ((), UNCHANGED)
    assert [(content.read, content.newest_on) for content in again.unchanged] == [(2, date(2026, 11, 20))]


def test_known_bytes_are_not_parsed() -> None:
    """Nobody even begins to."""

    def parser() -> Iterator[Reading]:
        yield Reading()
        raise AssertionError

    content = content_of(b"[]", CONTEXT, place="list", source="file")
    context = replace(CONTEXT, contents={content.place: content})
    assert [reading.form for reading in read_once(content, context, parser())] == [UNCHANGED]


@pytest.mark.parametrize(
    ("context", "data", "hint"),
    [
        (CONTEXT, document("2026-11-20") + b" ", "list"),
        (CONTEXT, document("2026-11-20"), "other"),
        (replace(CONTEXT, on=date(2026, 11, 20)), document("2026-11-20"), "list"),
        (replace(CONTEXT, settings=IngestSettings(announcements=["new"])), document("2026-11-20"), "list"),
    ],
    ids=["bytes", "place", "day", "settings"],
)
def test_what_may_be_read_differently_is_read(context: ReadContext, data: bytes, hint: str) -> None:
    """Other bytes, another place, another day or other settings."""
    remembered = after(read(document("2026-11-20"))).contents
    (reading,) = read(data, replace(context, contents=remembered), hint)
    assert len(reading.papers) == 1


def test_a_parser_that_was_mended_reads_everything_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the places held is not asked of code that no longer is what read them."""
    data = document("2026-11-20")
    context = after(read(data))
    monkeypatch.setattr("digest.sources.contents.program_mark", lambda: 1)
    assert [len(reading.papers) for reading in read(data, context)] == [1]


@pytest.mark.parametrize("name", ["sources/feed.py", "models/papers.py", "identity.py", "__init__.py"])
def test_the_mark_of_the_program_is_that_of_the_code_that_reads(tmp_path: Path, name: str) -> None:
    """It changes with a parser, the identities, what a paper is and the version, and with nothing else."""
    shutil.copytree(PACKAGE, tmp_path / "digest", ignore=shutil.ignore_patterns("__pycache__", "*.json", "sample"))
    package = tmp_path / "digest"
    assert program_mark(package) == program_mark()
    (package / "publish.py").write_text("")
    program_mark.cache_clear()
    assert program_mark(package) == program_mark()
    with (package / name).open("a") as file:
        file.write("# mended\n")
    program_mark.cache_clear()
    assert program_mark(package) != program_mark()


def test_what_was_set_aside_is_looked_at_again() -> None:
    """A list with a record that cannot be read is not remembered, so that it is still told of."""
    data = json.dumps([{"id": "2611.00001", "title": "A"}, {"id": "2611.00002"}]).encode()
    first = read(data)
    assert [reading.contents for reading in first] == [()]
    assert read(data, after(first)) == first


def test_only_the_last_content_of_a_place_is_known() -> None:
    """A list that says again what it said before the last time is read."""
    one, other = document("2026-11-20"), document("2026-11-21")
    context = after(read(one))
    context = after(read(other, context), context)
    assert counted(read(one, context)) == 0
    assert counted(read(other, context)) == 1


def test_a_list_that_grew_is_read_where_it_did() -> None:
    """Of JSON lines every megabyte is known by itself."""
    lines = [line(number, abstract="word " * 300) for number in range(1, 1501)]
    first = read(b"".join(lines))
    again = read(b"".join([*lines, line(1501)]), after(first))
    assert len(first) > 2
    assert sum(len(reading.papers) for reading in again) + counted(again) == 1501
    assert counted(again) >= sum(len(reading.papers) for reading in first[:-1])
