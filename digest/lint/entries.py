"""What holds for the entries of every feed: ids, titles, and content that a reader program shows safely."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from digest.lint.finding import Finding
from digest.lint.markup import SAFE, active_content, elements, has_host, read_html, scheme_of
from digest.lint.rules import found

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
"""An IRI with a scheme (RFC 3987); what it may not hold is taken from RFC 3986 §2."""


def lint_ids(ids: Iterable[str]) -> Iterator[Finding]:
    """The ids of the entries, in order: each is there, absolute and nobody else's."""
    known = list(ids)
    for number, id_ in enumerate(known, 1):
        if not id_:
            yield found("id-missing", f"entry {number}", "it has no id")
        elif not _ABSOLUTE.fullmatch(id_):
            yield found("id-relative", f"entry {number}", f"the id {id_!r:.100} is not absolute")
    for id_, count in Counter(id_ for id_ in known if id_).items():
        if count > 1:
            yield found("id-duplicate", f"id {id_!r:.100}", f"{count} entries have it")


def lint_address(address: str, place: str, *, rule: str = "relative-url") -> Iterator[Finding]:
    """An address a reader program follows: absolute, and of a safe scheme."""
    scheme = scheme_of(address)
    if not scheme or (scheme in {"http", "https"} and not has_host(address)):
        yield found(rule, place, f"{address!r:.120} is not absolute")
    elif scheme not in SAFE:
        yield found("link-scheme", place, f"{address!r:.120} is a {scheme}:")


def lint_content(html: str, place: str) -> Iterator[Finding]:
    """The HTML of an entry: nothing active, and no address that needs a base."""
    root = read_html(html) if "<" in html else None
    if root is None:
        return
    for finding in active_content(root):
        yield found(finding.rule, place, finding.message)
    for element in elements(root):
        for name in ("href", "src", "cite", "poster"):
            if (address := element.get(name)) is not None and not address.startswith("#"):
                yield from lint_address(address, f"{place}, <{element.tag}>")
