"""The rules: how bad it is to break each, which standard says so, and what to do. `docs/lint.md` explains them.

This is the one list; the checks name a rule of it and say what they saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digest.lint.finding import Finding, Level


@dataclass(frozen=True, slots=True)
class Rule:
    """What breaking it means."""

    level: Level
    standard: str
    remedy: str


_DOCUMENTS: Mapping[str, Rule] = {
    "size": Rule("error", "Gmail clips a mail at 102,400 bytes", "lower mail.max_bytes, or shorten the template"),
    "size-near": Rule("warning", "80,000 bytes leave room for what mailers add", "lower mail.max_bytes"),
    "charset": Rule("error", "RFC 2045 section 5; HTML: the encoding is UTF-8", "declare utf-8 and write UTF-8"),
    "control-character": Rule("error", "RFC 5198 section 2; XML 1.0 section 2.2", "remove the character at its source"),
    "active-content": Rule(
        "error", "mail programs remove or refuse it; in feeds it is an attack", "take it out of the template or text"
    ),
    "link-scheme": Rule("error", "only http, https and mailto are safe to follow", "give an https address"),
    "link-dead": Rule("error", "a link leads somewhere", "correct the address, or add what it leads to"),
    "image-alt": Rule("warning", "WCAG 2.2, 1.1.1", 'say in alt what it shows; alt="" when it shows nothing'),
    "image-source": Rule("error", "mixed content is not shown, and http betrays the reader", "give an https address"),
    "image-width": Rule("warning", "Outlook for Windows sizes by the attribute", 'add width="…" in pixels'),
    "contrast": Rule("warning", "WCAG 2.2, 1.4.3: at least 4.5 to 1", "darken or lighten one of the two colours"),
    "heading-order": Rule("warning", "WCAG 2.2, 1.3.1", "begin with h1 and leave out no level on the way down"),
    "language": Rule("warning", "WCAG 2.2, 3.1.1", 'write <html lang="…"> with a BCP 47 tag'),
    "title": Rule("warning", "WCAG 2.2, 2.4.2", "write a <title> that says which document it is"),
    "table-role": Rule("warning", "WAI-ARIA: a table for layout is no table", 'add role="presentation" to the table'),
    "id-duplicate": Rule("error", "HTML: ids are unique; RFC 4287 section 4.1.1; RSS guid", "give each its own id"),
}

_MAIL: Mapping[str, Rule] = {
    "preheader": Rule("warning", "mailboxes show the first text behind the subject", "begin with a hidden preheader"),
    "placeholder": Rule("error", "what is personal is filled in before it is sent", "fill it in, or correct its name"),
    "unsubscribe-link": Rule(
        "error", "Gmail and Yahoo sender rules of 2024: a visible link", "link unsubscribe_url in HTML and text"
    ),
    "text-part": Rule("error", "RFC 2046 section 5.1.4: the parts say the same", "list the link in email/digest.txt"),
    "subject": Rule("error", "RFC 5322 section 3.6.5", "give the mail a subject of one line"),
    "header-count": Rule("error", "RFC 5322 section 3.6", "write the header exactly once"),
    "header-form": Rule("error", "RFC 5322 sections 3.3, 3.4, 3.6.4", "write it as the RFC has it"),
    "header-ascii": Rule("error", "RFC 6532: only with SMTPUTF8", "write encoded-words (RFC 2047)"),
    "encoded-word": Rule("error", "RFC 2047 sections 2 and 5", "encode words of at most 75 characters, in text only"),
    "line-ending": Rule("error", "RFC 5322 section 2.3", "end every line with CR LF, and use neither alone"),
    "line-length": Rule("error", "RFC 5322 section 2.1.1: 998 octets", "encode the part as quoted-printable"),
    "multipart": Rule("error", "RFC 2046 section 5.1.4", "send multipart/alternative, text/plain first, html last"),
    "transfer-encoding": Rule("error", "RFC 2045 section 6", "use quoted-printable or base64"),
    "unsubscribe": Rule("error", "RFC 2369 section 3.2; RFC 8058 section 3.1", "write the two headers as in RFC 8058"),
    "list-id": Rule("error", "RFC 2919 section 2", "write List-Id: Name <dotted.name>"),
    "auto-submitted": Rule("warning", "RFC 3834 section 5", "add Auto-Submitted: auto-generated"),
    "no-list": Rule("note", "RFC 8058: list mail can be left in one click", "nothing, when it is no list mail"),
}

_FEEDS: Mapping[str, Rule] = {
    "xml": Rule("error", "XML 1.0", "write it with an XML library; nothing is shown of a broken document"),
    "doctype": Rule("error", "a feed needs no document type, and entities are an attack", "leave out <!DOCTYPE"),
    "json": Rule("error", "RFC 8259", "write it with a JSON library"),
    "feed-form": Rule("error", "RFC 4287; RSS 2.0; JSON Feed 1.1; OPML 2.0", "add what the format requires"),
    "feed-advice": Rule("warning", "RSS Advisory Board profile; RFC 4287", "add or correct it; some readers need it"),
    "id-missing": Rule("error", "RFC 4287 section 4.1.2; RSS profile, guid", "give each entry a permanent id"),
    "id-relative": Rule("error", "RFC 4287 section 4.2.6", "use a tag: or https: id that never changes"),
    "permalink": Rule("error", "RSS 2.0, guid", 'write isPermaLink="false"'),
    "date-form": Rule("error", "RFC 822 and 4-digit years in RSS and OPML; RFC 3339 elsewhere", "format the date so"),
    "date-future": Rule("error", "readers hide it or keep it on top", "correct the date, or this machine's clock"),
    "date-equal": Rule(
        "note", "readers sort by date", "nothing, when they were published together; else date each entry"
    ),
    "date-updated": Rule("warning", "RFC 4287 section 4.2.15; RSS 2.0", "set it to the newest date of the entries"),
    "self-link": Rule("warning", "RFC 4287 section 4.1.1; RSS profile, atom:link", "name the feed's own address"),
    "relative-url": Rule("error", "RSS profile: readers know no base", "write absolute addresses"),
    "author": Rule("error", "RFC 4287 section 4.2.1", "give the feed or each entry an author"),
    "title-empty": Rule("error", "an entry without words cannot be chosen", "give it a title"),
}

RULES: Mapping[str, Rule] = {**_DOCUMENTS, **_MAIL, **_FEEDS}


def found(rule: str, place: str, message: str, *, level: Level | None = None) -> Finding:
    """A finding of `rule`; `level` where it is not as bad as usual."""
    known = RULES[rule]
    return Finding(
        level=level or known.level, rule=rule, place=place, message=" ".join(message.split()), remedy=known.remedy
    )
