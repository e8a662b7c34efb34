"""What became of one run of `deliver`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(slots=True, kw_only=True)
class DeliveryReport:
    """Counted while it runs, whole when it has ended."""

    planned: int = 0
    """Digests that became due."""
    skipped: int = 0
    """Readers for whom there was nothing, or who were no longer to be written to."""
    sent: int = 0
    deferred: int = 0
    """Not taken now: tried again later. A digest that is deferred twice in a run counts twice."""
    failed: int = 0
    """Given up."""
    suppressed: int = 0
    """Readers whose address turned out not to exist; they are among `failed`."""
    waiting: int = 0
    """Digests that are still to be sent when the run ends: later, or by another process that has them in hand."""
    next_at: datetime | None = None
    """When the first of these may be tried."""
    queued: int = 0
    """Of these, digests in the queue, for workers to send."""
    resumes_at: datetime | None = None
    """When a limit that was reached lets it go on."""
    held: tuple[str, ...] = ()
    """Digests that are kept back because the mail is not fit to go out, each with the reason."""
    paused: str = ""
    """Why nothing is sent until the operator lets it go on (`digest send --resume`); empty: nothing is wrong."""
    unavailable: str = ""
    """Why nobody takes mail at the moment; empty: somebody does."""
    stopped: bool = False
    """Whether it was told to stop before the end."""
    seconds: float = 0.0

    @property
    def is_trouble(self) -> bool:
        """Whether the operator should look at it."""
        return bool(self.failed or self.held or self.paused or self.unavailable)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Sent, deferred, failed, skipped."""
        return self.sent, self.deferred, self.failed, self.skipped

    def add(self, other: DeliveryReport) -> None:
        """Count what another run did, too; what it left is as the later one says."""
        for name in ("planned", "skipped", "sent", "deferred", "failed", "suppressed", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.held += other.held
        self.paused, self.unavailable = other.paused or self.paused, other.unavailable or self.unavailable
        self.stopped |= other.stopped

    @property
    def per_second(self) -> float:
        """Digests taken per second."""
        return self.sent / self.seconds if self.seconds else 0.0

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        moments = {
            name: moment.isoformat() if moment else None
            for name, moment in (("next_at", self.next_at), ("resumes_at", self.resumes_at))
        }
        rounded = {"seconds": round(self.seconds, 3), "per_second": round(self.per_second, 1)}
        return asdict(self) | moments | {"held": list(self.held)} | rounded
