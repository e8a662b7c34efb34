"""DKIM (RFC 6376, RFC 8463): that the record of a key is there, can be read, and is the other half of the key."""

from __future__ import annotations

import base64
import binascii

from digest.mail.dkim_keys import Key, dns_record, zone_line
from digest.zone.lookup import Lookup
from digest.zone.tags import tags
from digest.zone.wrong import Wrong


def check_dkim(lookup: Lookup, key: Key) -> str:
    """The record of one key that signs.

    Raises:
        Wrong: it is missing, there are several, it cannot be read, was revoked, or belongs to another key.
        DigestError: nobody could say.
    """
    name, expected = dns_record(key)
    found = [text for text in lookup.texts(name) if "=" in text]
    if not found:
        raise Wrong(f"{name} has no record, and so no signature of this key counts", zone_line(key))
    if len(found) > 1:
        raise Wrong(f"{name} has {len(found)} records; receivers take any one of them", zone_line(key))
    try:
        given = tags(found[0])
    except ValueError as error:
        raise Wrong(f"{name}: {error}", zone_line(key)) from error
    if fault := _fault(key, given, tags(expected)["p"]):
        raise Wrong(f"{name}: {fault}", zone_line(key))
    trial = "; t=y says it is a trial: receivers may pass over it" if "y" in _listed(given, "t", "") else ""
    return f"{name} is the other half of keys/{key.selector}.pem{trial}"


def _fault(key: Key, given: dict[str, str], expected: str) -> str:
    if given.get("v", "DKIM1") != "DKIM1" or ("v" in given and next(iter(given)) != "v"):
        return "v= must come first and be DKIM1"
    if given.get("k", "rsa") != key.algorithm:
        return f"it is for k={given.get('k', 'rsa')}, and the key is {key.algorithm}"
    if "sha256" not in _listed(given, "h", "sha256"):
        return "h= does not allow sha256"
    if not {"*", "email"} & set(_listed(given, "s", "*")):
        return "s= does not allow mail"
    public = "".join(given.get("p", "").split())
    if not public:
        return "p= is empty: the key was revoked"
    return "" if _same(public, expected, key) else "p= belongs to another key"


def _same(public: str, expected: str, key: Key) -> bool:
    """As octets; an RSA key may also stand there without the frame that names its kind (RFC 6376 §3.6.1)."""
    try:
        octets = base64.b64decode(public, validate=True)
    except binascii.Error:
        return False
    own = base64.b64decode(expected)
    return octets == own or (key.algorithm == "rsa" and len(octets) > _FRAME and own.endswith(octets))


_FRAME = 100
"""Octets: no part of a key as short as this is taken for the key."""


def _listed(given: dict[str, str], name: str, default: str) -> list[str]:
    return [part.strip() for part in given.get(name, default).split(":")]
