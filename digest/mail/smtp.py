"""SMTP as a carrier: several sessions side by side, each pipelined, each opened again when it breaks.

An envelope whose text was sent is never sent again here: when its answer is lost its fate is unknown, and the ledger
decides. An envelope that was only offered goes to the next session.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass

from digest.errors import CarrierUnavailable
from digest.mail.carrier import Envelope, Fate, Outcome, outcome
from digest.mail.pipeline import Broken, Pipeline
from digest.mail.session import open_session
from digest.settings import SmtpSettings

_AHEAD = 4
"""Envelopes taken per session: one in flight, one offered, and two so that no session waits for the supply."""
_MAX_FRUITLESS = 3
"""Sessions in a row that may break before they achieve anything, and times an envelope may be offered in vain."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """A worker's last word: None when it was told to stop."""

    error: Exception | None


class Smtp:
    """Carries mail to one server. A value of its own for each thread that sends."""

    def __init__(self, server: SmtpSettings) -> None:
        self._server = server

    def send(self, envelopes: Iterable[Envelope]) -> Iterator[Outcome]:
        """See `Carrier.send`. The supply is read in the caller's thread, and never far ahead."""
        crew = _Crew(self._server)
        try:
            yield from crew.carry(iter(envelopes))
        finally:
            crew.dismiss()


class _Crew:
    """The workers of one `send`: envelopes go in by one queue, outcomes come out by the other."""

    def __init__(self, server: SmtpSettings) -> None:
        self._server = server
        self._inbox: queue.SimpleQueue[Envelope | None] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[Outcome | _Ended] = queue.SimpleQueue()
        self._workers: list[threading.Thread] = []
        self._alive = 0
        self._in_vain: Counter[str] = Counter()

    def carry(self, supply: Iterator[Envelope]) -> Iterator[Outcome]:
        """The outcomes of what `supply` gives; see `Carrier.send`."""
        unanswered, failure = 0, None
        more = True
        while more or unanswered:
            while more and unanswered < _AHEAD * self._server.sessions:
                try:
                    envelope = next(supply, None)
                except Exception as error:  # noqa: BLE001 - raised below, when what is in flight has its outcome
                    envelope, failure = None, error
                if envelope is None:
                    more = False
                else:
                    self._hand_out(envelope)
                    unanswered += 1
            if unanswered:
                answer = self._outbox.get()
                if isinstance(answer, Outcome):
                    unanswered -= 1
                    yield answer
                else:
                    yield from self._one_less(answer.error)
        if failure:
            raise failure

    def dismiss(self) -> None:
        """Let every worker finish what it has in hand, and stop."""
        self._left_over()
        for _ in self._workers:
            self._inbox.put(None)
        for worker in self._workers:
            worker.join()

    def _one_less(self, error: Exception | None) -> Iterator[Outcome]:
        """Go on while there are workers left; the last one's failure is everyone's, and so is a bug."""
        self._alive -= 1
        if error and (not self._alive or not isinstance(error, CarrierUnavailable)):
            for envelope in self._left_over():
                yield outcome(envelope, Fate.TEMPORARY, str(error))
            raise error

    def _left_over(self) -> list[Envelope]:
        """Everything nobody has taken from the inbox."""
        left: list[Envelope] = []
        with suppress(queue.Empty):
            while envelope := self._inbox.get_nowait():
                left.append(envelope)
        return left

    def _hand_out(self, envelope: Envelope) -> None:
        self._inbox.put(envelope)
        if len(self._workers) < self._server.sessions:
            worker = threading.Thread(target=self._work, name=f"smtp-{len(self._workers)}", daemon=True)
            self._workers.append(worker)
            self._alive += 1
            worker.start()

    def _work(self) -> None:
        error: Exception | None = None
        try:
            self._keep_sending()
        except Exception as failure:  # noqa: BLE001 - a thread's failure is raised where its work was asked for
            error = failure
        self._outbox.put(_Ended(error))

    def _keep_sending(self) -> None:
        fruitless = 0
        while envelope := self._take(wait=True):
            self._inbox.put(envelope)  # a session is opened for an envelope that exists, and by whoever is ready first
            with closing(open_session(self._server)) as session:
                pipeline = Pipeline(session, self._outbox.put)
                try:
                    pipeline.run(lambda wait: self._take(wait=wait))
                except Broken as error:
                    why = str(error)
                else:
                    return
            fruitless = 0 if pipeline.reported else fruitless + 1
            if pipeline.waiting:
                self._put_back(pipeline.waiting, why, suspect=pipeline.suspect)
            if fruitless == _MAX_FRUITLESS:
                raise CarrierUnavailable(f"{self._server.host}:{self._server.port}: {why}")

    def _put_back(self, envelope: Envelope, why: str, *, suspect: bool) -> None:
        """Let another session try, unless this very envelope seems to end sessions."""
        self._in_vain[envelope.id] += suspect
        if self._in_vain[envelope.id] < _MAX_FRUITLESS:
            self._inbox.put(envelope)
        else:
            self._outbox.put(outcome(envelope, Fate.TEMPORARY, f"the connection was lost before the message: {why}"))

    def _take(self, *, wait: bool) -> Envelope | None:
        try:
            envelope = self._inbox.get(block=wait)
        except queue.Empty:
            return None
        if envelope is None and not wait:
            self._inbox.put(None)  # the word to stop is for whoever waits
        return envelope
