"""The bytes of a message against the rules of mail: RFC 5322, 2045-2049, 2369, 2919, 3834 and 8058."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta
from email.utils import parseaddr, parsedate_to_datetime

import pytest

from digest.errors import MailError
from digest.mail.message import Letterhead, MessageTemplate, message_id

from .servers import DOMAIN, NOW, PLACES
from .strict import Strict, decoded, parse

URL = f"https://{DOMAIN}/u/" + "t0ken=" * 30
VALUES = {"unsubscribe": f"{URL}?a=1&b=2", "address": "reader.number-one@a.very.long.domain.example.com"}


@pytest.fixture(params=["unsigned", "signed"])
def template(request, mail, letterhead, keys) -> MessageTemplate:
    """The template of the sample mail, with and without signatures: the rules hold for both."""
    return MessageTemplate(mail, letterhead, places=PLACES, keys=keys if request.param == "signed" else ())


def personal(template, *, identity="edition-7/reader-1", recipient="reader@example.com", at=NOW, **others) -> bytes:
    """The message to one reader."""
    given = {"unsubscribe_url": URL, "values": VALUES} | others
    return template.message(identity=identity, recipient=recipient, at=at, **given)


@pytest.fixture
def message(template) -> Strict:
    """It, read strictly: rules 4, 5, 7 and 10 of standards.md are checked by the reading itself."""
    return parse(personal(template))


@pytest.mark.parametrize("name", ["from", "to", "subject", "date", "message-id", "reply-to", "mime-version"])
def test_what_must_be_there_is_there_once(message, name):
    """RFC 5322 §3.6."""
    assert message.one(name)


def test_date_is_the_given_moment_with_a_numeric_zone(message):
    """RFC 5322 §3.3."""
    assert re.fullmatch(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", message.one("date"))
    assert parsedate_to_datetime(message.one("date")) == NOW


def test_message_id_is_the_deliverys(template):
    """RFC 5322 §3.6.4: one delivery has one, whenever and however often it is tried; another delivery has another."""
    first = parse(personal(template)).one("message-id")
    later = parse(personal(template, at=NOW + timedelta(hours=3))).one("message-id")
    other = parse(personal(template, identity="edition-7/reader-2")).one("message-id")
    assert re.fullmatch(rf"<[A-Za-z0-9.-]+@{re.escape(DOMAIN)}>", first)
    assert first == later == message_id("edition-7/reader-1", DOMAIN)
    assert first != other


def test_header_lines_are_short_but_for_the_unsubscribe_address(message):
    """RFC 5322 §2.1.1: 78 characters wherever a line can be folded."""
    head = message.raw.partition(b"\r\n\r\n")[0]
    long = [line for line in head.split(b"\r\n") if len(line) > 78]
    assert [line.partition(b":")[0] for line in long] == [b"List-Unsubscribe"]


def test_subject_decodes_to_exactly_the_text(message, mail):
    """RFC 2047 §6.2."""
    assert decoded(message.one("subject")) == mail.subject


def test_plain_text_first_html_last(message):
    """RFC 2046 §5.1.4, and both in UTF-8."""
    types = [part.headers["content-type"] for part in message.parts]
    assert types == ["text/plain; charset=utf-8", "text/html; charset=utf-8"]


def test_bodies_decode_to_the_mail_with_its_places_filled(message, mail):
    """Every place holds the reader's value, escaped in HTML; nothing else changed."""
    plain, page = mail.text, mail.html
    for name, word in PLACES.items():
        plain = plain.replace(word, VALUES[name])
        page = page.replace(word, html.escape(VALUES[name]))
    assert [part.text for part in message.parts] == [plain, page]


def test_sender_is_one_address_with_its_name(message, letterhead):
    """RFC 5322 §3.4."""
    name, address = parseaddr(message.one("from"))
    assert (decoded(name), address) == parseaddr(letterhead.sender)


def test_one_click_headers_are_exactly_right(message):
    """RFC 8058 §3.1 and RFC 2369 §2: an https and a mailto address in brackets, and the one allowed value."""
    https, mailto = message.one("list-unsubscribe").split(", ")
    assert https == f"<{URL}>"
    assert mailto == f"<mailto:leave@{DOMAIN}?subject=leave>"
    assert message.one("list-unsubscribe-post") == "List-Unsubscribe=One-Click"


def test_unsubscribe_address_stands_on_one_line(message):
    """CPython's policy.SMTP makes an encoded-word of it; here it is neither encoded nor folded."""
    assert f"List-Unsubscribe: <{URL}>,\r\n <mailto:".encode() in message.raw


