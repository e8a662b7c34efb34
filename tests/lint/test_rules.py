"""Every rule finds what it is for, and nothing in documents without a fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from digest.lint import Findings, Neighbours, lint_document, lint_mail, refusal
from digest.lint.pages import PERSONAL
from digest.lint.rules import RULES
from digest.models import Mail
from digest.render.safety import PLACEHOLDERS
from tests.lint.documents import ATOM, HEAD, JSON, MAIL, NOW, OPML, PAGE, RSS, TEXT, changed, message

UNSUBSCRIBE = "https://papers.example/unsubscribe?t=1"
LONG = "=?utf-8?q?" + "a" * 80 + "?="


def look(data: bytes | str) -> Findings:
    """What is found in a document of whatever form; it must be of one."""
    findings = lint_document(data.encode() if isinstance(data, str) else data, now=NOW)
    assert findings is not None
    return findings


def of_mail(**fields: str) -> Findings:
    """What is found in the mail without a fault, changed so, before it is addressed."""
    html, text = (part.replace(UNSUBSCRIBE, PERSONAL[0]) for part in (MAIL, TEXT))
    return lint_mail(replace(Mail(subject="Papers", preheader="What is in it", html=html, text=text), **fields))


@pytest.mark.parametrize("document", [MAIL, PAGE, RSS, ATOM, JSON, OPML, message()])
def test_documents_without_a_fault_are_clean(document):
    """Each form is told by its content, and nothing is found."""
    assert look(document) == ()


def test_a_mail_that_is_addressed_to_no_one_yet_is_clean():
    """Its personal places are open and that is right; they are those of the renderer."""
    assert of_mail() == ()
    assert PERSONAL == PLACEHOLDERS


HTML: list[tuple[str, str, str]] = [
    ("control-character", "A robot", "A \u202erobot"),
    ("charset", 'charset="utf-8"', 'charset="latin-1"'),
    ("active-content", "<nav>", "<script>alert(1)</script><nav>"),
    ("active-content", "<nav>", "<form action='https://a.example'></form><nav>"),
    ("active-content", "<nav>", "<iframe src='https://a.example'></iframe><nav>"),
    ("active-content", "<style>", "<style>@font-face { src: url(https://a.example/f) }"),
    ("active-content", "<style>", "<style>@import 'https://a.example/s.css';"),
    ("active-content", "<h1>", '<h1 onclick="alert(1)">'),
    ("link-scheme", "https://arxiv.org/abs/2605.00001", "java\tscript:alert(1)"),
    ("link-scheme", "https://arxiv.org/abs/2605.00001", "data:text/html,x"),
    ("link-scheme", "https://arxiv.org/abs/2605.00001", "editions/6.html"),
    ("link-dead", "#agents", "#agent"),
    ("link-dead", "https://arxiv.org/abs/2605.00001", ""),
    ("link-dead", "https://arxiv.org/abs/2605.00001", "https:///abs"),
    ("image-alt", ' alt="A robot"', ""),
    ("image-source", "https://papers.example/1.png", "http://papers.example/1.png"),
    ("image-width", ' width="64"', ""),
    ("contrast", "<style>", "<style>.ink { color: #999 !important; }"),
    ("contrast", "  .ink { color: #ece8df !important; }", ""),
    ("contrast", 'color: #22201c;">', 'color: rgba(34, 32, 28, 0.4);">'),
    ("heading-order", "<h1>Papers</h1>", "<h2>Papers</h2>"),
    ("heading-order", "<h2 id", "<h5 id"),
    ("language", ' lang="en"', ""),
    ("title", "<title>Papers</title>", ""),
    ("table-role", "<nav>", "<table><tbody><tr><td>a</td></tr></tbody></table><nav>"),
    ("id-duplicate", "<h1>", '<h1 id="agents">'),
    ("preheader", '<div style="display: none;">What is in it</div>', ""),
    ("placeholder", "What is in it", "XRECIPIENTX"),
    ("size", "What is in it", "What is in it" + "x" * 110_000),
    ("size-near", "What is in it", "What is in it" + "x" * 85_000),
]


@pytest.mark.parametrize(("rule", "old", "new"), HTML)
def test_the_html_of_a_mail(rule, old, new):
    """One thing broken is found, in the file by itself and in a message, with where it is."""
    html = changed(MAIL, old, new)
    for findings in (look(html), look(message(html=html))):
        (finding, *_) = [each for each in findings if each.rule == rule]
        assert finding.level == RULES[rule].level
        assert re.search(r"line \d+|document|id '", finding.place) or "HTML" in finding.place


TEXTS: list[tuple[str, str, str]] = [
    ("text-part", "https://arxiv.org/abs/2605.00001", "https://arxiv.org/abs/2605.0000"),
    ("text-part", "agents\n", "something else\n"),
    ("text-part", TEXT, ""),
    ("placeholder", "Unsubscribe:", "XUNSUBSCRIBEURLX:"),
    ("control-character", "A paper", "A\x07 paper"),
]


@pytest.mark.parametrize(("rule", "old", "new"), TEXTS)
def test_the_text_of_a_mail(rule, old, new):
    """It is clean, filled in, and has every paper and link of the HTML."""
    assert rule in {finding.rule for finding in look(message(text=changed(TEXT, old, new)))}


HEADS: list[tuple[str, str, str]] = [
    ("header-count", "Date: Mon, 01 Jun 2026 07:00:00 +0000\n", ""),
    ("header-count", "Subject: Papers\n", "Subject: Papers\nSubject: Papers\n"),
    ("header-form", "Mon, 01 Jun 2026 07:00:00 +0000", "Tue, 01 Jun 2026 07:00:00 +0000"),
    ("header-form", "Mon, 01 Jun 2026 07:00:00 +0000", "2026-06-01T07:00:00Z"),
    ("header-form", "07:00:00 +0000", "07:00:00 GMT"),
    ("header-form", "<1.ada@papers.example>", "1.ada"),
    ("header-form", "From: Papers <digest@papers.example>", "From: a@b.example, c@d.example"),
    ("header-ascii", "Subject: Papers", "Subject: Pâpers"),
    ("encoded-word", "Subject: Papers", f"Subject: {LONG}"),
    ("encoded-word", "From: Papers ", 'From: "=?utf-8?q?P?=" '),
    ("encoded-word", "Subject: Papers", "Subject: =?unknown?q?P=FF?="),
    ("unsubscribe", "<https://papers.example/u/abc>, ", ""),
    ("unsubscribe", "<https://papers.example/u/abc>", "https://papers.example/u/abc"),
    ("unsubscribe", "List-Unsubscribe=One-Click", "One-Click"),
    ("unsubscribe", "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", ""),
    ("unsubscribe", "From:", "DKIM-Signature: v=1; h=From:Date; b=x\nFrom:"),
    ("list-id", "<daily.papers.example>", "daily"),
    ("auto-submitted", "Auto-Submitted: auto-generated\n", ""),
    ("multipart", "multipart/alternative", "multipart/mixed"),
]


@pytest.mark.parametrize(("rule", "old", "new"), HEADS)
def test_the_headers_of_a_message(rule, old, new):
    """As the RFCs have them, and nothing else."""
    assert rule in {finding.rule for finding in look(message(head=changed(HEAD, old, new)))}


BYTES: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("line-ending", lambda eml: eml.replace(b"\r\n", b"\n")),
    ("line-ending", lambda eml: eml.replace(b"A paper on\r\n", b"A paper on\r")),
    ("line-length", lambda eml: eml.replace(b"What is in it", b"What " * 300)),
    ("charset", lambda eml: eml.replace(b"charset=utf-8", b"charset=latin-1", 1)),
    ("charset", lambda eml: eml.replace(b"A paper on\r\n", b"A p\xe2per on\r\n")),
    ("transfer-encoding", lambda eml: eml.replace(b"Encoding: 7bit", b"Encoding: 8bit", 1)),
    ("multipart", lambda eml: eml.replace(b"text/plain", b"text/html", 1)),
    ("unsubscribe-link", lambda eml: eml.replace(b"nsubscribe?", b"way?").replace(b">Unsubscribe<", b">Bye<")),
]


@pytest.mark.parametrize(("rule", "broken"), BYTES)
def test_the_bytes_of_a_message(rule, broken):
    """Line ends, line lengths, encodings, and the link everyone must find."""
    assert rule in {finding.rule for finding in look(broken(message()))}


def test_a_paper_missing_in_the_text_is_worse_than_another_link():
    """A mail must not go out without its papers; a logo's address is worth a warning."""
    without = [changed(TEXT, "https://arxiv.org/abs/2605.00001", ""), changed(TEXT, UNSUBSCRIBE, "")]
    levels = [
        [finding.level for finding in look(message(text=text)) if finding.rule == "text-part"] for text in without
    ]
    assert levels == [["error"], ["warning"]]


