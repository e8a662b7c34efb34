"""What is handed to a carrier and what it answers.

A carrier takes prepared envelopes and says of each what became of it. It does not try again, remember or decide.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One message to one reader. One recipient each, so that every bounce names its delivery."""

    id: str
    """The delivery's identity; the outcome carries it back."""
    sender: str
    """MAIL FROM, empty for the null return path."""
    recipient: str
    content: bytes
    """The whole message with CRLF line ends, exactly as signed."""
    dot_free: bool = False
    """Whether it is known that no line begins with a dot and the last one ends, so that SMTP need not look for it."""


class Fate(enum.StrEnum):
    """What became of an envelope."""

    ACCEPTED = "accepted"
    """The other side has taken responsibility for it."""
    TEMPORARY = "temporary"
    """Not taken now; the same message may be tried again."""
    PERMANENT = "permanent"
    """Not taken, and trying again will not help."""
    UNKNOWN = "unknown"
    """The connection broke after the whole message was sent and before the answer came: it may have been taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The fate of one envelope, with the words of whoever decided it."""

    id: str
    recipient: str
    fate: Fate
    code: int | None = None
    """SMTP reply code (RFC 5321 §4.2); None where no server said anything."""
    text: str = ""
    """One line, enhanced status code (RFC 3463) included where there was one."""


class Carrier(Protocol):
    """Anything that takes mail away."""

    def send(self, envelopes: Iterable[Envelope | None]) -> Iterator[Outcome]:
        """One outcome per envelope taken from `envelopes`, in any order; taken a few ahead of those answered.

        None among them says that nothing may go at this moment, so that a carrier can see to what it has in flight.

        Raises:
            CarrierUnavailable: nobody takes mail; every envelope taken before has had its outcome.
        """
        ...


def outcome(envelope: Envelope, fate: Fate, text: str = "", code: int | None = None) -> Outcome:
    """The outcome of `envelope`."""
    return Outcome(id=envelope.id, recipient=envelope.recipient, fate=fate, code=code, text=text)
