"""Why a message came back, and whether the address is at fault: by status codes, by words where there are none.

Permanent means that no further mail should go to the address. A full or disabled mailbox, a filter, a block list or a
size limit says nothing against the address, whatever the first digit of the code.
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
    r"""(?x) \b(?: user|address|recipient|mailbox|account|addressee|alias|spectator)\W{1,3}(?:\w+\W+){0,8}?
            (?:unknown|(?:is\ |was\ )?not\ found|does(?:\ not|n't)\ exist|doesn't\ have|invalid|not\ exist|no\ longer|
               not\ (?:known|active|local|present)|(?<!temporarily\ )inactive|unavai?lable|moved|discontinued|closed)
      | (?:unknown|no\ such|invalid|bad|not\ a\ valid|non-?existent|not\ a\ known|not\ a\ local)\s(?:\w+\s){0,2}
            (?:user|address|recipient|mailbox|account|alias|person)
      | (?:unknown|no\ such)\s(?:e-?mail|local|host|domain) | unrouteable\ address
      | host\s(?:unknown|or\ domain\ name\ not\ found|not\ found) | no\ (?:mailbox|account)\ (?:here|by)
      | domain\ (?:does\ not\ exist|not\ found|must\ exist) | (?:host|domain)\ does\ not\ accept\ mail
      | not\ listed\ in | (?:has|have)\ moved | user\ doesn't | recipnotfound | badr(?:e?cip(?:ient|ient)?to|cptto)
      | 存在しません | 宛先不明 | 見つかりません | 不存在 | 找不到
      | non-existent\ host | no\ (?:smtp\ service|mx\ record) | adresse\ (?:\w+\ )?inconnue
      | n'existe\ pas | existiert\ nicht | n[ãa]o\ existe | non\ esiste | utilisateur\ inconnu
      | destinataire\ (?:inconnu|invalide) | (?:usuario|persona)\ desconocid | no\ existe
      | unbekannter?\ empf | empf\w+\ unbekannt | (?:utente|destinatario)\ (?:sconosciut|inesistent|desconocid)
    """,
    re.IGNORECASE,
)
_SURELY_THE_ADDRESS = re.compile(r"(?i)recipient address rejected: access denied")
"""Exchange Online's words for an address its directory does not have; their code (5.4.1) says something else."""
_NOT_THE_ADDRESS = re.compile(
    r"""(?x) \b(?:mailbox|mailfolder|inbox|maildir|account|quota|storage|disk)\W+(?:\w+\W+){0,8}?
            (?:full|exceed\w*|over|limit|quota|used\ up)\b
      | \bfull\ (?:mailbox|inbox) | over\s?(?:disk\s|the\s(?:allowed\s)?)?quota | (?:disk|disc|mail)\squota
      | quota\ (?:exceeded|violation|full)
      | exceed(?:s|ed|ing)?\s(?:\w+\s){0,4}(?:quota|limit|size|storage|max)
      | (?:enough|insufficient|allowed|allocated)\s(?:\w+\s){0,2}(?:space|storage) | space\ (?:left|has\ been\ used)
      | bo[iî]te\ (?:\w+\ ){0,3}pleine | too\ much\ mail\ data | 容量 | 邮箱已满
      | \b(?:sender|mail\ from|envelope\ from|from|helo|ehlo|client\ host|return\ path)\b:?\s(?:[\w-]+\s){0,3}
            (?:rejected|denied|invalid|verif\w+|not\ exist|is\ empty|blocked|not\ allowed|not\ owned|spammer|
               not\ pre|blacklisted|unknown|is\ unauthenticated)
      | domain\ of\ (?:the\ )?sender | (?:null|empty|invalid|bogus|unrout\w+)\ (?:envelope\ )?(?:sender|mail\ from)
      | without\ a\ valid\ sender | emetteur\ invalide | \bbatv\b | third-party\ dsn | returned\ mail\ not\ accepted
    """,
    re.IGNORECASE,
)
"""What leaves no doubt, whatever else is said: a full mailbox, and faults that are found with us."""
_PASSING_FAULT = re.compile(
    r"""(?x) too\ (?:large|big|long|many|fast|often) | (?:message|mail|header)\ size | line\ (?:is\ )?too
      | \b(?:spam|junk|virus|infected|dnsbl|rbl|pbl|spamhaus|barracuda|blacklist\w*|block\ ?list\w*|blocked|banned|
            reputation|greylist\w*|dkim|spf|dmarc|unsolicited|challenge)\b
      | \brelay(?:ing)?\b(?!=) | \bgateway\b(?!\ for) | authenticat | authoriz | permi(?:t|ssion)
      | administrative | prohibit | restrict | not\ allowed | denied | content | attachment | \bsecurity\b
      | \bpolic(?:y|ies)\b | \bfilter(?:ed)?\b | preferences | only\ accept | not\ (?:currently\ )?(?:being\ )?accept
      | protected\ by | user\ reject
      | my\ name\ was\ rejected | message\ held | \brefused\b | suspect | attack | \baup\b
      | (?:message|mail|transaction|content|sender|connection)\s(?:(?:was|is|has|been|have)\s){0,3}rejected
      | rate\ limit | frequency | throttl | at\ a\ rate | listed\ (?:in|by|at|on)
      | \bptr\b | reverse\ (?:dns|lookup) | cannot\ find\ your\ host
      | try\ again | temporar | defer(?:red|ral) | timed?[ -]?out | time\ limit | expired | retry | undelivered\ after
      | not\ be\ delivered\ (?:for|in|within|after)\ \d | aborted\ after
      | connection\ (?:refused|reset|lost|dropped|closed|died|failed) | no\ route | unreachable
      | \bhops\b | \bloop(?:s|ing)?\b | configuration | internal | out\ of\ memory | storage | \bi/o\b | system\ error
      | command\ (?:failed|died) | mailer\ error | protocol\ error | syntax\ error | command\ unrecogni
      | bad\ sequence | data\ format | non-ascii | 8-?bit | missing\ (?:\w+-id|\w+\ header) | duplicate | starttls
      | \btls\b | suspend | \bfrozen\b | \blocked\b | \bdisabled\b | deactivated | dormant | archiv | inactivity
      | maintenance | 権限 | 拒否
    """,
    re.IGNORECASE,
)
_SOFT_STATUS = re.compile(r"5\.(?:1\.[78]|2\.[234]|3\.[^0]\d*|4\.(?!4\Z)\d+|5\.[1-9]\d*|6\.\d+|7\.\d+)")
"""RFC 3463 §3: the sender's address (X.1.7-8), a full mailbox or too much (X.2.2-4), the system (X.3.*), the network
(X.4.*, but for X.4.4, no way to the host), the protocol (X.5.*), the content (X.6.*) and policy (X.7.*)."""
_REPLY = re.compile(r"(?<![\w.:@/-])(?:[45]\d\d(?=[ -]\S)|[45]\.\d{1,3}\.\d{1,3})")
"""What a server's own words begin with."""
_MAX_TEXT, _MAX_REASON = 4000, 400


def is_specific(status: str) -> bool:
    """Whether a code says more than that it failed."""
    given = STATUS.search(status)
    return given is not None and not _UNSPECIFIC.fullmatch(given[1])


def says_why(text: str) -> bool:
    """Whether a text has any word or code by which `kind_of` would judge."""
    words = " ".join(text[:_MAX_TEXT].split())
    ways = (_REPLY, _SURELY_THE_ADDRESS, _NOT_THE_ADDRESS, _ADDRESS_FAULT, _PASSING_FAULT)
    return any(way.search(words) for way in ways)


def status_of(status: str, text: str) -> str:
    """The most telling status code: the given one, or the one in the words where that says nothing."""
    given = STATUS.search(status)
    if given and is_specific(given[1]):
        return given[1]
    codes: list[str] = STATUS.findall(text[:_MAX_TEXT])
    found = [code for code in codes if not code.startswith("2")]
    telling = [code for code in found if not _UNSPECIFIC.fullmatch(code)]
    return (telling or found or [given[1] if given else ""])[0]


def kind_of(action: str, status: str, text: str) -> Kind:
    """Whether the address is at fault. Without any reason given, a failure is one."""
    words = " ".join(text[:_MAX_TEXT].split())
    if action.lower().startswith("delay") or status.startswith("4") or _NOT_THE_ADDRESS.search(words):
        return "temporary"
    if _SURELY_THE_ADDRESS.search(words):
        return "permanent"
    fault, passing = _ADDRESS_FAULT.search(words), _PASSING_FAULT.search(_reason(words))
    if _SOFT_STATUS.fullmatch(status):
        return "permanent" if fault and not passing else "temporary"
    return "temporary" if passing and not fault else "permanent"


def _reason(words: str) -> str:
    """The part that says why, in a server's own words: what follows its code, or all of a short text.

    A long notice also speaks of retries, policies and contents that have nothing to do with this failure.
    """
    if len(words) <= _MAX_REASON:
        return words
    return " ".join(words[found.start() :][:_MAX_REASON] for found in list(_REPLY.finditer(words))[:5])
