"""Whom a notice in free text is about: what flufl.bounce knows, what stands where notices name addresses, our own copy.

The surest way that finds anything decides. Whether the notice is one of failure is asked first.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from email.message import Message

from flufl.bounce import all_failures

from digest.mail.returned import Returned, header

ADDRESS = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}"
_ADDRESS = re.compile(ADDRESS)
_SERVER = re.compile(
    r"(?i)mailer-daemon|post_?master|mail[ ._-]?(?:deliver|system|server|gateway)|microsoftexchange|^<>$"
    r"|delivery (?:subsystem|system)|system administrator"
)
"""What a mail server calls itself."""
_FAILURE = re.compile(
    r"(?i)undeliver|non-?deliver|deliver\w* (?:has )?(?:fail|problem|status|error)|return|fail|bounce|error|warning"
    r"|could not|couldn't|unable to|wasn't able|not (?:yet )?been delivered|not delivered|delayed|trouble|rejected"
    r"|blocked"
)
_SURE_FAILURE = re.compile(
    r"(?i)\W*(?:undeliver|non-?deliver|delivery (?:failure|error|problem|status)"
    r"|(?:mail|message) deliver\w+ (?:has )?(?:fail|err)"
    r"|failure notice|returned mail|mail (?:could not|system error)|mail delivery problem|could not deliver)"
)
"""A subject no person writes."""
_LISTED = re.compile(rf"(?m)^[ \t*<]*({ADDRESS})[>:]*[ \t]*(?:\[[^\]\n]{{0,80}}\])?$")
"""A line that holds an address and nothing else, as notices list whom they could not reach."""
_LEADING = re.compile(rf"(?m)^[ \t*\"'<(>]*({ADDRESS})[>\"')]*(?::|\.\.\.| ?\(| ?\[| <)")
"""A line that begins with an address, and then says what became of it."""
_NAMED = re.compile(
    rf"(?i)\b(?:rcpt to|recipients?|addressed to|deliver(?:ed)?(?: \w+)? to|message to|mail to|sent to|reach|mobile"
    rf"|address(?:es)?)\b[^\n@]{{0,40}}?<?({ADDRESS})"
)
_EXPANDED = re.compile(rf"({ADDRESS})>?\s{{1,20}}(?:\(reason:[^\n]{{0,300}}\s{{1,20}})?\(expanded from: <?({ADDRESS})")
"""Sendmail names what an alias stood for; the address we wrote to is the other one."""
_COPIED_TO = re.compile(r"(?im)^to:[ \t]*([^\n]{3,500})")
_COPIED_FROM = re.compile(r"(?im)^(?:from|sender|reply-to|errors-to|return-path):[ \t]*([^\n]{3,500})")

logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it logs a traceback for every message it trips over


def is_server(name: str) -> bool:
    """Whether a From or Return-Path is a mail server's and no person's."""
    return bool(_SERVER.search(name))


def failed_recipients(returned: Returned) -> tuple[list[str], list[str]]:
    """The addresses a notice reports, and those of them that may still be reached."""
    temporary, permanent = _flufl(returned.message)
    ours = _came_to(returned)
    expanded = [into for into, origin in _EXPANDED.findall(returned.notice) if into != origin]
    failed = [
        address
        for address in (*permanent, *temporary)
        if address.lower() not in ours and address not in expanded and not _is_message_id(address, returned)
    ]
    if not failed and _looks_failed(returned):
        failed = _found(returned, ours | _came_from(returned) | {address.lower() for address in expanded})
    return failed, temporary


def copied_to(returned: Returned) -> list[str]:
    """Whom our message was to: each of ours has one recipient."""
    line = _COPIED_TO.search(returned.copy) or _COPIED_TO.search(returned.notice)
    return addresses(line[1])[:1] if line else []


def addresses(text: str) -> list[str]:
    """The addresses in a header's or field's value, `rfc822;` and brackets removed."""
    return [address.strip(".'`") for address in _ADDRESS.findall(text.rpartition(";")[2][:1000])]


def _found(returned: Returned, ours: set[str]) -> list[str]:
    """By where addresses stand; the last resort is the only one there is."""
    ways: Sequence[Callable[[], Iterable[str]]] = (
        lambda: _LISTED.findall(returned.notice),
        lambda: _LEADING.findall(returned.notice),
        lambda: _NAMED.findall(returned.notice),
        lambda: copied_to(returned),
        lambda: _only(_ADDRESS.findall(returned.notice), ours),
    )
    for way in ways:
        found = [address.strip(".'`") for address in way()]
        if left := [address for address in dict.fromkeys(found) if not _is_someone_else(address, ours)]:
            return left
    return []


def _only(found: Iterable[str], ours: set[str]) -> list[str]:
    left = {address.lower(): address for address in found if not _is_someone_else(address, ours)}
    return list(left.values()) if len(left) == 1 else []


def _is_someone_else(address: str, ours: set[str]) -> bool:
    return address.lower() in ours or is_server(address) or address.lower().startswith(("abuse@", "support@"))


def _came_to(returned: Returned) -> set[str]:
    """Where it came back to."""
    values = [header(returned.message, name) for name in ("To", "Delivered-To")]
    return {address.lower() for value in values for address in addresses(value)}


def _came_from(returned: Returned) -> set[str]:
    """Who our message was from."""
    return {address.lower() for value in _COPIED_FROM.findall(returned.copy)[:10] for address in addresses(value)}


def _looks_failed(returned: Returned) -> bool:
    subject = header(returned.message, "Subject")
    if _SURE_FAILURE.match(subject):
        return True
    senders = [header(returned.message, name) for name in ("From", "Return-Path")]
    return any(map(is_server, senders)) and bool(_FAILURE.search(subject + returned.notice[:2000]))


def _flufl(message: Message) -> tuple[list[str], list[str]]:
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 - its detectors trip over hostile mail in many ways
        return [], []
    return _decoded(temporary), _decoded(permanent)


def _decoded(found: Iterable[bytes]) -> list[str]:
    texts = (address.decode("ascii", "replace") for address in found)
    return sorted(text for text in texts if _ADDRESS.fullmatch(text))


def _is_message_id(address: str, returned: Returned) -> bool:
    """Whether it is the name of the returned message and no address."""
    lines = [line for line in (returned.notice + returned.copy).splitlines() if address in line]
    return bool(lines) and all(line.lower().startswith("message-id:") for line in lines)
