"""The envelope loop of one session: prepared bytes out, replies in, one round trip a message (RFC 2920).

A message's text travels together with the next message's MAIL, RCPT and DATA where the server offers PIPELINING;
otherwise command by command. It touches no socket: it says what it wants to write and what it waits for, and is given
the replies. No text is sent twice.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Generator
from typing import NamedTuple

from digest.errors import MailError
from digest.mail.address import wire_address
from digest.mail.carrier import Envelope, Fate, Outcome, outcome

Take = Callable[[], Envelope | None]
"""The next envelope; None when there is none at the moment."""
Write = Callable[[tuple[bytes, ...]], None]
"""Sends these bytes, one after the other, in time."""

_FATES = {2: Fate.ACCEPTED, 4: Fate.TEMPORARY, 5: Fate.PERMANENT}
"""By the first digit of a reply code (RFC 5321 §4.2.1)."""
_START_TEXT = 354
_CLOSING = 421
"""The server closes the connection after this reply, whatever it answers (RFC 5321 §3.8)."""
_DATA, _END, _RESET, _QUIT = b"DATA\r\n", b".\r\n", b"RSET\r\n", b"QUIT\r\n"


class Broken(Exception):  # noqa: N818 - reads as the fact it states
    """The connection is of no more use."""


class Need(enum.Enum):
    """What the loop waits for."""

    REPLY = enum.auto()
    """The server's next reply."""
    ENVELOPE = enum.auto()
    """An envelope, or None when there will be no more."""


class Reply(NamedTuple):
    """A server's answer to one command."""

    code: int
    text: str


class _Offer(NamedTuple):
    """An envelope and the commands that offer it."""

    envelope: Envelope
    commands: tuple[bytes, ...]


Talk = Generator[Need, Reply | Envelope | None, None]


