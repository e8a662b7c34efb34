"""The system's sendmail command as a carrier: one call per message, and its exit status is the answer."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence

from digest.errors import CarrierUnavailable, MailError
from digest.mail.address import wire_address
from digest.mail.carrier import Envelope, Fate, Outcome, outcome

_PERMANENT = frozenset({os.EX_DATAERR, os.EX_NOUSER, os.EX_NOHOST, os.EX_UNAVAILABLE})
"""Exit statuses of sysexits.h that say the address or the message is at fault; any other may pass."""
_MAX_TEXT = 500


class Sendmail:
    """Runs `command -i -f SENDER -- RECIPIENT` with the message on its standard input."""

    def __init__(self, command: Sequence[str] = ("/usr/sbin/sendmail",), *, timeout_seconds: float = 120.0) -> None:
        self._command = tuple(command)
        self._timeout = timeout_seconds

    def send(self, envelopes: Iterable[Envelope | None]) -> Iterator[Outcome]:
        """See `Carrier.send`."""
        for envelope in filter(None, envelopes):
            try:
                yield self._send_one(envelope)
            except MailError as error:
                if isinstance(error, CarrierUnavailable):
                    yield outcome(envelope, Fate.TEMPORARY, str(error))
                    raise
                yield outcome(envelope, Fate.PERMANENT, str(error))

    def _send_one(self, envelope: Envelope) -> Outcome:
        sender = wire_address(envelope.sender) if envelope.sender else "<>"
        command = [*self._command, "-i", "-f", sender, "--", wire_address(envelope.recipient)]
        text = envelope.content.replace(b"\r\n", b"\n")  # what programs on Unix are given; the server restores CRLF
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and the addresses are checked
                command, input=text, capture_output=True, timeout=self._timeout, check=False
            )
        except subprocess.TimeoutExpired:
            return outcome(envelope, Fate.UNKNOWN, f"{self._command[0]} was stopped after {self._timeout:g} s")
        except OSError as error:
            raise CarrierUnavailable(f"{self._command[0]}: {error.strerror}") from error
        said = " ".join((done.stderr or done.stdout).decode("utf-8", "replace").split())[:_MAX_TEXT]
        if not done.returncode:
            return outcome(envelope, Fate.ACCEPTED, said)
        fate = Fate.PERMANENT if done.returncode in _PERMANENT else Fate.TEMPORARY
        return outcome(envelope, fate, said or f"{self._command[0]} ended with status {done.returncode}")
