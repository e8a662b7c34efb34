"""SMTP as a carrier: several sessions side by side, each pipelined, each opened again when it breaks.

One thread serves all sessions, and takes up whichever can go on (connections are opened in threads of their own). An
envelope whose text was sent is never sent again here: when its answer is lost its fate is unknown, and the ledger
decides. An envelope that was only offered goes to the next session.
"""

from __future__ import annotations

import selectors
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from time import monotonic

from digest.errors import CarrierUnavailable
from digest.mail.carrier import Envelope, Fate, Outcome, outcome
from digest.mail.line import Line
from digest.mail.opening import Opener
from digest.mail.pipeline import Broken
from digest.settings import SmtpSettings

_MAX_FRUITLESS = 3
"""Sessions in a row that may break before they achieve anything, and times an envelope may be offered in vain."""
_LOOK_SECONDS = 0.5
"""How often time-outs are looked for."""
_READ_OR_WRITE = selectors.EVENT_READ | selectors.EVENT_WRITE
_LEAVING_SECONDS = 5.0
"""How long servers may take to answer QUIT."""


class Smtp:
    """Carries mail to one server. A value of its own for each thread that sends."""

    def __init__(self, server: SmtpSettings) -> None:
        self._server = server

    def send(self, envelopes: Iterable[Envelope | None]) -> Iterator[Outcome]:
        """See `Carrier.send`. The supply is read in the caller's thread, and never far ahead."""
        crew = _Crew(self._server, iter(envelopes))
        try:
            yield from crew.carry()
        finally:
            crew.dismiss()


