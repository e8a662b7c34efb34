"""DMARC (RFC 7489): that there is a policy, and that what is proven belongs to the domain readers see.

Which domain is whose is found by walking up to the highest that has a policy, as DMARCbis has it, and not by a list of
public suffixes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.zone.lookup import Lookup
from digest.zone.tags import tags
from digest.zone.wrong import Wrong, txt_line

_POLICIES = ("none", "quarantine", "reject")
_VERSION = re.compile(r"v\s*=\s*DMARC1\s*(?:;.*|$)", re.DOTALL)


def check_dmarc(lookup: Lookup, domain: str) -> str:
    """The policy for mail from `domain`: its own, or that of a domain above it.

    Raises:
        Wrong: there is none, or several, or it cannot be read.
        DigestError: nobody could say.
    """
    advice = txt_line(f"_dmarc.{domain}", f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}")
    where, found = next(_policies(lookup, domain), ("", ()))
    if not found:
        raise Wrong(f"neither _dmarc.{domain} nor a domain above it has a DMARC record", advice)
    name = f"_dmarc.{where}"
    if len(found) > 1:
        raise Wrong(f"{name} has {len(found)} DMARC records, and so none that counts", advice)
    try:
        given = tags(found[0])
    except ValueError as error:
        raise Wrong(f"{name}: {error}", advice) from error
    if given.get("p", "").lower() not in _POLICIES:
        raise Wrong(f"{name}: p= must be one of {', '.join(_POLICIES)}: {found[0]}", advice)
    for address in filter(None, (part.strip() for part in given.get("rua", "").split(","))):
        if not re.fullmatch(r"(?i)mailto:[^\s@]+@[^\s@]+", address):
            raise Wrong(f"{name}: rua= must name mailto: addresses, and not `{address}`", advice)
    return f"{name} says {found[0]}"


def check_alignment(lookup: Lookup, sender: str, returns: str, selectors: tuple[str, ...]) -> str:
    """That SPF (of the domain mail comes back to) or DKIM speaks for the domain of From.

    Raises:
        Wrong: neither does.
        DigestError: nobody could say.
    """
    spf = _is_aligned(lookup, sender, returns)
    proofs = [f"SPF by {returns}"] * spf + [f"DKIM by {selector}" for selector in selectors]
    if not proofs:
        raise Wrong(
            f"nothing speaks for {sender}: mail comes back to {returns}, which is another domain, and no key signs; "
            "let bounces.address be in the sender's domain, or name keys in sending.dkim_keys"
        )
    note = "" if spf else f"; SPF does not, since mail comes back to {returns}"
    return f"{sender} is spoken for by {' and '.join(proofs)}{note}"


def _is_aligned(lookup: Lookup, sender: str, returns: str) -> bool:
    """§3.1.2: the same domain, or the same organisation's where the policy does not ask for more."""
    if sender == returns:
        return True
    policies = list(_policies(lookup, sender))
    if any("aspf=s" in text.replace(" ", "") for _, texts in policies[:1] for text in texts):
        return False
    top = policies[-1][0] if policies else sender
    return returns == top or returns.endswith(f".{top}") or sender.endswith(f".{returns}")


def _policies(lookup: Lookup, domain: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The domains with a DMARC record and these, from `domain` up to, and without, the last label."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        name = ".".join(labels[start:])
        if found := tuple(text for text in lookup.texts(f"_dmarc.{name}") if _VERSION.match(text)):
            yield name, found