def test_a_message_that_is_no_list_mail_is_only_told_so():
    """A confirmation has no list headers, and may go out."""
    head = re.sub(r"(?m)^(List-.*|Auto-.*)\n", "", HEAD)
    assert [(finding.level, finding.rule) for finding in look(message(head=head))] == [("note", "no-list")]


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("subject", {"subject": " "}),
        ("control-character", {"subject": "Pap\x1bers"}),
        ("preheader", {"preheader": ""}),
        ("unsubscribe-link", {"html": MAIL}),
        ("unsubscribe-link", {"text": TEXT}),
    ],
)
def test_a_mail_before_it_is_addressed(rule, fields):
    """What only the rendered mail shows."""
    assert rule in {finding.rule for finding in of_mail(**fields)}


def test_a_refusal_says_what_where_and_what_to_do():
    """One line for the operator."""
    line = refusal(of_mail(text=TEXT))
    assert "text: there is no link to unsubscribe (unsubscribe-link: link unsubscribe_url" in line
    assert "\n" not in line


FEEDS: list[tuple[str, str, str, str]] = [
    ("xml", RSS, "</channel>", ""),
    ("xml", RSS, "<title>One", "<title>One & two"),
    ("doctype", ATOM, "<feed", '<!DOCTYPE feed [<!ENTITY a "b">]><feed'),
    ("control-character", RSS, "<title>One", "<title>One \u0085\u202e"),
    ("feed-form", RSS, "<description>New ones.</description>", ""),
    ("feed-form", RSS, 'rss version="2.0"', 'rss version="0.91"'),
    ("feed-form", RSS, "<ttl>60", "<ttl>an hour"),
    ("feed-advice", RSS, "<language>en</language>", ""),
    ("feed-advice", RSS, "<title>One</title>", "<title>One</title><author>Ada</author>"),
    ("feed-advice", RSS, "<pubDate>Sun, 31 May 2026 07:00:00 +0000</pubDate>", ""),
    ("feed-advice", RSS, "</content:encoded>", "</content:encoded><description>Short.</description>"),
    ("self-link", RSS, 'rel="self"', 'rel="alternate"'),
    ("self-link", RSS, 'type="application/rss+xml"', 'type="text/xml"'),
    ("permalink", RSS, ' isPermaLink="false"', ""),
    ("id-missing", RSS, '<guid isPermaLink="false">tag:papers.example,2026:1</guid>', ""),
    ("id-relative", RSS, "tag:papers.example,2026:1", "1"),
    ("id-duplicate", RSS, "tag:papers.example,2026:2", "tag:papers.example,2026:1"),
    ("date-form", RSS, "Sun, 31 May 2026", "Mon, 31 May 2026"),
    ("date-form", RSS, "<lastBuildDate>Mon, 01 Jun 2026", "<lastBuildDate>Mon, 01 Jun 26"),
    ("date-future", RSS, "<pubDate>Mon, 01 Jun", "<pubDate>Wed, 01 Jul"),
    ("date-equal", RSS, "Sun, 31 May 2026", "Mon, 01 Jun 2026"),
    ("date-updated", RSS, "<lastBuildDate>Mon, 01 Jun", "<lastBuildDate>Fri, 01 May"),
    ("relative-url", RSS, 'href="https://arxiv.org/abs/2605.00001"&gt;', 'href="/abs"&gt;'),
    ("relative-url", RSS, "<link>https://papers.example/</link>", "<link>/</link>"),
    ("link-scheme", RSS, "<link>https://arxiv.org/abs/2605.00001", "<link>javascript:alert(1)"),
    ("active-content", RSS, "&lt;p&gt;", "&lt;p&gt;&lt;script&gt;alert(1)&lt;/script&gt;"),
    ("title-empty", RSS, "<title>One</title>", "<title/>"),
    ("feed-form", ATOM, "<id>tag:papers.example,2026:feed</id>", ""),
    ("feed-form", ATOM, "<title>One</title>", "<title>One</title><title>Uno</title>"),
    ("feed-form", ATOM, '<link href="https://arxiv.org/abs/2605.00002"/>', ""),
    ("feed-form", ATOM, "<title>One</title>", "<title>One</title><category/>"),
    ("id-missing", ATOM, "<id>tag:papers.example,2026:1</id>", ""),
    ("id-duplicate", ATOM, "2026:2</id>", "2026:1</id>"),
    ("date-form", ATOM, "2026-05-31T07:00:00Z", "2026-05-31t07:00:00z"),
    ("date-form", ATOM, "2026-05-31T07:00:00Z", "2026-05-31T07:00:00"),
    ("date-future", ATOM, "2026-05-31T07:00:00Z", "2027-05-31T07:00:00Z"),
    ("date-updated", ATOM, "<updated>2026-06-01", "<updated>2026-05-01"),
    ("self-link", ATOM, 'rel="self"', 'rel="related"'),
    ("author", ATOM, "<author><name>Papers</name></author>", ""),
    ("title-empty", ATOM, "<title>One</title>", "<title> </title>"),
    ("relative-url", ATOM, 'href="https://papers.example/all.atom"', 'href="all.atom"'),
    ("json", JSON, '"items"', "items"),
    ("feed-form", JSON, "version/1.1", "version/1"),
    ("feed-form", JSON, '"title": "Papers", ', ""),
    ("feed-form", JSON, '"content_text": "Text.", ', ""),
    ("feed-form", JSON, '["Agents"]', '"Agents"'),
    ("feed-form", JSON, '[{"name": "Ada Lovelace"}]', '["Ada Lovelace"]'),
    ("feed-form", JSON, '"items": [', '"items": [1, '),
    ("self-link", JSON, '"feed_url": "https://papers.example/all.json",', ""),
    ("id-missing", JSON, '"id": "tag:papers.example,2026:1"', '"id": 1'),
    ("id-duplicate", JSON, "2026:2", "2026:1"),
    ("date-form", JSON, "2026-05-31T07:00:00Z", "yesterday"),
    ("date-equal", JSON, "2026-05-31", "2026-06-01"),
    ("title-empty", JSON, '"title": "One"', '"title": ""'),
    ("active-content", JSON, "<p>Text.", "<p onload='x'>Text."),
    ("feed-form", OPML, 'version="2.0"', 'version="1.0"'),
    ("feed-form", OPML, 'type="rss" ', ""),
    ("feed-advice", OPML, 'title="All" ', ""),
    ("date-form", OPML, "Mon, 01 Jun 2026 07:00:00 +0000", "2026-06-01"),
    ("id-duplicate", OPML, "code.rss", "all.rss"),
    ("relative-url", OPML, "https://papers.example/code.rss", "code.rss"),
]


