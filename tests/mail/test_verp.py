"""Return paths: they come back as the delivery they were made for, or as nothing."""

from __future__ import annotations

import email

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import MailError
from digest.mail.verp import Verp

VERP = Verp("bounce@papers.example.org", [b"new key", b"old key"])
DELIVERY = st.from_regex(r"[a-z0-9]{1,12}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)


@given(DELIVERY)
def test_there_and_back(delivery):
    """Also in capitals, as some servers write it, and never longer than a local part may be."""
    address = VERP.encode(delivery)
    assert VERP.decode(address) == VERP.decode(address.upper()) == delivery
    assert len(address.partition("@")[0]) <= 64


@given(DELIVERY, st.text(max_size=30))
def test_a_forged_tag_is_refused(delivery, tag):
    """Only who has the key makes an address that counts."""
    real = VERP.encode(delivery)
    forged = f"bounce+{delivery}.{tag}@papers.example.org"
    assert forged.lower() == real or VERP.decode(forged) is None
    assert VERP.decode(Verp("bounce@papers.example.org", [b"another key"]).encode(delivery)) is None
    assert VERP.decode(real.replace(f"+{delivery}.", f"+{delivery}0.")) is None


def test_an_older_key_is_still_believed():
    """Mail sent before a key was changed bounces days later."""
    assert VERP.decode(Verp("bounce@papers.example.org", [b"old key"]).encode("d-1")) == "d-1"


@pytest.mark.parametrize(
    "address",
    ["", "@", "bounce@papers.example.org", "bounce+@papers.example.org", "bounce+d.@papers.example.org",
     "x" + VERP.encode("d-1"), VERP.encode("d-1") + "x", VERP.encode("d-1").replace("bounce+", "bounce-")],
)  # fmt: skip
def test_other_addresses_are_not_ours(address):
    """Nothing is guessed."""
    assert VERP.decode(address) is None


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "Envelope-To", "To"])
def test_found_in_the_message_that_came_back(header):
    """Wherever the mail server left the envelope recipient."""
    message = email.message_from_string(f"{header}: <{VERP.encode('d-17')}>\nSubject: Undelivered\n\nx")
    assert VERP.delivery_of(message) == "d-17"
    assert VERP.delivery_of(email.message_from_string("To: someone@example.com\n\n")) is None


@pytest.mark.parametrize("delivery", ["", "UPPER", "a b", "a.b", "a--b", "x" * 60, "a@b"])
def test_what_does_not_fit_is_refused(delivery):
    """At once, not when it bounces."""
    with pytest.raises(MailError):
        VERP.encode(delivery)


def test_return_paths_need_a_key():
    """An empty list of keys would believe anyone, or no one."""
    with pytest.raises(MailError):
        Verp("bounce@papers.example.org", [])
