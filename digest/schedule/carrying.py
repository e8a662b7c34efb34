"""A carrier that says of each digest what became of it, by the delivery's id and never by the reader's address."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from digest.mail.carrier import Carrier, Envelope, Fate, Outcome

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Logged:
    """Hands everything to another carrier."""

    carrier: Carrier

    def send(self, envelopes: Iterable[Envelope | None]) -> Iterator[Outcome]:
        """See `Carrier.send`."""
        for outcome in self.carrier.send(envelopes):
            level = logging.INFO if outcome.fate is Fate.ACCEPTED else logging.WARNING
            code = "" if outcome.code is None else f" {outcome.code}"
            _log.log(level, "%s%s", outcome.fate.value, code, extra={"delivery": outcome.id})
            yield outcome