def test_list_and_automation_headers(message):
    """RFC 2919 §2, RFC 2369 §3.4, RFC 3834 §5."""
    assert message.one("list-id") == f'"Daily Papers, every morning" <daily.{DOMAIN}>'
    assert message.one("list-post") == "NO"
    assert message.one("list-help") == f"<https://{DOMAIN}/help>"
    assert message.one("list-owner") == f"<mailto:owner@{DOMAIN}>"
    assert message.one("auto-submitted") == "auto-generated"
    assert message.one("feedback-id").count(":") <= 3


def test_no_line_needs_stuffing(message):
    """SMTP must double dots at line starts; a template that has none is sent without a copy."""
    assert b"\r\n." not in message.raw


def test_without_a_list_there_are_no_list_headers(mail):
    """Confirmation mail is no list mail and needs no unsubscribe address."""
    template = MessageTemplate(mail, Letterhead(sender=f"digest@{DOMAIN}"))
    message = parse(template.message(identity="x", recipient="a@example.com", at=NOW))
    assert not [name for name, _ in message.headers if name.startswith("list-")]
    assert message.one("from") == f"<digest@{DOMAIN}>"


@pytest.mark.parametrize(
    "hostile",
    [
        "x\r\nBcc: victim@example.com",
        "x\nBcc: victim@example.com",
        "x\rBcc: victim@example.com",
        "x\x00\x0b\x0c\x1b\x85\u2028Bcc: v@example.com",
        "=?utf-8?q?Bcc:_v=40example.com?=",
        "a" * 2000,
        "\ud800 lone surrogate",
        '"quotes", <brackets@example.com>; and: more',
    ],
)
def test_no_text_makes_a_header(mail, hostile):
    """Rule 13: a title, a name or a value never becomes a header or a recipient."""
    letterhead = Letterhead(sender=f"digest@{DOMAIN}", list_id=f"daily.{DOMAIN}", list_title=hostile)
    template = MessageTemplate(replace(mail, subject=hostile), letterhead, places=PLACES)
    message = parse(personal(template, values={"unsubscribe": hostile, "address": hostile}))
    assert not {"bcc", "cc"} & {name for name, _ in message.headers}
    assert len(message.headers) == 12


@pytest.mark.parametrize(
    "recipient",
    ["", "a", "a@", "@b.c", "a@b@c", "a b@example.com", "a@example.com\r\nBcc: v@example.com", "a@exam ple.com",
     "a@example.com, b@example.com", "<a@example.com>", "a@-x.com", f"{'a' * 65}@example.com", f"a@{'b' * 64}.com",
     "a..b@example.com", "a@example.com\n"],
)  # fmt: skip
def test_what_is_no_address_is_refused(template, recipient):
    """Only a single bare address can be written to."""
    with pytest.raises(MailError):
        personal(template, recipient=recipient)


@pytest.mark.parametrize(
    "url",
    ["", "http://example.com/u", "https://example.com/ü", "https://example.com/a b", "https://example.com/>",
     "https://example.com/\r\nBcc: v@example.com", "mailto:a@example.com", "https://example.com/" + "x" * 2000],
)  # fmt: skip
def test_what_is_no_one_click_address_is_refused(template, url):
    """RFC 8058 §3.1 wants https; RFC 2369 §2 wants ASCII without anything that ends the brackets."""
    with pytest.raises(MailError):
        personal(template, unsubscribe_url=url)


def test_international_addresses(template):
    """An IDN domain goes as A-labels; only a non-ASCII local part makes the header UTF-8 (RFC 6532)."""
    assert parse(personal(template, recipient="reader@Bücher.example")).one("to") == "<reader@xn--bcher-kva.example>"
    assert "To: <jörg@xn--bcher-kva.example>\r\n".encode() in personal(template, recipient="jörg@bücher.example")


@pytest.mark.parametrize(
    "change",
    [
        {"sender": "jörg@example.com"},
        {"sender": "nobody"},
        {"list_id": "no dots"},
        {"list_id": "a.b>\r\nBcc: v@example.com"},
        {"unsubscribe_mailto": "https://example.com"},
        {"help_url": "javascript:alert(1)"},
        {"owner": "mailto:a@example.com>\r\nX: y"},
    ],
)
def test_a_letterhead_that_cannot_be_written_is_refused(mail, letterhead, change):
    """At start-up, once, and not at the ten-thousandth message."""
    with pytest.raises(MailError):
        MessageTemplate(mail, replace(letterhead, **change), places=PLACES)


def test_a_place_a_template_leaves_out_is_no_error(mail, letterhead):
    """An operator's own template need not show everything."""
    template = MessageTemplate(mail, letterhead, places=PLACES | {"other": "NOTTHERE"})
    assert parse(personal(template)).parts[1].text


def test_a_value_that_is_missing_is_refused(template):
    """Nobody gets a mail with a hole in it."""
    with pytest.raises(MailError, match="address"):
        personal(template, values={"unsubscribe": "x"})
