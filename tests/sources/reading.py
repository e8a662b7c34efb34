"""How the tests of parsers read: one moment, one source, the shortest call."""

from datetime import UTC, date, datetime
from pathlib import Path

from digest.models import Paper, Reading
from digest.sources.recognise import parse

NOW = datetime(2026, 6, 5, 9, tzinfo=UTC)


def read(
    data: bytes | str, *, on: date | None = None, hint: str = "", now: datetime = NOW, charset: str = ""
) -> Reading:
    """The reading of `data`."""
    raw = data.encode() if isinstance(data, str) else data
    return parse(raw, observed_at=now, source="test", on=on, hint=hint, content_type=charset)


def read_file(path: Path) -> Reading:
    """The reading of a file."""
    return read(path.read_bytes(), hint=path.name)


def only(data: bytes | str, *, on: date | None = None) -> Paper:
    """The one paper of `data`, nothing having been set aside."""
    reading = read(data, on=on)
    assert reading.rejected == ()
    (paper,) = reading.papers
    return paper


def names(paper: Paper) -> list[str]:
    """The authors' names."""
    return [author.name for author in paper.authors]
