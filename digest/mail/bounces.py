"""What came back: which addresses a returned message reports, and whether they failed for good, for now, or complained.

Reads RFC 3464 reports, RFC 5965 complaints, and the free-text notices that flufl.bounce or the returned copy make sense
of. Automatic replies report nothing. It fetches no mail and suppresses nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.mail.reasons import Kind, is_specific, kind_of, says_why, status_of
from digest.mail.recipients import ADDRESS, addresses, copied_to, failed_recipients, is_server
from digest.mail.returned import Returned, fields, header, take_apart

_MAX_BOUNCES, _MAX_DIAGNOSTIC = 100, 300
_NEAR = 300
"""Letters after an address that are taken to be about it."""
_AUTOMATIC = re.compile(
    r"(?i)\s*(?:re:\s*)?(?:automatic reply|auto(?:matic)?[ -]?(?:reply|respon)|out of (?:the )?office|abwesen"
    r"|r[ée]ponse automatique|absence du bureau|respuesta autom|risposta autom|resposta autom|vacation|自動応答|不在)"
)
_SUCCEEDED = re.compile(r"(?i)successfully (?:relayed|delivered)|delivered successfully|\(relay\)")
_DELAYED = re.compile(
    r"(?i)still undelivered|not (?:yet )?been delivered|delivery (?:is |has been |temporarily )?(?:delayed|suspended)"
    r"|\(delay\)|delayed mail|(?:being|be) retried|warning only"
    r"|will (?:keep|continue)(?: \w+)? try|warning message only|delivery attempts will continue"
)
_NO_MEMBER = re.compile(rf"(?i)\bnot a (?:member|subscriber) of (?:the|this) (?:mailing )?list\W{{1,5}}({ADDRESS})")
"""What a list manager answers for a list: its address was written to, and takes nothing from us (RFC 3463, X.7.2)."""
_ACTION = re.compile(r"(?im)^action:[ \t]*(\w+)")
_BAD = ("fail", "delay", "error")
"""Actions that are bounces; `error` is opensmtpd's word."""


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
    told = addresses(report.get("original-rcpt-to", "")) or copied_to(returned)
    text = f"feedback: {report.get('feedback-type', 'abuse')}"
    return (Bounce(address=told[0] if told else "", kind="complaint", diagnostic=text[:_MAX_DIAGNOSTIC]),)


def _reported(notice: str) -> Iterator[Bounce]:
    """The recipients of a delivery status report (RFC 3464 §2.3), wherever in the notice its fields stand."""
    for block in re.split(r"\n[ \t]*\n", notice):
        report = fields(block)
        action = report.get("action", "").lower()
        told = addresses(report.get("original-recipient", "")) or addresses(report.get("final-recipient", ""))
        if told and action.startswith(_BAD):
            status, reason = report.get("status", ""), report.get("diagnostic-code", "")
            yield _bounce(told[0], action, status, reason if reason or is_specific(status) else notice)


def _is_no_failure(returned: Returned) -> bool:
    """A report of nothing but success (RFC 3464 §2.3.3), or an automatic reply (RFC 3834 §5).

    Some mail servers call their bounces `auto-replied` as well, but those come from the server and not from a person.
    """
    actions = [action.lower() for action in _ACTION.findall(returned.notice)]
    if actions:
        return not any(action.startswith(_BAD) for action in actions)
    message = returned.message
    if _SUCCEEDED.search(header(message, "Subject") + returned.notice[:1000]):
        return True
    replied = header(message, "Auto-Submitted").lower().startswith("auto-replied") or "X-Autoreply" in message
    person = not is_server(header(message, "From"))
    return bool(_AUTOMATIC.match(header(message, "Subject"))) or (replied and person)


def _noticed(returned: Returned) -> Iterator[Bounce]:
    """The recipients of a notice in free text."""
    if closed := _NO_MEMBER.search(returned.notice[:2000]):
        yield _bounce(closed[1], "failed", "5.7.2", returned.notice)
        return
    failed, temporary = failed_recipients(returned)
    delayed = _DELAYED.search(header(returned.message, "Subject") + "\n" + returned.notice[:2000])
    for address in failed:
        action = "delayed" if delayed or address in temporary else "failed"
        yield _bounce(address, action, "", _words_about(address, failed, returned.notice))


def _bounce(address: str, action: str, status: str, text: str) -> Bounce:
    code = status_of(status, text)
    line = " ".join(text.split()).lstrip(">:)]'\" ")[:_MAX_DIAGNOSTIC]
    return Bounce(address=address, kind=kind_of(action, code, text), status=code, diagnostic=line)


def _words_about(address: str, failed: list[str], notice: str) -> str:
    """What the notice says after an address and before the next; the whole where that says nothing."""
    start = notice.lower().find(address.lower())
    if start < 0:
        return notice
    rest = notice[start + len(address) :]
    ends = [rest.find(other) for other in failed if other != address]
    words = rest[: min((end for end in ends if end >= 0), default=_NEAR)]
    return words if len(failed) > 1 or says_why(words) else notice
