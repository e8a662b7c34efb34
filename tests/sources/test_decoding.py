"""Bytes to text: gzip within limits, every encoding, other binary forms refused by name."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import SourceRefused
from digest.sources.decoding import to_utf8, unpack
from tests.sources.reading import only, read

LIST = json.dumps([{"id": "2401.01234", "title": "Über schöne Modelle"}], ensure_ascii=False)


@pytest.mark.parametrize(
    "data",
    [  # of the same bytes in every process, for they are the tests' names
        LIST.encode(),
        LIST.encode("utf-8-sig"),
        LIST.encode("utf-16"),
        LIST.encode("utf-16-le"),
        LIST.encode("utf-16-be"),
        LIST.encode("utf-32"),
        LIST.encode("utf-32-be"),
        LIST.encode("cp1252"),
        LIST.encode().replace(b"{", b"\x00{\x00"),
        gzip.compress(LIST.encode(), mtime=0),
        gzip.compress(gzip.compress(LIST.encode("utf-16"), mtime=0), mtime=0),
        gzip.compress(LIST[:20].encode(), mtime=0) + gzip.compress(LIST[20:].encode(), mtime=0),
        gzip.compress(LIST.encode(), mtime=0) + b"\x00" * 100,
    ],
)
def test_one_list_in_any_wrapping(data: bytes) -> None:
    """Encodings, byte order marks, NULs and layers of gzip do not change what is read."""
    assert only(data).title == "Über schöne Modelle"


def test_the_declared_charset_counts_where_bytes_do_not_tell() -> None:
    """A charset of the media type is used for text that is not UTF-8."""
    assert to_utf8("модель".encode("koi8-r"), "text/plain; charset=koi8-r").decode() == "модель"
    chinese = "<?xml version='1.0' encoding='gb2312'?><a>模型的学习</a>"
    assert to_utf8(chinese.encode("gb2312")).decode() == chinese


@pytest.mark.parametrize("charset", ["rot13", "no-such", "utf-7", "idna", "base64", "\x00"])
def test_a_foolish_charset_is_ignored(charset: str) -> None:
    """What is no text encoding falls back to Windows-1252."""
    assert to_utf8(b"caf\xe9", f"text/plain; charset={charset}") == "café".encode()


def test_a_bomb_is_stopped_at_the_limit() -> None:
    """Decompression ends where the limit is passed, however small the input."""
    with pytest.raises(SourceRefused, match="larger than 1 MB unpacked"):
        unpack(gzip.compress(b"0" * 50_000_000), 1_048_576)
    with pytest.raises(SourceRefused, match="larger than 1 MB"):
        unpack(b"0" * 2_000_000, 1_048_576)


def test_a_gzip_that_breaks_off_gives_its_start() -> None:
    """What can be unpacked is read, and what is missing is said."""
    lines = "\n".join(json.dumps({"id": f"2401.{n:05}", "title": f"Paper number {n}"}) for n in range(1, 2000))
    reading = read(gzip.compress(lines.encode())[:-2000])
    assert 100 < len(reading.papers) < 1999
    assert reading.rejected[-1].reason.startswith("the gzip breaks off")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x1f\x8bnot gzip at all", "damaged"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x28\xb5\x2f\xfdrest", "Zstandard"),
        (b"", "is empty"),
        (b"\x00\x00\x00", "is empty"),
        (b" \n\t ", "is empty"),
    ],
)
def test_other_binary_forms_are_named(data: bytes, reason: str) -> None:
    """A refusal says what the input is."""
    with pytest.raises(SourceRefused, match=reason):
        read(data)


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_become_utf8(data: bytes, content_type: str) -> None:
    """The result is always valid UTF-8 without NULs."""
    assert "\x00" not in to_utf8(data, content_type).decode("utf-8")