@pytest.mark.parametrize(("rule", "document", "old", "new"), FEEDS)
def test_feeds(rule, document, old, new):
    """One thing broken in a feed, or in a list of feeds, is found."""
    assert rule in {finding.rule for finding in look(changed(document, old, new))}


def test_every_rule_is_tried_and_explained():
    """The tables above leave none out, and the page for operators neither."""
    tried = {case[0] for cases in (HTML, TEXTS, HEADS, BYTES, FEEDS) for case in cases}
    assert tried | {"subject", "no-list", "unsubscribe-link"} == set(RULES)
    page = (Path(__file__).resolve().parents[2] / "docs" / "lint.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (error|warning|note) \|", page, re.MULTILINE))
    assert rows == {name: rule.level for name, rule in RULES.items()}


def test_a_page_is_followed_as_far_as_its_folder_goes():
    """A link beside it must lead to a file; one to a folder to its index."""
    whole = Neighbours(path="a/b.html", files={"a/style.css", "a/next.html"})
    assert lint_document(PAGE.encode(), now=NOW, neighbours=whole) == ()
    (finding,) = (
        lint_document(PAGE.encode(), now=NOW, neighbours=replace(whole, files={"a/style.css", "next.html"})) or ()
    )
    assert (finding.rule, finding.message) == ("link-dead", "'next.html': there is no a/next.html")
    folder = changed(PAGE, "next.html", "../c/?page=2#x")
    assert (
        lint_document(folder.encode(), now=NOW, neighbours=replace(whole, files={"a/style.css", "c/index.html"})) == ()
    )


@pytest.mark.parametrize(
    "data", [b"", b"# A note\n", b'{"number": 6}', b"\x89PNG\r\n", b"Title: A note\nno more", b"<x/>"]
)
def test_other_files_are_none_of_its_business(data):
    """What is of no known form is not looked at."""
    assert lint_document(data, now=NOW) is None
