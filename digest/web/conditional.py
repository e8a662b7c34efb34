"""Conditional requests and content coding as RFC 9110 has them: headers in, decisions out. It sends nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_ENTITY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
"""Section 8.8.3; the group is what weak comparison looks at."""
_FORM = re.compile(r"\s*(?:W/)?\"[\x21\x23-\x7e\x80-\xff]*\"\s*(?:,\s*(?:W/)?\"[\x21\x23-\x7e\x80-\xff]*\"\s*)*\Z")
_MAX_HEADER = 8_000


def not_modified(headers: Mapping[str, str], tags: tuple[str, ...], modified_at: datetime) -> bool:
    """Whether who asks with `headers` has the current content (section 13.2.2).

    `tags` are the entity tags of all its codings: a copy in any of them is current. If-None-Match is compared weakly
    (13.1.2) and overrides If-Modified-Since; what cannot be parsed does not count.
    """
    wanted = headers.get("if-none-match")
    if wanted is not None:
        return _matches(wanted[:_MAX_HEADER].strip(), tags)
    since = _moment(headers.get("if-modified-since", ""))
    return since is not None and modified_at.replace(microsecond=0) <= since


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether gzip may be sent (section 12.5.3): named, or meant by `*`, and not with a weight of zero."""
    weights = dict(_weighted(part) for part in accept_encoding[:_MAX_HEADER].lower().split(","))
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _matches(wanted: str, tags: tuple[str, ...]) -> bool:
    if wanted == "*":
        return True
    if not _FORM.match(wanted):
        return False
    return not set(_ENTITY_TAG.findall(wanted)).isdisjoint(tags)


def _moment(text: str) -> datetime | None:
    if not text.endswith("GMT"):
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _weighted(part: str) -> tuple[str, float]:
    name, _, parameters = part.partition(";")
    found = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", parameters)
    return name.strip(), float(found[1]) if found else 1.0