class _Crew:
    """The sessions of one `send`, what they share, and the loop that keeps them going."""

    def __init__(self, server: SmtpSettings, supply: Iterator[Envelope | None]) -> None:
        self._server, self._supply = server, supply
        self._more = True
        """Whether the supply may still give something."""
        self._failure: Exception | None = None
        self._backlog: deque[Envelope] = deque()
        """Taken from the supply, and with no session."""
        self._unanswered = 0
        self._outcomes: deque[Outcome] = deque()
        self._in_vain: Counter[str] = Counter()
        self._selector = selectors.DefaultSelector()
        self._opener = Opener(server)
        self._selector.register(self._opener, selectors.EVENT_READ)
        self._lines: dict[Line, int] = {}
        """Those with a connection, and the events they wait for."""
        self._idle: set[Line] = set()
        """Those of them that wait for an envelope."""
        self._resting: deque[int] = deque()
        """Sessions that ended and may be opened again, as how many in a row achieved nothing."""
        self._begun = 0
        """Sessions that were ever opened for the first time."""
        self._looked_at = monotonic()

    def carry(self) -> Iterator[Outcome]:
        """The outcomes of what the supply gives; see `Carrier.send`."""
        while True:
            self._hand_out()
            self._open()
            yield from self._told()
            if not (self._more or self._unanswered):
                break
            for line in self._ready(_LOOK_SECONDS if self._must_wait else 0):
                self._go_on(line, line.serve)
                yield from self._told()
            self._hang_up()
        self._take_leave()
        if self._failure:
            raise self._failure

    def dismiss(self) -> None:
        """Let go of everything."""
        for line in self._lines:
            line.close()
        self._lines.clear()
        self._opener.close()
        self._selector.close()

    # Envelopes

    def _take(self) -> Envelope | None:
        """The next envelope; None when there is none at the moment."""
        return self._backlog.popleft() if self._backlog else self._draw()

    def _draw(self) -> Envelope | None:
        """The next envelope of the supply; None when it has none at the moment."""
        if not self._more:
            return None
        try:
            envelope = next(self._supply)
        except StopIteration:
            self._more = False
            return None
        except Exception as failure:  # noqa: BLE001 - raised above, when what is in flight has its outcome
            self._more, self._failure = False, failure
            return None
        if envelope is not None:
            self._unanswered += 1
        return envelope

    def _put_back(self, envelope: Envelope, why: str, *, suspect: bool) -> None:
        """Let another session try, unless this very envelope seems to end sessions."""
        self._in_vain[envelope.id] += suspect
        if self._in_vain[envelope.id] < _MAX_FRUITLESS:
            self._backlog.append(envelope)
        else:
            self._report(outcome(envelope, Fate.TEMPORARY, f"the connection was lost before the message: {why}"))

    def _report(self, answer: Outcome) -> None:
        self._unanswered -= 1
        self._outcomes.append(answer)

    def _told(self) -> Iterator[Outcome]:
        while self._outcomes:
            yield self._outcomes.popleft()

    # Sessions

    def _hand_out(self) -> None:
        """Give envelopes to the sessions that wait for one."""
        for line in list(self._idle):
            envelope = self._take()
            if envelope is None:
                return
            self._go_on(line, partial(line.give, envelope))

    def _open(self) -> None:
        """Open a session for every envelope that has none, as far as there may be so many; not while others idle."""
        while not self._idle and (self._resting or self._begun < self._server.sessions):
            if len(self._backlog) <= self._opener.busy:
                envelope = self._draw()
                if envelope is None:
                    return
                self._backlog.append(envelope)
            if self._resting:
                fruitless = self._resting.popleft()
            else:
                fruitless, self._begun = 0, self._begun + 1
            self._opener.open(fruitless)

    def _ready(self, seconds: float) -> Iterator[Line]:
        """Wait until something can go on, `seconds` at most; the sessions that can. New ones are welcomed."""
        for key, _ in self._selector.select(min(seconds, self._server.timeout_seconds / 4)):
            if isinstance(key.fileobj, Line):
                yield key.fileobj
            else:
                self._welcome()

    def _hang_up(self) -> None:
        """Give up the sessions whose server has been silent for too long; looked for now and then."""
        if monotonic() - self._looked_at < min(_LOOK_SECONDS, self._server.timeout_seconds / 4):
            return
        self._looked_at = monotonic()
        for line in [line for line in self._lines if line.is_silent(self._server.timeout_seconds)]:
            self._lost(line, "timed out")

    @property
    def _must_wait(self) -> bool:
        """Whether there is nothing to do before a server says something; else the supply is asked again at once."""
        return not (self._more and (self._idle or self._resting or self._begun < self._server.sessions))

    def _welcome(self) -> None:
        """Take over the sessions that were opened."""
        for fruitless, opened in self._opener.opened():
            if isinstance(opened, Exception):
                self._one_less(opened)
                continue
            line = Line(opened, fruitless, self._take, self._report)
            self._selector.register(line, selectors.EVENT_READ)
            self._lines[line] = selectors.EVENT_READ
            self._go_on(line, line.begin)

    def _go_on(self, line: Line, step: Callable[[], None]) -> None:
        """Let a session do what it can; afterwards it waits for a reply, for room, or for an envelope."""
        try:
            step()
        except (OSError, Broken) as error:
            self._lost(line, str(error) or type(error).__name__)
            return
        if line.is_over:
            self._forget(line)
            self._resting.append(0)
            return
        if line.is_idle:
            self._idle.add(line)
        else:
            self._idle.discard(line)
        events = _READ_OR_WRITE if line.is_full else selectors.EVENT_READ
        if self._lines[line] != events:
            self._selector.modify(line, events)
            self._lines[line] = events

    def _lost(self, line: Line, why: str) -> None:
        """A connection broke: what it had in hand is unknown or put back, and it may be opened again."""
        self._forget(line)
        waiting, suspect = line.break_off(why)
        if waiting:
            self._put_back(waiting, why, suspect=suspect)
        fruitless = 0 if line.reported else line.fruitless + 1
        if fruitless < _MAX_FRUITLESS:
            self._resting.append(fruitless)
        else:
            self._one_less(CarrierUnavailable(f"{self._server.host}:{self._server.port}: {why}"))

    def _forget(self, line: Line) -> None:
        self._selector.unregister(line)
        self._idle.discard(line)
        del self._lines[line]
        line.close()

    def _one_less(self, error: Exception) -> None:
        """Go on while there are sessions left; the last one's failure is everyone's, and so is a bug."""
        alive = self._lines or self._resting or self._opener.busy
        if alive and isinstance(error, CarrierUnavailable):
            return
        while self._backlog:
            self._report(outcome(self._backlog.popleft(), Fate.TEMPORARY, str(error)))
        self._more, self._failure = False, error

    def _take_leave(self) -> None:
        """Say QUIT in every session, and wait a moment for the answers."""
        until = monotonic() + _LEAVING_SECONDS
        while self._lines and monotonic() < until:
            for line in list(self._idle):
                self._go_on(line, partial(line.give, None))
            for line in self._ready(until - monotonic()):
                self._go_on(line, line.serve)
