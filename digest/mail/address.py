"""Addresses as SMTP wants them on the wire, and the refusal of everything that could be more than an address.

International domains become A-labels, so that only a non-ASCII local part needs SMTPUTF8. Nothing here asks DNS.
"""

from __future__ import annotations

import re
from functools import lru_cache

import idna

from digest.errors import MailError

_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
"""RFC 5321 Dot-string, with the letters RFC 6531 adds. Quoted local parts are refused: no reader has one."""
_LDH = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*")

MAX_LOCAL, MAX_DOMAIN, MAX_ADDRESS = 64, 255, 254
"""Octets; RFC 5321 §4.5.3.1.1-2, and erratum 1690 of RFC 3696 for the whole."""


@lru_cache(maxsize=1_000)
def wire_address(text: str) -> str:
    """`text` as `local@domain` for an envelope: the domain in lower-case A-labels, the local part untouched.

    Raises:
        MailError: it is no single bare address.
    """
    local, at, domain = text.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local.encode()) > MAX_LOCAL:
        raise MailError(f"{text[:MAX_ADDRESS]!r} is no mail address")
    address = f"{local}@{wire_domain(domain)}"
    if len(address.encode()) > MAX_ADDRESS:
        raise MailError(f"{address[:40]}… is longer than a mail address may be")
    return address


@lru_cache(maxsize=10_000)
def wire_domain(domain: str) -> str:
    """A domain in lower-case A-labels (RFC 5890); UTS 46 maps what people type.

    Raises:
        MailError: it is no domain name.
    """
    if domain.isascii() and _LDH.fullmatch(domain) and "xn--" not in domain.lower():
        name = domain.lower()
    else:
        try:
            name = idna.encode(domain, uts46=True).decode("ascii")
        except UnicodeError as error:  # idna.IDNAError is one
            raise MailError(f"{domain[:MAX_DOMAIN]!r} is no domain name: {error}") from error
    if not _LDH.fullmatch(name) or len(name) > MAX_DOMAIN:
        raise MailError(f"{domain[:MAX_DOMAIN]!r} is no domain name")
    return name
