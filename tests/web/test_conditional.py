"""Facts about conditional requests: RFC 9110, sections 8.8.3, 12.5.3 and 13."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.web.conditional import accepts_gzip, not_modified

TAGS = ('"abc"', '"abc-gzip"')
CHANGED = datetime(2026, 5, 18, 10, tzinfo=UTC)
SAME, EARLIER = "Mon, 18 May 2026 10:00:00 GMT", "Mon, 18 May 2026 09:59:59 GMT"


@pytest.mark.parametrize(
    ("header", "current"),
    [
        ('"abc"', True),
        ('"abc-gzip"', True),
        ('W/"abc"', True),
        ('"x", "abc"', True),
        ('"x" ,W/"y",  W/"abc"', True),
        ("*", True),
        ('"x"', False),
        ('"ab"', False),
        ("abc", False),
        ('"abc', False),
        ('"x", abc', False),
        ("", False),
        ('"x", *', False),
    ],
)
def test_if_none_match(header, current):
    """Compared weakly, as a list, or `*`; what is malformed matches nothing."""
    assert not_modified({"if-none-match": header}, TAGS, CHANGED) is current


@pytest.mark.parametrize(
    ("header", "current"),
    [(SAME, True), (EARLIER, False), ("Tue, 19 May 2026 10:00:00 GMT", True), ("yesterday GMT", False), ("", False)],
)
def test_if_modified_since(header, current):
    """Current when it did not change after that second; what is no HTTP date does not count."""
    assert not_modified({"if-modified-since": header}, TAGS, CHANGED) is current


def test_the_tag_overrides_the_date():
    """With If-None-Match, If-Modified-Since is not looked at (13.1.3)."""
    assert not not_modified({"if-none-match": '"x"', "if-modified-since": SAME}, TAGS, CHANGED)
    assert not_modified({"if-none-match": '"abc"', "if-modified-since": EARLIER}, TAGS, CHANGED)


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("GZIP", True),
        ("*", True),
        ("x-gzip", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("br", False),
        ("identity", False),
        ("", False),
    ],
)
def test_gzip_is_sent_to_who_takes_it(header, accepted):
    """Named or meant by `*`, and not weighted zero."""
    assert accepts_gzip(header) is accepted


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_header_gets_an_answer(one, other):
    """Nothing that is sent breaks it."""
    not_modified({"if-none-match": one, "if-modified-since": other}, TAGS, CHANGED)
    accepts_gzip(one)
