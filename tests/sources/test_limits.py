"""Cleaning single fields: nothing unsafe, absurd or endless gets through."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources import limits


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  A  title ", "A  title"),
        ("wrapped\n  line", "wrapped line"),
        ("a\r\nb\tc\x0bd", "a b c d"),
        ("a\xa0b", "a b"),
        ("a\x00b\x08c\x7f\x9f", "abc"),
        ("a\ud800b", "ab"),
        ("\u202eright to left\u202c", "right to left"),
        ("\ufeffmark", "mark"),
        ("a    b", "a b"),
        ("Gödel 模型 😀", "Gödel 模型 😀"),
        (None, ""),
        (3, ""),
        (["a"], ""),
        ("x" * 30, "x" * 19 + "…"),
        (" " * 1000 + "x", "x"),
    ],
)
def test_text(value: object, expected: str) -> None:
    """Text is one clean line, cut with an ellipsis, and empty where there was no string."""
    assert limits.text(value, 20) == expected


@given(st.text(st.characters(codec=None), max_size=300))
def test_text_is_always_safe(value: str) -> None:
    """Whatever comes, the result is within its limit, encodable and without control characters."""
    cleaned = limits.text(value, 50)
    assert len(cleaned) <= 50
    cleaned.encode("utf-8")
    assert not any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in cleaned)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://example.org/a?b=c#d", True),
        ("HTTP://example.org:8080", True),
        ("https://münchen.example/é", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org/a", False),
        ("https://", False),
        ("https://huggingface.co@evil.example/", False),
        ('https://example.org/"onclick=', False),
        ("https://example.org/a b", False),
        ("https://example.org/<script>", False),
        ("https://example.org/\u202egpj", False),
        ("https://example.org/" + "a" * 2000, False),
        (None, False),
    ],
)
def test_web_addresses(value: object, *, expected: bool) -> None:
    """Only http and https addresses that show their host are kept."""
    assert limits.web_address(value) == (value if expected else None)


def test_a_picture_must_come_over_https() -> None:
    """`secure` refuses http."""
    assert limits.web_address("http://example.org/a.png", secure=True) is None
    assert limits.web_address("https://example.org/a.png", secure=True) is not None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-05T00:21:56.456Z", datetime(2026, 1, 5, 0, 21, 56, 456000, tzinfo=UTC)),
        ("2026-01-05T01:00:00+02:00", datetime(2026, 1, 4, 23, tzinfo=UTC)),
        ("2026-01-05", datetime(2026, 1, 5, tzinfo=UTC)),
        ("2026/1/5", datetime(2026, 1, 5, tzinfo=UTC)),
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("Mon, 27 Apr 2026 00:00:00 -0400", datetime(2026, 4, 27, 4, tzinfo=UTC)),
        ("0000-01-01", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("2026-13-01", None),
        ("Mon, 99 Apr 2026 00:00:00 -0400", None),
        ("tomorrow", None),
        ("9" * 5000, None),
        ("", None),
        (20260105, None),
    ],
)
def test_moments(value: object, expected: datetime | None) -> None:
    """Dates of either standard become UTC; impossible and absurd ones are dropped."""
    assert limits.moment(value) == expected


def test_a_day_is_the_day_written() -> None:
    """Midnight in New York is that day, though it is another time in UTC."""
    assert limits.day("Mon, 27 Apr 2026 20:00:00 -0400") == date(2026, 4, 27)


@given(st.text(max_size=70))
def test_no_text_breaks_a_date(value: str) -> None:
    """A moment is aware and in UTC, or None."""
    found = limits.moment(value)
    assert found is None or found.utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (250, 250),
        (3.0, 3),
        (-1, None),
        (True, None),
        ("12", None),
        (2.5, None),
        (10**10, None),
        (float("nan"), None),
    ],
)
def test_counts(value: object, expected: int | None) -> None:
    """A count is a whole number within reason; `True` is none."""
    assert limits.count(value) == expected


def test_labels_are_clean_and_unique() -> None:
    """A list of labels loses blanks, doubles and what is no text."""
    assert limits.labels(["a", " a ", "", None, {"x": 1}, "b"]) == ("a", "b")
    assert limits.labels("alone") == ("alone",)
    assert len(limits.labels([str(number) for number in range(1000)])) == limits.LABELS