class Pipeline:
    """The loop over one open session of these `features` (EHLO keywords and their parameters).

    `report` is given each outcome as soon as it is known.
    """

    def __init__(self, features: dict[str, str], take: Take, write: Write, report: Callable[[Outcome], None]) -> None:
        self._features = features
        self._pipelining = "pipelining" in features
        size = features.get("size", "").strip()
        self._max_size = int(size) if size.isascii() and size.isdecimal() else 0
        self._take, self._write, self._report_to = take, write, report
        self._sent: Envelope | None = None  # its whole text is on its way and has no answer yet
        self.waiting: Envelope | None = None
        """Taken, but its text was not sent: another session may try it."""
        self.reported = 0
        """Outcomes so far."""
        self.is_leaving = False
        """Whether QUIT was said: nothing is in hand any more."""

    def talk(self) -> Talk:
        """Send what is given until None is, then say QUIT. It yields what it waits for and is sent that.

        Raises:
            Broken: what the server says makes the connection useless. `break_off` tells what that means.
        """
        offer = yield from self._next()
        self._start((), offer)
        while offer:
            refusal, open_text = yield from self._answers(offer)
            if refusal:
                self._answered(offer.envelope, refusal)
                tail: tuple[bytes, ...] = (
                    _END if open_text else _RESET,  # an open text of no recipients is ended empty, RFC 2920 §3.1
                )
            else:
                tail = _stuffed(offer.envelope)
            following = self._at_hand()
            self._sent = None if refusal else offer.envelope
            self._start(tail, following)
            reply = yield from self._reply()
            if self._sent:
                self._answered(self._sent, reply)
            if reply.code == _CLOSING:
                raise Broken(reply.text)
            if following is None:
                following = yield from self._next()
                self._start((), following)
            offer = following
        self.is_leaving = True
        self._write((_QUIT,))
        yield from self._reply()

    def break_off(self, why: str) -> bool:
        """The connection failed: what was in flight is reported as unknown, `waiting` is left to others.

        Returns whether it may be the fault of `waiting`, and not of a message in flight before it.
        """
        if self._sent is None:
            return True
        self._report(self._sent, Fate.UNKNOWN, f"the connection was lost after the message: {why}")
        return False

    def _next(self) -> Generator[Need, Reply | Envelope | None, _Offer | None]:
        """The next envelope as soon as there is one, now in `waiting`."""
        offer = self._at_hand()
        while offer is None:
            envelope = yield Need.ENVELOPE
            if envelope is None:
                break
            assert isinstance(envelope, Envelope)  # noqa: S101 - what was asked for
            offer = self._offer(envelope)
        return offer

    def _at_hand(self) -> _Offer | None:
        """The next envelope if there is one, now in `waiting`; those this server cannot take have their outcome."""
        while envelope := self._take():
            if offer := self._offer(envelope):
                return offer
        return None

    def _offer(self, envelope: Envelope) -> _Offer | None:
        try:
            commands = self._commands(envelope)
        except MailError as error:
            self._report(envelope, Fate.PERMANENT, str(error))
            return None
        self.waiting = envelope
        return _Offer(envelope, commands)

    def _commands(self, envelope: Envelope) -> tuple[bytes, ...]:
        """MAIL, RCPT and DATA with the parameters the server knows.

        Raises:
            MailError: the server lacks what the message needs, or an address is none.
        """
        sender = wire_address(envelope.sender) if envelope.sender else ""
        recipient = wire_address(envelope.recipient)
        parameters = ""
        if self._max_size and len(envelope.content) > self._max_size:
            raise MailError(f"the message is larger than the {self._max_size} bytes the server takes")
        if "size" in self._features:
            parameters += f" SIZE={len(envelope.content)}"
        if not envelope.content.isascii():
            if "8bitmime" not in self._features:
                raise MailError("the message is not ASCII and the server does not offer 8BITMIME")
            parameters += " BODY=8BITMIME"
        if not (sender.isascii() and recipient.isascii()):
            if "smtputf8" not in self._features:
                raise MailError(f"{recipient}: the server does not offer SMTPUTF8, which this address needs")
            parameters += " SMTPUTF8"
        return f"MAIL FROM:<{sender}>{parameters}\r\n".encode(), f"RCPT TO:<{recipient}>\r\n".encode(), _DATA

    def _start(self, tail: tuple[bytes, ...], offer: _Offer | None) -> None:
        """Write the rest of one transaction and, when pipelining, the start of the next."""
        commands = offer.commands if offer and self._pipelining else ()
        if tail or commands:
            self._write((*tail, *commands))

    def _answers(self, offer: _Offer) -> Generator[Need, Reply | Envelope | None, tuple[Reply | None, bool]]:
        """The first refusal among the replies to an offer, and whether the server now waits for text."""
        refusal, open_text = None, False
        for command in offer.commands:
            if not self._pipelining:
                if refusal:
                    break
                self._write((command,))
            reply = yield from self._reply()
            if command is _DATA and reply.code == _START_TEXT:
                open_text = True
            elif command is _DATA or _fate(reply) is not Fate.ACCEPTED:
                refusal = refusal or reply
            if reply.code == _CLOSING:
                if command is not offer.commands[0]:  # at MAIL it is about the session, later about this message
                    self._answered(offer.envelope, reply)
                raise Broken(reply.text)
        return refusal, open_text

    @staticmethod
    def _reply() -> Generator[Need, Reply | Envelope | None, Reply]:
        reply = yield Need.REPLY
        assert isinstance(reply, Reply)  # noqa: S101 - what was asked for
        return reply

    def _answered(self, envelope: Envelope, reply: Reply) -> None:
        self._report(envelope, _fate(reply), reply.text, reply.code)

    def _report(self, envelope: Envelope, fate: Fate, text: str, code: int | None = None) -> None:
        self._sent = None
        if self.waiting is envelope:
            self.waiting = None
        self.reported += 1
        self._report_to(outcome(envelope, fate, text, code))


def _fate(reply: Reply) -> Fate:
    try:
        return _FATES[reply.code // 100]
    except KeyError:
        raise Broken(f"the server answered {reply.code} where that has no meaning") from None


def _stuffed(envelope: Envelope) -> tuple[bytes, ...]:
    """A message with its end mark, and a dot before every line that begins with one (RFC 5321 §4.5.2)."""
    content = envelope.content
    if envelope.dot_free:
        return content, _END
    first = b"." if content.startswith(b".") else b""
    last = b"" if content.endswith(b"\r\n") else b"\r\n"
    return first, content.replace(b"\n.", b"\n.."), last, _END
