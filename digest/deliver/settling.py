"""What follows from an outcome: done, try again and when, give up, or never write to that address again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from digest.mail.carrier import Fate, Outcome
from digest.mail.reasons import kind_of, status_of
from digest.models import Delivery
from digest.store.deliveries import Settlement

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=4)
"""RFC 5321 §4.5.4.1 wants at least 30 minutes as a rule; grey lists let the second try pass after five."""
_MOST_DOUBTS = 4
"""A server that takes the whole message and never answers is not asked a fifth time: each may be a copy."""
_NO_MAILBOX = frozenset({550, 551, 553})
"""The replies that speak of the mailbox (RFC 5321 §4.2.2)."""


def settlement(delivery: Delivery, outcome: Outcome, now: datetime, *, patience: timedelta) -> Settlement:
    """What becomes of a delivery; `patience` is how long a server may go on saying `later`.

    A failure that no server spoke of (no connection, a full disk) is tried again without an end: the next digest that
    is due to the reader takes its place.
    """
    doubts = delivery.doubts + (outcome.fate is Fate.UNKNOWN)
    told = outcome.code is not None
    late = told and now - delivery.due_at > patience
    message = " ".join(filter(None, (str(outcome.code or ""), outcome.text)))
    if outcome.fate is Fate.ACCEPTED:
        return _settled(delivery, "sent", message)
    if outcome.fate is Fate.PERMANENT or late or doubts > _MOST_DOUBTS:
        return _settled(delivery, "failed", message)
    return Settlement(
        subscriber=delivery.subscriber,
        last=delivery.last,
        status="planned",
        attempts=delivery.attempts,
        doubts=doubts,
        try_at=now + wait_after(1 if outcome.fate is Fate.TEMPORARY and not told else delivery.attempts),
        message=message,
    )


def given_back(delivery: Delivery, now: datetime) -> Settlement:
    """A delivery that was claimed and not handed over: as if nothing had been."""
    return Settlement(
        subscriber=delivery.subscriber,
        last=delivery.last,
        status="planned",
        attempts=delivery.attempts - 1,
        doubts=delivery.doubts,
        try_at=now,
        message=delivery.message,
    )


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: twice as long each time."""
    doubled: int = 2 ** min(max(attempts - 1, 0), 10)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)


def names_no_mailbox(outcome: Outcome) -> bool:
    """Whether a server said that the address does not exist or is closed, and not just that it will not have this."""
    if outcome.fate is not Fate.PERMANENT or outcome.code is None:
        return False
    status = status_of("", outcome.text)
    about_mailbox = outcome.code in _NO_MAILBOX or status.startswith(("5.1.", "5.2."))
    return about_mailbox and kind_of("failed", status, outcome.text) == "permanent"


def _settled(delivery: Delivery, status: Literal["sent", "failed"], message: str) -> Settlement:
    return Settlement(
        subscriber=delivery.subscriber,
        last=delivery.last,
        status=status,
        attempts=delivery.attempts,
        doubts=delivery.doubts,
        message=message,
    )
