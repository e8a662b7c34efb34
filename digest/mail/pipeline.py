"""The envelope loop of one session: prepared bytes out, replies in, one round trip a message (RFC 2920).

A message's text travels in one write with the next message's MAIL, RCPT and DATA where the server offers PIPELINING;
otherwise command by command. It opens no connection, and no text is sent twice.
"""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from digest.errors import MailError
from digest.mail.address import wire_address
from digest.mail.carrier import Envelope, Fate, Outcome, outcome

Take = Callable[[bool], Envelope | None]
"""The next envelope. True: wait for one, None is the end; False: None when there is none at the moment."""

_MAX_REPLY_LINE, _MAX_REPLY_LINES = 8192, 100
_FATES = {2: Fate.ACCEPTED, 4: Fate.TEMPORARY, 5: Fate.PERMANENT}
"""By the first digit of a reply code (RFC 5321 §4.2.1)."""
_START_TEXT = 354
_CLOSING = 421
"""The server closes the connection after this reply, whatever it answers (RFC 5321 §3.8)."""
_DATA, _END, _RESET = b"DATA\r\n", b".\r\n", b"RSET\r\n"


class Broken(Exception):  # noqa: N818 - reads as the fact it states
    """The connection is of no more use."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer to one command."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class _Offer:
    """An envelope and the commands that offer it."""

    envelope: Envelope
    commands: tuple[bytes, ...]


class Pipeline:
    """The loop over one open session. `report` is given each outcome as soon as it is known."""

    def __init__(self, session: smtplib.SMTP, report: Callable[[Outcome], None]) -> None:
        if session.sock is None or session.file is None:
            raise ValueError("the session is not open")
        self._sock, self._replies = session.sock, session.file
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # every write is all there is to say
        self._report_to = report
        self._has = session.has_extn
        self._pipelining = session.has_extn("pipelining")
        size = session.esmtp_features.get("size", "").strip()
        self._max_size = int(size) if size.isascii() and size.isdecimal() else 0
        self._sent: Envelope | None = None  # its whole text is on its way and has no answer yet
        self.waiting: Envelope | None = None
        """Taken, but its text was not sent: another session may try it."""
        self.reported = 0
        """Outcomes so far."""
        self.suspect = False
        """Whether the connection was lost over `waiting`, and not over a message in flight before it."""

    def run(self, take: Take) -> None:
        """Send what `take` gives until its end, then say QUIT.

        Raises:
            Broken: the connection failed. What was in flight is reported as unknown; `waiting` is left to others.
        """
        try:
            self._loop(take)
        except (OSError, Broken) as error:
            self.suspect = not self._sent
            if self._sent:
                self._report(self._sent, Fate.UNKNOWN, f"the connection was lost after the message: {error}")
            raise Broken(str(error) or type(error).__name__) from error
        with suppress(OSError, Broken):
            self._write(b"QUIT\r\n")
            self._read()

    def _loop(self, take: Take) -> None:
        offer = self._next(take, wait=True)
        self._start(b"", offer)
        while offer:
            refusal, open_text = self._answers(offer)
            if refusal:
                self._answered(offer.envelope, refusal)
                tail = _END if open_text else _RESET  # an open text of no recipients is ended empty, RFC 2920 §3.1
            else:
                tail = _stuffed(offer.envelope.content)
            following = self._next(take, wait=False)
            self._sent = None if refusal else offer.envelope
            self._start(tail, following)
            reply = self._read()
            if self._sent:
                self._answered(self._sent, reply)
            if reply.code == _CLOSING:
                raise Broken(reply.text)
            if following is None:
                following = self._next(take, wait=True)
                self._start(b"", following)
            offer = following

    def _next(self, take: Take, *, wait: bool) -> _Offer | None:
        """The next envelope this server can be offered, now in `waiting`; the others have their outcome."""
        while envelope := take(wait):
            try:
                offer = _Offer(envelope, self._commands(envelope))
            except MailError as error:
                self._report(envelope, Fate.PERMANENT, str(error))
            else:
                self.waiting = envelope
                return offer
        self.waiting = None
        return None

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
        if self._has("size"):
            parameters += f" SIZE={len(envelope.content)}"
        if not envelope.content.isascii():
            if not self._has("8bitmime"):
                raise MailError("the message is not ASCII and the server does not offer 8BITMIME")
            parameters += " BODY=8BITMIME"
        if not (sender.isascii() and recipient.isascii()):
            if not self._has("smtputf8"):
                raise MailError(f"{recipient}: the server does not offer SMTPUTF8, which this address needs")
            parameters += " SMTPUTF8"
        return f"MAIL FROM:<{sender}>{parameters}\r\n".encode(), f"RCPT TO:<{recipient}>\r\n".encode(), _DATA

    def _start(self, tail: bytes, offer: _Offer | None) -> None:
        """Write the rest of one transaction and, when pipelining, the start of the next."""
        commands = offer.commands if offer and self._pipelining else ()
        self._write(b"".join((tail, *commands)))

    def _answers(self, offer: _Offer) -> tuple[Reply | None, bool]:
        """The first refusal among the replies to an offer, and whether the server now waits for text."""
        refusal, open_text = None, False
        for command in offer.commands:
            if not self._pipelining:
                if refusal:
                    break
                self._write(command)
            reply = self._read()
            if command is _DATA and reply.code == _START_TEXT:
                open_text = True
            elif command is _DATA or _fate(reply) is not Fate.ACCEPTED:
                refusal = refusal or reply
            if reply.code == _CLOSING:
                if command is not offer.commands[0]:  # at MAIL it is about the session, later about this message
                    self._answered(offer.envelope, reply)
                raise Broken(reply.text)
        return refusal, open_text

    def _answered(self, envelope: Envelope, reply: Reply) -> None:
        self._report(envelope, _fate(reply), reply.text, reply.code)

    def _report(self, envelope: Envelope, fate: Fate, text: str, code: int | None = None) -> None:
        self._sent = None
        if self.waiting is envelope:
            self.waiting = None
        self.reported += 1
        self._report_to(outcome(envelope, fate, text, code))

    def _write(self, data: bytes) -> None:
        if data:
            self._sock.sendall(data)

    def _read(self) -> Reply:
        """One reply, its lines joined.

        Raises:
            Broken: the connection ended, or what came is no reply.
        """
        lines: list[bytes] = []
        while len(lines) < _MAX_REPLY_LINES:
            line: bytes = self._replies.readline(_MAX_REPLY_LINE)
            if not line.endswith(b"\n"):
                raise Broken("the server closed the connection" if not line else "the reply's line has no end")
            lines.append(line[4:].strip())
            if line[3:4] != b"-":
                if not line[:3].isdigit() or line[0] not in b"2345":
                    raise Broken(f"the server said {line[:80]!r}, which is no reply")
                return Reply(int(line[:3]), b" ".join(lines).decode("utf-8", "replace"))
        raise Broken("the reply has no end")


def _fate(reply: Reply) -> Fate:
    try:
        return _FATES[reply.code // 100]
    except KeyError:
        raise Broken(f"the server answered {reply.code} where that has no meaning") from None


def _stuffed(content: bytes) -> bytes:
    """A message with its end mark, and a dot before every line that begins with one (RFC 5321 §4.5.2)."""
    if content.rfind(b"\n.") >= 0:  # searching from the end is four times as fast as `in`
        content = content.replace(b"\n.", b"\n..")
    first = b"." if content.startswith(b".") else b""
    last = b"" if content.endswith(b"\r\n") else b"\r\n"
    return b"".join((first, content, last, _END))
