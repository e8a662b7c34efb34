"""Signatures as an independent verifier sees them (dkimpy), and the keys and records they need."""

from __future__ import annotations

import re

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import MailError
from digest.mail.dkim import relaxed_body, relaxed_header, sign
from digest.mail.dkim_keys import Key, dns_record, generate_key, zone_line
from digest.mail.message import MessageTemplate

from .servers import DOMAIN, NOW, PLACES

URL = f"https://{DOMAIN}/u/token"
VALUES = {"unsubscribe": URL, "address": "reader@example.com"}


def published(keys):
    """DNS as dkimpy asks it."""
    records = dict(dns_record(key) for key in keys)
    return lambda name, timeout=5: records[name.decode().rstrip(".")].encode()  # noqa: ARG005


def verdicts(message: bytes, keys) -> list[bool]:
    """What dkimpy says of each signature, first to last."""
    count = len(re.findall(rb"(?im)^dkim-signature:", message.partition(b"\r\n\r\n")[0]))
    found = []
    for index in range(count):
        try:
            found.append(dkim.DKIM(message).verify(idx=index, dnsfunc=published(keys)))
        except dkim.DKIMException:
            found.append(False)
    return found


@pytest.fixture
def signed(mail, letterhead, keys) -> bytes:
    """The sample mail to one reader, with both signatures."""
    template = MessageTemplate(mail, letterhead, places=PLACES, keys=keys)
    return template.message(identity="d1", recipient="reader@example.com", at=NOW, unsubscribe_url=URL, values=VALUES)


def test_both_signatures_hold(signed, keys):
    """RSA for every receiver, Ed25519 for those that know it (RFC 8463), over one and the same message."""
    assert verdicts(signed, keys) == [True, True]


def test_one_key_signs_once(mail, letterhead, keys):
    """Each key signs alone as well."""
    for key in keys:
        template = MessageTemplate(mail, letterhead, places=PLACES, keys=[key])
        message = template.message(identity="d1", recipient="a@example.com", at=NOW, unsubscribe_url=URL, values=VALUES)
        assert verdicts(message, keys) == [True]


def test_tags(signed):
    """RFC 6376: relaxed/relaxed, SHA-256, no l=, one-click headers covered, From named once more than it occurs."""
    value = re.sub(r"\s", "", signed.partition(b"\r\nFrom:")[0].decode().partition("DKIM-Signature:")[2])
    tags = dict(tag.split("=", 1) for tag in value.partition("DKIM-Signature:")[0].split(";"))
    assert (tags["v"], tags["a"], tags["c"], tags["d"]) == ("1", "rsa-sha256", "relaxed/relaxed", DOMAIN)
    assert tags["t"] == str(int(NOW.timestamp()))
    assert "l" not in tags
    names = tags["h"].split(":")
    assert {"list-unsubscribe", "list-unsubscribe-post", "date", "message-id", "content-type"} <= set(names)
    assert names.count("from") == names.count("subject") == names.count("to") == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.replace(b"Subject:", b"Subject: [x]", 1),
        lambda m: m.replace(b"leave@", b"stay@", 1),
        lambda m: m.replace(b"One-Click", b"Two-Click", 1),
        lambda m: m.replace(b"2401.00001", b"2401.99999", 1),
        lambda m: m.replace(b"token", b"forged"),
        lambda m: m.replace(b"From:", b"From: <other@example.com>\r\nFrom:", 1),
        lambda m: m.replace(b"MIME-Version", b"Cc: <other@example.com>\r\nMIME-Version", 1),
        lambda m: m + b"more\r\n",
    ],
    ids=["subject", "mailto", "post", "body", "personal", "second From", "a Cc", "appended"],
)
def test_any_change_breaks_both(signed, keys, change):
    """What a reader sees and acts on cannot be altered or doubled on the way."""
    changed = change(signed)
    assert changed != signed
    assert verdicts(changed, keys) == [False, False]


def test_what_relays_do_does_not_break_it(signed, keys):
    """Received headers, refolded headers and changed white space are what `relaxed` is for."""
    relayed = b"Received: from here\r\n by there\r\n" + signed.replace(b"To: <", b"to:\t  <", 1)
    assert verdicts(relayed, keys) == [True, True]


@settings(max_examples=60)
@given(
    body=st.lists(st.text(st.sampled_from("ab \t.="), max_size=12), max_size=8).map("\r\n".join),
    subject=st.text(st.sampled_from("ab  \t:"), min_size=1, max_size=20),
)
def test_any_message_can_be_signed_whole(keys, body, subject):
    """White space of all kinds, empty bodies and missing last line ends are canonicalised as dkimpy does it."""
    message = f"From: a@{DOMAIN}\r\nSubject: {subject}\r\nTo: b@example.com\r\n\r\n{body}\r\n".encode()
    assert verdicts(sign(message, keys, NOW), keys) == [True, True]


@pytest.mark.parametrize(
    ("body", "canonical"),
    [(b"", b""), (b"\r\n\r\n", b""), (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n"), (b"x", b"x\r\n")],
)
def test_relaxed_body(body, canonical):
    """RFC 6376 §3.4.4 and its example in §3.4.5."""
    assert relaxed_body(body) == canonical


def test_relaxed_header():
    """RFC 6376 §3.4.2 and its example in §3.4.5."""
    assert relaxed_header(b"B ", b" Y\t\r\n\tZ  ") == b"b:Y Z\r\n"


def test_records(keys):
    """The text receivers look up, and the same as a zone file wants it."""
    for key in keys:
        name, text = dns_record(key)
        assert name == f"{key.selector}._domainkey.{DOMAIN}"
        assert text.startswith(f"v=DKIM1; k={key.algorithm}; p=")
        strings = re.findall(r'"([^"]*)"', zone_line(key))
        assert "".join(strings) == text
        assert max(map(len, strings)) <= 255


def test_generated_keys_are_of_the_recommended_size():
    """RSA of 2048 bits; read back from PEM they are the same."""
    key = Key.read(generate_key("rsa"), domain=DOMAIN, selector="s")
    assert isinstance(key.private, rsa.RSAPrivateKey)
    assert key.private.key_size == 2048


def pem(private) -> bytes:
    """A private key as a file holds it."""
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: b"no key", "cannot be read"),
        (lambda: generate_key()[:200], "cannot be read"),
        (lambda: pem(ec.generate_private_key(ec.SECP256R1())), "must be RSA or Ed25519"),
    ],
    ids=["text", "cut", "EC"],
)
def test_a_wrong_key_is_named(make, words):
    """One line that says which selector and what is wrong."""
    with pytest.raises(MailError, match=words):
        Key.read(make(), domain=DOMAIN, selector="s")
