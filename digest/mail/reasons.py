"""Why a message came back, and whether the address is at fault: by status codes, by words where there are none.

Permanent means that no further mail should go to the address. A full mailbox, a filter, a block list or a size limit
says nothing against the address, whatever the first digit of the code.
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["permanent", "temporary", "complaint"]

STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
"""An enhanced status code, RFC 3463 §2, and no piece of an IP address."""
_UNSPECIFIC = re.compile(r"\d\.(?:0\.0|1\.0|3\.0|5\.0)")
"""Codes that servers use for want of a better one; the words then say more."""

_ADDRESS_FAULT = re.compile(
    r"""(?x) \b(?: user|address|recipient|mailbox|account|addressee|alias)\W{1,3}(?:\w+\W+){0,8}?
            (?:unknown|(?:is\ |was\ )?not\ found|does(?:\ not|n't)\ exist|doesn't\ have|invalid|not\ exist|disabled|
               no\ longer|inactive|deactivated|has\ moved)
      | (?:unknown|no\ such|invalid|bad|not\ a\ valid|nonexistent)\s(?:\w+\s){0,2}
            (?:user|address|recipient|mailbox|account|alias|person)
      | (?:unknown|no\ such)\s(?:host|domain)
      | host\s(?:unknown|or\ domain\ name\ not\ found|not\ found) | no\ (?:mailbox|account)\ (?:here|by)
      | not\ listed\ in | has\ moved | user\ doesn't
    """,
    re.IGNORECASE,
)
_PASSING_FAULT = re.compile(
    r"""(?x) (?:mailbox|mailfolder|inbox|account|quota|storage|disk)\W+(?:\w+\W+){0,8}?(?:full|exceed|over|limit)
      | over\s?quota | exceed(?:s|ed)?\s(?:\w+\s){0,4}(?:quota|limit|size|storage) | too\ (?:large|big)
      | too\ many\ (?:connections|messages|recipients|errors)
      | \b(?:spam|junk|virus|dnsbl|rbl|blacklist|block\ ?list|blocked|banned|reputation|greylist\w*|dkim|spf|dmarc)\b
      | \brelay(?:ing)?\b(?!=) | authenticat | rate\ limit | try\ again | temporar | defer(?:red|ral)
      | timed?\ out | expired | connection\ refused | suspended | access\ denied | \bpolicy\b | frequency\ limit
      | \bfilter(?:ed)?\b | my\ name\ was\ rejected | refused\ due\ to | \bfrozen\b
    """,
    re.IGNORECASE,
)
_SOFT_STATUS = re.compile(r"5\.(?:1\.[78]|2\.[234]|3\.[^0]\d*|4\.[^4]\d*|6\.\d+|7\.\d+)")
"""RFC 3463 §3: the sender's address (X.1.7-8), a full mailbox or too much (X.2.2-4), the system (X.3.*), the network
(X.4.*, but for X.4.4, no way to the host), the content (X.6.*) and policy (X.7.*)."""
_MAX_TEXT = 4000


def status_of(status: str, text: str) -> str:
    """The most telling status code: the given one, or the one in the words where that says nothing."""
    given = STATUS.search(status)
    if given and not _UNSPECIFIC.fullmatch(given[1]):
        return given[1]
    codes: list[str] = STATUS.findall(text[:_MAX_TEXT])
    found = [code for code in codes if not code.startswith("2")]
    telling = [code for code in found if not _UNSPECIFIC.fullmatch(code)]
    return (telling or found or [given[1] if given else ""])[0]


def kind_of(action: str, status: str, text: str) -> Kind:
    """Whether the address is at fault. Without any reason given, a failure is one."""
    words = " ".join(text[:_MAX_TEXT].split())
    if action.lower().startswith("delay") or status.startswith("4"):
        return "temporary"
    fault, passing = _ADDRESS_FAULT.search(words), _PASSING_FAULT.search(words)
    if _SOFT_STATUS.fullmatch(status):
        return "permanent" if fault and not passing else "temporary"
    return "temporary" if passing and not fault else "permanent"
