"""Quoted-printable and encoded-words for any text there is."""

from __future__ import annotations

import hashlib
import quopri
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mail.quoting import header_mailbox, header_text, quoted_body, quoted_value
from digest.mail.splice import Splice

from .strict import decoded

TEXT = st.text(st.one_of(st.characters(), st.sampled_from(" .=\n\t_?éü論𝒪")), max_size=400)
PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), max_size=200)


@given(TEXT)
def test_bodies_come_back_and_every_line_is_allowed(text):
    """RFC 2045 §6.7: at most 76 octets, nothing but printable ASCII, no white space at an end."""
    quoted = quoted_body(text)
    for line in (quoted + b"=").split(b"\r\n"):
        assert len(line) <= 76
        assert re.fullmatch(rb"(?:[\t -<>-~]|=[0-9A-F]{2})*=?", line)
        assert not line.endswith((b" ", b"\t"))
    expected = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", re.sub(r"\r\n?", "\n", text))
    assert quopri.decodestring(quoted).decode().replace("\r\n", "\n") == expected


@pytest.mark.parametrize("before", range(70, 80))
def test_no_line_begins_as_an_mbox_separator(before):
    """Programs that keep an mbox write `>From ` there, which would break the signature."""
    quoted = quoted_body("From me\n" + "x" * before + "From you\n")
    assert not [line for line in quoted.split(b"\r\n") if line.startswith(b"From ")]


@given(st.text(st.sampled_from("a.=é "), min_size=60, max_size=300))
def test_hardly_any_line_begins_with_a_dot(text):
    """Only a run of dots as long as half a line may leave one for SMTP to stuff."""
    lines = quoted_body(text).split(b"\r\n")
    assert not [line for line in lines if line.startswith(b".") and "." * 30 not in text]


@given(PRINTABLE)
def test_values_stand_on_lines_of_their_own(text):
    """Between two soft line breaks a value is itself again, whatever its length."""
    quoted = b"before=\r\n" + quoted_value(text) + b"=\r\nafter"
    assert max(len(line) for line in quoted.split(b"\r\n")) <= 76
    assert b" " not in quoted
    assert quopri.decodestring(quoted).decode() == f"before{text}after"


@given(st.text(max_size=300))
def test_subjects_come_back(text):
    """RFC 2047: whatever the text, one header of allowed lines that decodes to it, its white space evened."""
    header = header_text("Subject", text)
    assert header.endswith(b"\r\n")
    lines = header[:-2].split(b"\r\n")
    assert all(line.startswith(b" ") for line in lines[1:])
    assert max(map(len, lines)) <= 78
    clean = " ".join(re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", " ", text).split())
    assert decoded(header[9:-2].decode("ascii").replace("\r\n", "")) == clean


@pytest.mark.parametrize(
    ("display", "header"),
    [
        ("", b"From: <a@example.com>\r\n"),
        ("Daily Papers", b"From: Daily Papers <a@example.com>\r\n"),
        ('Daily "Papers", Inc.', b'From: "Daily \\"Papers\\", Inc." <a@example.com>\r\n'),
        ("Täglich", b"From: =?utf-8?q?T=C3=A4glich?= <a@example.com>\r\n"),
        ("x" * 70, b"From: =?utf-8?q?" + b"x" * 47 + b"?=\r\n =?utf-8?q?" + b"x" * 23 + b"?=\r\n <a@example.com>\r\n"),
    ],
)
def test_display_names(display, header):
    """RFC 5322 §3.4: quoted where it has specials, encoded where it is not ASCII or too long."""
    assert header_mailbox("From", display, "a@example.com") == header


def test_splice_fills_every_place_and_hashes_the_whole():
    """The hash with its beginning kept is the hash of the filled bytes."""
    splice = Splice(b"one AA two BB three AA", {b"AA": "a", b"BB": "b"})
    values = {"a": b"1", "b": b""}
    assert splice.fill(values) == b"one 1 two  three 1"
    assert splice.sha256(values) == hashlib.sha256(splice.fill(values)).digest()
    assert (splice.count("a"), splice.count("b")) == (2, 1)
    assert Splice(b"nothing open", {}).fill({}) == b"nothing open"
