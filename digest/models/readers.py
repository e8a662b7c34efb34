"""Readers: what they want, what they keep, and what is on its way to them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from digest.models.papers import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a reader said of a paper: that they want more like it, or less."""

    paper: Paper
    """As far as its words go: id, title and abstract."""
    wish: Literal["more", "less"]
    at: datetime


MOST_MARKS = 2_000
"""Of one reader."""
Status = Literal["pending", "active", "paused", "unsubscribed", "suppressed"]
"""`pending` has not confirmed; `suppressed` may not be written to (see `Suppression`). Only `active` gets mail."""
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `date.weekday()`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a reader wants, and when."""

    topics: tuple[str, ...] = ()
    """Slugs; empty means all, unless searches or authors are given."""
    searches: tuple[str, ...] = ()
    """As `Query.text`: papers that match one of them come too."""
    authors: tuple[str, ...] = ()
    """Names: papers by one of them come too."""
    cadence: Literal["daily", "weekdays", "weekly", "monthly"] = "daily"
    weekdays: tuple[Weekday, ...] = ()
    """The days of `weekdays` (none: Monday to Friday) or the day of `weekly` (none: Monday)."""
    hour: int = 7
    """0 to 23, in `zone`."""
    zone: str = "UTC"
    """An IANA time zone."""
    max_papers: int | None = None
    min_upvotes: int = 0
    when_empty: Literal["skip", "say"] = "skip"
    """Whether a digest without papers is sent."""
    pause_until: date | None = None
    """The first day, in `zone`, on which digests come again."""
    personal: str = ""
    """Not empty when they want sections ordered by what they marked: then it is their own id, see `Subscriber`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A reader."""

    id: str
    """Random and never used again; says nothing about the reader. Lower-case letters and digits."""
    address: str
    """`local@domain`, the domain in A-labels."""
    status: Status
    preferences: Preferences = field(default_factory=Preferences)
    watermark: int = 0
    """The last edition delivered: the next digest starts after it."""
    created_at: datetime
    confirmed_at: datetime | None = None
    """When they consented to get mail."""
    source: str = "web"
    """Where the consent was given: `web`, `operator`, or what an imported list says."""
    epoch: int = 0
    """Links made in an earlier epoch are revoked."""
    schedule_since: datetime | None = None
    """From when their schedule counts: it was set then, or they came back. Earlier moments are not caught up."""
    last_delivered_at: datetime | None = None
    """The last delivery moment that was dealt with: the moment by schedule, not that of sending."""
    next_at: datetime | None = None
    """The next delivery moment; None while none is to come."""

    def __post_init__(self) -> None:
        """An order of one's own is that of this reader, whoever the preferences were written for."""
        if self.preferences.personal not in {"", self.id}:
            object.__setattr__(self, "preferences", replace(self.preferences, personal=self.id))

    @property
    def needs_smtputf8(self) -> bool:
        """Whether the address has letters only servers with SMTPUTF8 (RFC 6531) take."""
        return not self.address.isascii()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """An address that may not be written to, and why (`complaint`, `550 5.1.1 no such user`)."""

    address: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One digest on its way to one reader: the editions `first` to `last`, due at `due_at`."""

    id: str
    """Made of reader and edition (`READER-LAST`): a second plan of the same digest is the same delivery."""
    subscriber: str
    address: str
    epoch: int = 0
    """Of the reader's links, as `Subscriber.epoch`."""
    first: int
    last: int
    variant: str | None = None
    """The key of the rendered digest; None: there is nothing to send."""
    due_at: datetime
    status: Literal["planned", "claimed", "sent", "failed", "skipped"] = "planned"
    attempts: int = 0
    doubts: int = 0
    """Tries after which it may have been taken although nobody said so: the process or the connection was lost."""
    try_at: datetime | None = None
    """When to try (again); None when it is settled."""
    message: str = ""
    """What the mail server said last."""
