"""Whether and when to ask again: a decision from an answer, without waiting and without a clock."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from random import Random

from digest.errors import SourceUnavailable

RETRIED = frozenset({429, 500, 502, 503, 504})
"""Statuses that may pass by themselves (RFC 6585 §4, RFC 9110 §15.6)."""
_USED_UP = re.compile(r";\s*r=0\s*;\s*t=(?P<seconds>[0-9]{1,9})\b")
_DIGITS, _HEADER = 12, 1000


class PassingFailure(SourceUnavailable):
    """A failure that may pass at once. `wanted` are the seconds the server asks to wait, where it does."""

    def __init__(self, message: str, wanted: float | None = None) -> None:
        super().__init__(message)
        self.wanted = wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How patient a client is."""

    attempts: int = 4
    """Requests for one answer, the first included."""
    first_seconds: float = 1.0
    """The first pause; each further one doubles."""
    longest_seconds: float = 300.0
    """No pause is longer. A server that asks for more is left alone instead."""

    def pause(self, attempt: int, wanted: float | None, random: Random) -> float | None:
        """Seconds to wait after the failure of attempt number `attempt` (from 1); None: give up.

        `wanted` is what the server asked for (`Retry-After`), never undercut. Without it the pause doubles, and half
        of it is left to chance so that clients that failed together do not come back together.
        """
        if attempt >= self.attempts or (wanted is not None and wanted > self.longest_seconds):
            return None
        backoff = min(self.first_seconds * 2.0 ** (attempt - 1), self.longest_seconds)
        return max(wanted or 0.0, backoff * (0.5 + random.random() / 2))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds a server asks to wait; None when it does not say, or not readably.

    `Retry-After` has seconds or a date (RFC 9110 §10.2.3); a date is measured against the server's own `Date`, so that
    neither clock need be right. Else the time until a used-up quota is new (`RateLimit: "api";r=0;t=55`, the IETF draft
    draft-ietf-httpapi-ratelimit-headers), which is how Hugging Face says it.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:_DIGITS])
    if quota := _USED_UP.search(headers.get("ratelimit", "")[:_HEADER]):
        return float(quota["seconds"])
    try:
        moment = parsedate_to_datetime(value)
        sent = parsedate_to_datetime(headers.get("date", ""))
        seconds = (moment - sent).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
    return math.ceil(max(0.0, seconds))
