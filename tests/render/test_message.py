"""A message is what RFC 5322 and MIME say, whatever is put into it."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.errors import SettingsError
from digest.models import Mail
from digest.render.message import build_message, preview_message

SENT_AT = datetime(2026, 11, 20, 6, 0, 7, tzinfo=UTC)
MAIL = Mail(subject="Papers", preheader="", html="<p>Zürich</p>\n", text="Zürich\n")
LONG = "https://papers.example.org/unsubscribe/" + "aZ09-_" * 40
HEADERS = (
    ("List-Unsubscribe", f"<{LONG}>, <mailto:leave@papers.example.org?subject=unsubscribe>"),
    ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ("List-Id", "Morning Papers <daily.papers.example.org>"),
)


def build(
    mail: Mail = MAIL,
    *,
    sender: str = "A <a@x.org>",
    recipient: str = "b@y.org",
    headers: tuple[tuple[str, str], ...] = HEADERS,
) -> bytes:
    """A message in which only what a test names is special."""
    return build_message(
        mail, sender=sender, recipient=recipient, date=SENT_AT, message_id="<12.7@x.org>", headers=headers
    )


def parsed(message: bytes) -> EmailMessage:
    """The message as the standard library reads it."""
    result = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(result, EmailMessage)
    assert not result.defects
    return result


def check_lines(message: bytes) -> None:
    """Lines end with CRLF, are ASCII and within 998 octets; header lines within 78 unless one word is longer."""
    assert message.isascii()
    assert b"\0" not in message
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", message)
    assert max(map(len, message.split(b"\r\n"))) <= 998
    for line in message.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        assert len(line) <= 78 or b" " not in line.partition(b": ")[2].strip()


def test_parts() -> None:
    """Text first, HTML last, both quoted-printable UTF-8, and they decode to what went in."""
    message = parsed(build())
    assert message.get_content_type() == "multipart/alternative"
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert {"utf-8"} == {part.get_content_charset() for part in parts}
    assert {"quoted-printable"} == {part["Content-Transfer-Encoding"] for part in parts}
    assert [part.get_content() for part in parts] == ["Zürich\r\n", "<p>Zürich</p>\r\n"]


def test_headers() -> None:
    """One of each header; list headers keep their addresses whole and unencoded (RFC 8058, section 3.1)."""
    raw = build()
    check_lines(raw)
    message = parsed(raw)
    assert len(message.keys()) == len(set(message.keys()))
    assert parsedate_to_datetime(message["Date"]) == SENT_AT
    assert message["Message-ID"] == "<12.7@x.org>"
    assert f"<{LONG}>".encode() in raw
    assert b"=?" not in raw.partition(b"\r\n\r\n")[0]
    unfolded = email.message_from_bytes(raw, policy=email.policy.compat32)
    for name, value in HEADERS:
        assert value == re.sub(r"\r?\n ", " ", unfolded[name])


def test_same_bytes() -> None:
    """The same mail gives the same bytes, and another mail another boundary."""
    assert build() == build()
    other = build(Mail(subject="Papers", preheader="", html="<p>x</p>", text="x"))
    assert parsed(build()).get_boundary() != parsed(other).get_boundary()


SUBJECTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=250).map(str.strip)


@given(SUBJECTS, st.text(max_size=400), st.text(max_size=400))
@example("=?utf-8?q?fake?= Papers", "--=_\n.\nFrom here\n", "\r\n..\r")
@example("a" * 300, "", "")
@example("Papers  with   spaces · " * 8, "é" * 200, "=\n= \n\t\n")
@example("Ünïcode and ascii mixed in words that go on until the line is full · 論文の見出し " * 3, "", "")
def test_any_text_survives(subject: str, text: str, html: str) -> None:
    """Subject and bodies decode to exactly what went in, line ends apart (RFC 2047, section 6.2)."""
    subject = subject.strip()
    text, html = (part.encode(errors="replace").decode() for part in (text, html))
    raw = build(Mail(subject=subject, preheader="", html=html, text=text))
    check_lines(raw)
    message = parsed(raw)
    assert subject == str(message["Subject"] or "") or _decoded(raw) == subject
    for part, given_text in zip(message.iter_parts(), (text, html), strict=True):
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        wanted = re.sub(r"\r\n|\r|\n", "\n", given_text).strip("\n")
        assert wanted == payload.decode().replace("\r\n", "\n").strip("\n")


def _decoded(raw: bytes) -> str:
    """The subject by the older, simpler decoder, which keeps runs of spaces."""
    value = email.message_from_bytes(raw, policy=email.policy.compat32)["Subject"]
    return str(make_header(decode_header(value)))


@pytest.mark.parametrize(
    "name",
    [
        "Papers",
        "Papers, Inc.",
        'The "Papers"',
        "Morgenpapier Zürich",
        "a@b.org",
        "Back\\slash",
        "論文" * 30,
        "=?utf-8?q?x?=",
        "<x>",
    ],
)
def test_display_name(name: str) -> None:
    """A display name is quoted or encoded so that one address comes back (RFC 5322, section 3.4)."""
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    raw = build(sender=f"{quoted} <a@x.org>")
    check_lines(raw)
    (address,) = parsed(raw)["From"].addresses
    assert f"{address.username}@{address.domain}" == "a@x.org"
    ((shown, _),) = getaddresses([email.message_from_bytes(raw, policy=email.policy.compat32)["From"]])
    assert name == str(make_header(decode_header(shown))) or name == address.display_name


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@x.org, b@y.org", "a@x.org\r\nBcc: c@z.org", "A <a@x.org>\nX: y", "<a b@x.org>", "é@x.org", "a@"],
)
def test_no_other_recipient(address: str) -> None:
    """What is not one address is refused: it can make neither a header nor a recipient."""
    with pytest.raises(SettingsError, match="is no single address"):
        build(sender=address)
    with pytest.raises(SettingsError, match="is no single address"):
        build(recipient=address)


@pytest.mark.parametrize(
    "header", [("X-A", "a\r\nBcc: b@c.org"), ("X A", "a"), ("X-A", "é"), ("X-A", "a\x00"), ("", "a")]
)
def test_no_header_injection(header: tuple[str, str]) -> None:
    """A header that would make another one is refused."""
    with pytest.raises(ValueError, match="may not be a header"):
        build(headers=(header,))


def test_subject_makes_no_header() -> None:
    """A line break in a subject is a space."""
    raw = build(Mail(subject="a\r\nBcc: b@c.org", preheader="", html="", text=""))
    assert parsed(raw)["Subject"] == "a Bcc: b@c.org"
    assert parsed(raw)["Bcc"] is None


def test_preview() -> None:
    """The preview is addressed to nobody and carries no list header."""
    message = parsed(preview_message(MAIL, sender="A <a@x.org>", date=SENT_AT, issue="issue 12/3"))
    assert message["To"] == "Preview <preview@localhost>"
    assert message["Message-ID"] == "<issue-12-3.preview@localhost>"
    assert not [name for name in message if name.startswith("List-")]
