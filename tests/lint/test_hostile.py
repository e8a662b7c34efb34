"""Foreign documents: nothing makes the lint fail, and nothing makes it slow."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.lint import form_of, lint_document, lint_feed, lint_mail, lint_message, lint_opml, lint_page
from digest.models import Mail
from tests.lint.documents import ATOM, HEAD, JSON, MAIL, NOW, OPML, PAGE, RSS, message

WHOLE = [MAIL.encode(), PAGE.encode(), RSS.encode(), ATOM.encode(), JSON.encode(), OPML.encode(), message()]
PIECES = [
    b"",
    b"<",
    b">",
    b"&",
    b"\x00",
    b"\xff",
    b"\r",
    b'"',
    b"]]>",
    b"{",
    b"null",
    b"=?utf-8?q?",
    b"<p>",
    b"--edge\r\n",
]


@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from(PIECES)), min_size=1, max_size=4),
)
def test_damaged_documents_give_findings_and_never_an_error(document, damages):
    """Pieces cut out and others put in their place, at random, read as every form."""
    for start, length, piece in damages:
        at = int(start * len(document))
        document = document[:at] + piece + document[at + int(length * 40) :]
    lint_document(document, now=NOW)
    form_of(document)
    lint_message(document)
    lint_page(document)
    lint_feed(document, now=NOW)
    lint_opml(document)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_mail_can_be_looked_at(html, text):
    """Whatever a template makes of it."""
    lint_mail(Mail(subject=text, preheader="", html=html, text=text))


@pytest.mark.parametrize(
    "document",
    [
        b"<html>" + b"<div>" * 200_000 + b"a",
        b"<html><style>" + b"a{" * 200_000,
        b"<html><p style='" + b"color:red;" * 100_000 + b"'>a",
        b"<html><style>:root{" + b"--a:var(--a) var(--a) var(--a);" + b"}p{color:var(--a)}</style><p>a",
        b"<rss><channel>" + b"<item/>" * 50_000,
        b"<!DOCTYPE a [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;'>]><rss>&b;</rss>",
        b'{"jsonfeed.org": ' + b"[" * 200_000,
        b"Subject: " + b"=?" * 100_000 + b"\r\nFrom: " + b"<" * 100_000 + b"\r\n\r\n",
        HEAD.encode() + b"\n" + b"--edge\n" * 50_000,
    ],
    ids=lambda document: document[:20].decode(),
)
def test_what_is_made_to_be_slow_is_not(document):
    """Well below what the size of the document would take."""
    start = time.process_time()
    lint_document(document, now=NOW)
    assert time.process_time() - start < 3
