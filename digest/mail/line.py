"""One session at work: its connection and its envelope loop, taken up whenever one of them can go on."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from time import monotonic

from digest.mail.carrier import Envelope, Outcome
from digest.mail.channel import Channel
from digest.mail.pipeline import Broken, Need, Pipeline, Reply, Take


class Line:
    """A session from its opening to its end; every method but `close` and `break_off` raises OSError or Broken."""

    def __init__(self, session: smtplib.SMTP, fruitless: int, take: Take, report: Callable[[Outcome], None]) -> None:
        self.fruitless = fruitless
        """Sessions before this one that achieved nothing, in a row."""
        self._channel = Channel(session)
        self._pipeline = Pipeline(session.esmtp_features, take, self._channel.write, report)
        self._talk = self._pipeline.talk()
        self._need: Need | None = None
        self._waits_since = monotonic()
        self.is_over = False
        """Whether it has come to its end as it should."""

    def fileno(self) -> int:
        """For a selector."""
        return self._channel.fileno()

    @property
    def is_idle(self) -> bool:
        """Whether it waits for an envelope."""
        return self._need is Need.ENVELOPE

    @property
    def is_full(self) -> bool:
        """Whether it waits for room to send."""
        return self._channel.is_full

    @property
    def reported(self) -> int:
        """Outcomes it has told."""
        return self._pipeline.reported

    def begin(self) -> None:
        """Offer the first envelope, if there is one."""
        self._go_on(None)
        self._channel.flush()

    def give(self, envelope: Envelope | None) -> None:
        """An envelope for an idle line, or None: there will be no more."""
        self._go_on(envelope)
        self._channel.flush()

    def serve(self) -> None:
        """Hear what the server said, and say what follows."""
        lost: OSError | Broken | None = None
        try:
            self._channel.receive()
        except (OSError, Broken) as error:
            lost = error
        replies = self._channel.replies
        while replies and self._need is Need.REPLY:
            self._go_on(replies.popleft())
        if self._pipeline.is_leaving and (lost or self.is_over):
            self.is_over = True
        elif lost:
            raise lost
        elif replies:
            raise Broken(replies[0].text)  # a server that speaks first says why it hangs up
        else:
            self._channel.flush()

    def is_silent(self, seconds: float) -> bool:
        """Whether it has waited for the server for so long."""
        return not self.is_idle and monotonic() - max(self._waits_since, self._channel.active_at) > seconds

    def break_off(self, why: str) -> tuple[Envelope | None, bool]:
        """The connection is lost: what was only offered and may be tried elsewhere, and whether that may be to blame.

        What was in flight is reported as unknown.
        """
        suspect = self._pipeline.break_off(why)
        return self._pipeline.waiting, suspect

    def close(self) -> None:
        """Let go of the connection."""
        self._channel.close()

    def _go_on(self, value: Reply | Envelope | None) -> None:
        was_idle = self.is_idle
        try:
            self._need = self._talk.send(value)
        except StopIteration:
            self._need, self.is_over = None, True
        if was_idle:
            self._waits_since = monotonic()
