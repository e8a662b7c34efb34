"""A feed in any of its forms, or a list of feeds."""

from __future__ import annotations

from datetime import datetime

from digest.lint.atom import lint_atom
from digest.lint.characters import control_characters, decoded
from digest.lint.finding import Findings
from digest.lint.json_feed import lint_json_feed
from digest.lint.opml import lint_opml_root
from digest.lint.rss import lint_rss
from digest.lint.rules import found
from digest.lint.xml import ATOM, read_xml


def lint_feed(data: bytes, *, now: datetime) -> Findings:
    """RSS 2.0, Atom 1.0 or JSON Feed 1.1, by its content; `now` tells which dates are in the future."""
    text, findings = decoded(data, "")
    findings += control_characters(text, "")
    if text.lstrip()[:1] in {"{", "["}:
        return (*findings, *lint_json_feed(text, now))
    root, wrong = read_xml(data)
    findings += wrong
    if root is None:
        return tuple(findings)
    if root.tag == "rss":
        findings += lint_rss(root, now)
    elif root.tag == f"{ATOM}feed":
        findings += lint_atom(root, now)
    else:
        findings.append(found("feed-form", "line 1", f"<{root.tag}> begins no feed that is known"))
    return tuple(findings)


def lint_opml(data: bytes) -> Findings:
    """A list of feeds in OPML 2.0."""
    text, findings = decoded(data, "")
    findings += control_characters(text, "")
    root, wrong = read_xml(data)
    findings += wrong
    if root is not None and root.tag == "opml":
        findings += lint_opml_root(root)
    elif root is not None:
        findings.append(found("feed-form", "line 1", f"<{root.tag}> begins no OPML"))
    return tuple(findings)
