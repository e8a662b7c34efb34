"""A message, as it would be handed to a mail server: its bytes, its headers, its two parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

from digest.lint.characters import decoded
from digest.lint.finding import Finding, Findings
from digest.lint.headers import lint_headers, read_headers
from digest.lint.mail import lint_text
from digest.lint.markup import read_html, words
from digest.lint.pages import lint_mail_html
from digest.lint.rules import found

_LONGEST = 998
_ENCODINGS = frozenset(("quoted-printable", "base64", "7bit"))


def lint_message(eml: bytes) -> Findings:
    """A whole message (RFC 5322) as bytes."""
    findings = [*_lines(eml)]
    head = re.split(rb"\r?\n\r?\n", eml, maxsplit=1)[0]
    headers = read_headers(head)
    findings += lint_headers(headers)
    message = message_from_bytes(eml)
    parts = message.get_payload() if message.is_multipart() else []
    kinds = [part.get_content_type() for part in parts if isinstance(part, Message)]
    if message.get_content_type() != "multipart/alternative" or kinds != ["text/plain", "text/html"]:
        held = f"{message.get_content_type()} of {', '.join(kinds) or 'one part'}"
        findings.append(found("multipart", "header Content-Type", held))
    texts: dict[str, str] = {}
    for part in message.walk():
        if part.get_content_maintype() == "text":
            text, wrong = _text(part)
            findings += wrong
            texts.setdefault(part.get_content_type(), text)
    html = texts.get("text/html", "")
    if html:
        findings += lint_mail_html(html, part="HTML, ")
        findings += lint_text(texts.get("text/plain", ""), html)
        if "list-id" in headers and not _leaves(html):
            findings.append(found("unsubscribe-link", "HTML", "there is no link to unsubscribe"))
    return tuple(findings)


def _lines(eml: bytes) -> Iterator[Finding]:
    if bad := re.search(rb"\r(?!\n)|(?<!\r)\n|\x00", eml):
        name = {b"\r": "CR alone", b"\n": "LF alone", b"\0": "NUL"}[bad[0]]
        at = eml.count(b"\n", 0, bad.start()) + 1
        yield found("line-ending", f"line {at}", name)
    for number, line in enumerate(re.split(rb"\r?\n", eml), 1):
        if len(line) > _LONGEST:
            yield found("line-length", f"line {number}", f"{len(line):,} octets")
            return


def _text(part: Message) -> tuple[str, list[Finding]]:
    """A text part decoded, with what is wrong in how it is encoded."""
    name = f"{part.get_content_type()}, "
    findings: list[Finding] = []
    if (part.get_content_charset() or "").lower() != "utf-8":
        findings.append(found("charset", f"{name}header Content-Type", f"charset is {part.get_content_charset()}"))
    encoding = str(part.get("Content-Transfer-Encoding", "7bit")).strip().lower()
    raw = part.get_payload()
    if encoding not in _ENCODINGS or (encoding == "7bit" and isinstance(raw, str) and not raw.isascii()):
        findings.append(found("transfer-encoding", f"{name}header Content-Transfer-Encoding", encoding))
    body = part.get_payload(decode=True)
    text, wrong = decoded(body if isinstance(body, bytes) else b"", name)
    return text.replace("\r\n", "\n"), findings + wrong


def _leaves(html: str) -> bool:
    """Whether a visible link says that it unsubscribes."""
    root = read_html(html)
    if root is None:
        return False
    return any("unsubscribe" in f"{words(link)} {link.get('href')}".lower() for link in root.iter("a"))
