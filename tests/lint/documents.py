"""Documents without a fault, small enough to read, and a way to break them."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

MAIL = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Papers</title>
<style>
.ink { color: #22201c; }
@media (prefers-color-scheme: dark) {
  .body { background-color: #181715 !important; color: #ece8df !important; }
  .ink { color: #ece8df !important; }
}
</style></head>
<body class="body" style="background-color: #fbfaf7; color: #22201c;">
<div style="display: none;">What is in it</div>
<table role="presentation"><tbody><tr><td>
<nav><a class="ink" href="#agents">Agents</a></nav>
<h1>Papers</h1>
<h2 id="agents">Agents</h2>
<h3><a class="ink" href="https://arxiv.org/abs/2605.00001">A paper on agents</a></h3>
<img src="https://papers.example/1.png" alt="A robot" width="64">
<p><a class="ink" href="https://papers.example/unsubscribe?t=1">Unsubscribe</a></p>
</td></tr></tbody></table>
</body></html>
"""
TEXT = """Papers

A paper on
  agents
  https://arxiv.org/abs/2605.00001

Unsubscribe: https://papers.example/unsubscribe?t=1
"""
HEAD = """From: Papers <digest@papers.example>
To: <ada@example.org>
Subject: Papers
Date: Mon, 01 Jun 2026 07:00:00 +0000
Message-ID: <1.ada@papers.example>
List-Id: Papers <daily.papers.example>
List-Unsubscribe: <https://papers.example/u/abc>, <mailto:leave@papers.example>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="edge"
"""
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Papers</title><link>https://papers.example/</link><description>New ones.</description>
<atom:link href="https://papers.example/all.rss" rel="self" type="application/rss+xml"/><language>en</language>
<lastBuildDate>Mon, 01 Jun 2026 07:00:00 +0000</lastBuildDate><ttl>60</ttl>
<item><title>One</title><link>https://arxiv.org/abs/2605.00001</link><description>Short.</description>
<content:encoded>&lt;p&gt;&lt;a href="https://arxiv.org/abs/2605.00001"&gt;Abstract&lt;/a&gt;&lt;/p&gt;</content:encoded>
<guid isPermaLink="false">tag:papers.example,2026:1</guid><pubDate>Mon, 01 Jun 2026 07:00:00 +0000</pubDate></item>
<item><title>Two</title><link>https://arxiv.org/abs/2605.00002</link><description>Short.</description>
<guid isPermaLink="false">tag:papers.example,2026:2</guid><pubDate>Sun, 31 May 2026 07:00:00 +0000</pubDate></item>
</channel></rss>
"""
ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>tag:papers.example,2026:feed</id><title>Papers</title><updated>2026-06-01T07:00:00Z</updated>
<author><name>Papers</name></author><link rel="self" href="https://papers.example/all.atom"/>
<entry><id>tag:papers.example,2026:1</id><title>One</title><updated>2026-06-01T07:00:00Z</updated>
<link href="https://arxiv.org/abs/2605.00001"/><content type="html">&lt;p&gt;Text.&lt;/p&gt;</content></entry>
<entry><id>tag:papers.example,2026:2</id><title>Two</title><updated>2026-05-31T07:00:00Z</updated>
<link href="https://arxiv.org/abs/2605.00002"/></entry>
</feed>
"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "Papers", "feed_url": "https://papers.example/all.json",
"items": [
{"id": "tag:papers.example,2026:1", "title": "One", "content_html": "<p>Text.</p>", "tags": ["Agents"],
 "authors": [{"name": "Ada Lovelace"}], "date_published": "2026-06-01T07:00:00Z"},
{"id": "tag:papers.example,2026:2", "title": "Two", "content_text": "Text.", "date_published": "2026-05-31T07:00:00Z"}
]}
"""
OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Papers</title><dateCreated>Mon, 01 Jun 2026 07:00:00 +0000</dateCreated></head><body>
<outline text="All" title="All" type="rss" xmlUrl="https://papers.example/all.rss" htmlUrl="https://papers.example/"/>
<outline text="Code" title="Code" type="rss" xmlUrl="https://papers.example/code.rss"/>
</body></opml>
"""
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Papers</title><link rel="stylesheet" href="style.css"></head>
<body><h1 id="top">Papers</h1><p><a href="next.html">Next</a> <a href="#top">Up</a></p></body></html>
"""


def message(*, head: str = HEAD, text: str = TEXT, html: str = MAIL) -> bytes:
    """A message of two parts with CRLF line ends."""
    parts = "".join(
        f"--edge\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n{body}\n"
        for kind, body in (("plain", text), ("html", html))
    )
    return f"{head}\n{parts}--edge--\n".replace("\n", "\r\n").encode()


def changed(document: str, old: str, new: str) -> str:
    """`document` with its first `old` replaced, which must be there."""
    assert old in document, old
    return document.replace(old, new, 1)
