"""What came back: which addresses a returned message reports, and whether they failed for good, for now, or complained.

Reads RFC 3464 reports, RFC 5965 complaints, and the free-text notices that flufl.bounce or the returned copy make sense
of. Automatic replies report nothing. It fetches no mail and suppresses nobody.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message

from flufl.bounce import all_failures

from digest.mail.reasons import Kind, kind_of, status_of
from digest.mail.returned import Returned, fields, header, take_apart

_MAX_BOUNCES, _MAX_DIAGNOSTIC = 100, 300
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}")
_AUTOMATIC = re.compile(
    r"(?i)\s*(?:re:\s*)?(?:automatic reply|auto(?:matic)?[ -]?(?:reply|respon)|out of (?:the )?office)"
)
_DAEMON = re.compile(r"(?i)mailer-daemon|postmaster|mail[ ._-]?deliver|^<>$")
_FAILURE = re.compile(
    r"(?i)undeliver|deliver\w* (?:fail|problem|status|error)|return|fail|bounce|error|could not be deliv"
)
_ACTION = re.compile(r"(?im)^action:[ \t]*(\w+)")
_BAD = ("fail", "delay", "error")
"""Actions that are bounces; `error` is opensmtpd's word."""
_COPIED_TO = re.compile(r"(?im)^to:[ \t]*([^\n]{3,500})")

_LISTED = re.compile(rf"(?m)^[ \t*<]*({_ADDRESS.pattern})[>:]*[ \t]*(?:\[[^\]\n]{{0,80}}\])?$")
"""A line that holds an address and nothing else, as notices list whom they could not reach."""
_EXPANDED = re.compile(rf"({_ADDRESS.pattern})>?\s{{1,20}}\(expanded from: <?{_ADDRESS.pattern}")
"""Sendmail names what an alias stood for; the address we wrote to is the other one."""

logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it logs a traceback for every message it trips over


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """One address of a returned message; empty where a complaint hides it, and only the return path tells (`Verp`)."""

    address: str
    kind: Kind
    status: str = ""
    """RFC 3463; empty if none was given."""
    diagnostic: str = ""
    """The other server's words, one line."""


def read_bounces(data: bytes) -> tuple[Bounce, ...]:
    """What one raw message reports, each address once, as the message has them; nothing when it is no bounce.

    Never raises: a message nobody can read reports nothing.
    """
    returned = take_apart(data)
    if returned.feedback:
        return _complaint(returned)
    found = list(_reported(returned.notice))
    if not found and not _is_no_failure(returned):
        found = list(_noticed(returned))
    first: dict[str, Bounce] = {}
    for bounce in found[:_MAX_BOUNCES]:
        first.setdefault(bounce.address.lower(), bounce)
    return tuple(first.values())


def _complaint(returned: Returned) -> tuple[Bounce, ...]:
    """RFC 5965 §3: who complained is told by Original-Rcpt-To, or not at all."""
    report = fields(returned.feedback)
    if report.get("feedback-type", "").lower() == "not-spam":
        return ()
    told = _addresses(report.get("original-rcpt-to", "")) or _copied_to(returned)
    text = f"feedback: {report.get('feedback-type', 'abuse')}"
    return (Bounce(address=told[0] if told else "", kind="complaint", diagnostic=text[:_MAX_DIAGNOSTIC]),)


def _reported(notice: str) -> Iterator[Bounce]:
    """The recipients of a delivery status report (RFC 3464 §2.3), wherever in the notice its fields stand."""
    for block in re.split(r"\n[ \t]*\n", notice):
        report = fields(block)
        action = report.get("action", "").lower()
        told = _addresses(report.get("original-recipient", "")) or _addresses(report.get("final-recipient", ""))
        if told and action.startswith(_BAD):
            reason = report.get("diagnostic-code", "")
            yield _bounce(told[0], action, report.get("status", ""), reason or notice)


def _is_no_failure(returned: Returned) -> bool:
    """A report of nothing but success (RFC 3464 §2.3.3), or an automatic reply (RFC 3834 §5).

    Some mail servers call their bounces `auto-replied` as well, but those come from the server and not from a person.
    """
    actions = [action.lower() for action in _ACTION.findall(returned.notice)]
    if actions:
        return not any(action.startswith(_BAD) for action in actions)
    message = returned.message
    replied = header(message, "Auto-Submitted").lower().startswith("auto-replied") or "X-Autoreply" in message
    person = not _DAEMON.search(header(message, "From"))
    return bool(_AUTOMATIC.match(header(message, "Subject"))) or (replied and person)


def _noticed(returned: Returned) -> Iterator[Bounce]:
    """The recipients of a notice in free text."""
    temporary, permanent = _flufl(returned.message)
    ours = {
        address.lower() for name in ("To", "Delivered-To") for address in _addresses(header(returned.message, name))
    }
    failed = [address for address in (*permanent, *temporary) if address.lower() not in ours]
    expanded = _EXPANDED.findall(returned.notice)
    failed = [address for address in failed if address not in expanded and not _is_message_id(address, returned)]
    if not failed and _looks_failed(returned):
        listed = _LISTED.findall(returned.notice) or _copied_to(returned)
        failed = [address for address in listed if address.lower() not in ours]
    for address in failed:
        action = "delayed" if address in temporary else "failed"
        yield _bounce(address, action, "", _words_about(address, failed, returned.notice))


def _bounce(address: str, action: str, status: str, text: str) -> Bounce:
    code = status_of(status, text)
    line = " ".join(text.split())[:_MAX_DIAGNOSTIC]
    return Bounce(address=address, kind=kind_of(action, code, text), status=code, diagnostic=line)


def _flufl(message: Message) -> tuple[list[str], list[str]]:
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 - its detectors trip over hostile mail in many ways
        return [], []
    return _decoded(temporary), _decoded(permanent)


def _decoded(addresses: Iterable[bytes]) -> list[str]:
    texts = (address.decode("ascii", "replace") for address in addresses)
    return sorted(text for text in texts if _ADDRESS.fullmatch(text))


def _is_message_id(address: str, returned: Returned) -> bool:
    """Whether it is the name of the returned message and no address."""
    lines = [line for line in (returned.notice + returned.copy).splitlines() if address in line]
    return bool(lines) and all(line.lower().startswith("message-id:") for line in lines)


def _looks_failed(returned: Returned) -> bool:
    senders = [header(returned.message, name) for name in ("From", "Return-Path")]
    told = header(returned.message, "Subject") + returned.notice[:2000]
    return any(_DAEMON.search(sender) for sender in senders) and bool(_FAILURE.search(told))


def _copied_to(returned: Returned) -> list[str]:
    """Whom our message was to: each of ours has one recipient."""
    line = _COPIED_TO.search(returned.copy) or _COPIED_TO.search(returned.notice)
    return _addresses(line[1])[:1] if line else []


def _words_about(address: str, failed: list[str], notice: str) -> str:
    """What the notice says after an address and before the next; the whole where it does not name it."""
    start = notice.lower().find(address.lower())
    if start < 0 or len(failed) == 1:
        return notice
    rest = notice[start + len(address) :]
    ends = [rest.find(other) for other in failed if other != address]
    return rest[: min((end for end in ends if end >= 0), default=len(rest))]


def _addresses(text: str) -> list[str]:
    """The addresses in a header's or field's value, `rfc822;` and brackets removed."""
    return [address.strip(".'`") for address in _ADDRESS.findall(text.rpartition(";")[2][:1000])]
