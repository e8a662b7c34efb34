"""SPF (RFC 7208): that there is one policy for the return path's domain, that it can be read, and that it is one.

Whether the server's outgoing address is among those it names is for receivers to see: a provider sends from others than
it is reached at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_network

from digest.zone.lookup import Lookup
from digest.zone.wrong import Wrong, txt_line

_MOST_LOOKUPS = 10
"""§4.6.4: more terms that ask DNS make the policy void."""
_ASKS = frozenset(("include", "a", "mx", "ptr", "exists", "redirect"))
_TERM = re.compile(
    r"(?i)(?P<sign>[+?~-]?)(?P<kind>all|(?:include|exists)(?=:)|a|mx|ptr|ip4(?=:)|ip6(?=:))"
    r"(?P<given>(?::[^\s/]+)?(?:/\d{1,3})?(?://?\d{1,3})?)|(?P<modifier>[a-z][\w.-]*)=(?P<value>\S*)"
)


def check_spf(lookup: Lookup, domain: str, server: str) -> str:
    """The policy of `domain`; `server` is what a policy of its own would name.

    Raises:
        Wrong: there is none, or several; it cannot be read, asks too much, or lets everyone or nobody send.
        DigestError: nobody could say.
    """
    advice = txt_line(domain, f"v=spf1 mx{f' a:{server}' if server else ''} -all")
    text = _policy(lookup, domain, advice)
    count = _Count(lookup)
    count.read(domain, text)
    terms = [_TERM.fullmatch(term) for term in text.split()[1:]]
    everyone = [term for term in terms if term and (term["kind"] or "").lower() == "all" and term["sign"] in {"", "+"}]
    if everyone:
        raise Wrong(f"`{text}` lets everyone send as {domain}; end it with -all or ~all", advice)
    if all(term is None or (term["kind"] or "").lower() == "all" or term["sign"] == "-" for term in terms):
        raise Wrong(f"`{text}` lets nobody send as {domain}", advice)
    return f"{text} ({count.asked} of {_MOST_LOOKUPS} look-ups)"


def _policy(lookup: Lookup, domain: str, advice: str) -> str:
    found = [text for text in lookup.texts(domain) if re.fullmatch(r"(?i)v=spf1(?: .*)?", text)]
    if not found:
        raise Wrong(f"{domain} has no SPF record", advice)
    if len(found) > 1:
        raise Wrong(f"{domain} has {len(found)} SPF records, and so none that counts; make one of them", advice)
    return found[0]


def _is_network(term: re.Match[str]) -> bool:
    """Whether an `ip4` or `ip6` term has an address or a network."""
    if (term["kind"] or "").lower() not in {"ip4", "ip6"}:
        return True
    try:
        return f"ip{ip_network(term['given'][1:], strict=False).version}" == term["kind"].lower()
    except ValueError:
        return False


@dataclass(slots=True)
class _Count:
    """Reads a policy and those it includes, and counts what a receiver would have to ask for."""

    lookup: Lookup
    asked: int = 0
    seen: set[str] = field(default_factory=set)

    def read(self, domain: str, text: str) -> None:
        """Count what the policy of `domain` asks for."""
        self.seen.add(domain)
        for word in text.split()[1:]:
            term = _TERM.fullmatch(word)
            if term is None or not _is_network(term):
                raise Wrong(f"the SPF record of {domain} has `{word}`, which is no term of it: {text}")
            kind = (term["kind"] or term["modifier"] or "").lower()
            if kind in _ASKS:
                self.asked += 1
            if self.asked > _MOST_LOOKUPS:
                raise Wrong(f"the SPF record asks for more than {_MOST_LOOKUPS} look-ups, and so is void: {text}")
            if kind in {"include", "redirect"}:
                self.follow((term["value"] or term["given"].lstrip(":")).lower().rstrip("."))

    def follow(self, other: str) -> None:
        """Into the policy of another domain; macros stand for what only a receiver knows."""
        if "%" not in other and other not in self.seen:
            self.read(other, _policy(self.lookup, other, ""))
