"""Facts about coming in: double opt-in, no enumeration, limits, and what an address may be."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import LinkError, SubscriptionError, TooManyRequests
from digest.models import Preferences, Suppression
from digest.render.environment import environment
from digest.site import Site
from digest.subscribe import (
    add_reader,
    confirm,
    erase,
    forget_unconfirmed,
    open_link,
    reader_address,
    revoke_links,
    sign_up,
    unsubscribe,
)
from digest.tokens import Tokens
from tests.builders import make_edition, make_entry
from tests.readers.conftest import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def token_in(letter) -> tuple[str, str]:
    """Purpose and token of the only link of a letter; the HTML has the same one."""
    (found,) = re.findall(r"https://papers\.example\.org/(\w+)/(\S+)", letter.mail.text)
    assert f"https://papers.example.org/{found[0]}/{found[1]}" in letter.mail.html
    return found


def test_a_reader_comes_in_by_confirming(store, site):
    """Pending until the link of the mail is used; then active, from the latest edition on; twice changes nothing."""
    store.save_edition(make_edition(1, make_entry(1)))
    letter = sign_up(store, site, "Ada@Example.org", now=NOW, network="192.0.2.1")
    pending = store.subscribers.find("ada@example.org")
    assert (letter.address, pending.status, pending.next_at) == ("Ada@example.org", "pending", None)
    purpose, token = token_in(letter)
    assert purpose == "confirm"
    reader = confirm(store, site, token, now=NOW + HOUR)
    assert (reader.status, reader.confirmed_at, reader.watermark) == ("active", NOW + HOUR, 1)
    assert reader.next_at == NOW.replace(hour=7) + DAY
    assert confirm(store, site, token, now=NOW + 2 * HOUR) == reader


def test_looking_at_a_link_changes_nothing(store, site):
    """Link scanners confirm nobody."""
    _, token = token_in(sign_up(store, site, "ada@example.org", now=NOW))
    reader = open_link(store, site, "confirm", token, now=NOW)
    assert reader.status == "pending"
    assert store.subscribers.get(reader.id) == reader


def test_a_late_confirmation_is_refused(store, site):
    """After 48 hours one signs up again."""
    _, token = token_in(sign_up(store, site, "ada@example.org", now=NOW))
    with pytest.raises(LinkError, match="too old"):
        confirm(store, site, token, now=NOW + 48 * HOUR)
    assert store.subscribers.find("ada@example.org").status == "pending"


def test_a_known_reader_gets_a_letter_too_and_a_stranger_changes_nothing(store, site, ada):
    """From the outside it is all the same; the letter leads to the preferences."""
    letter = sign_up(store, site, ada.address, now=NOW, preferences=Preferences(hour=3))
    purpose, token = token_in(letter)
    assert purpose == "preferences"
    assert open_link(store, site, "preferences", token, now=NOW + 400 * DAY) == ada


def test_who_left_comes_back_with_the_new_editions_only(store, site, ada):
    """A new confirmation; until it comes they stay unsubscribed."""
    unsubscribe(store, ada.id)
    store.save_edition(make_edition(1, make_entry(1)))
    _, token = token_in(sign_up(store, site, ada.address, now=NOW))
    assert store.subscribers.get(ada.id).status == "unsubscribed"
    back = confirm(store, site, token, now=NOW + HOUR)
    assert (back.status, back.watermark, back.confirmed_at) == ("active", 1, NOW + HOUR)


def test_a_suppressed_address_gets_no_letter(store, site, ada):
    """Neither a reader's nor an unknown one, nor that of one who left."""
    for address in (ada.address, "bo@example.org"):
        store.subscribers.suppress(Suppression(address=address, reason="complaint", at=NOW))
        assert sign_up(store, site, address, now=NOW) is None
    unsubscribe(store, ada.id)
    assert sign_up(store, site, ada.address, now=NOW + DAY) is None


def test_letters_to_one_address_are_limited(store, site):
    """One in ten minutes, three a day, whoever asks; the fourth day has room again."""
    moments = [0, 5, 10, 25, 60, 1439, 1441]
    sent = [
        bool(sign_up(store, site, address, now=NOW + timedelta(minutes=minutes)))
        for minutes, address in zip(moments, ["ada@example.org", "ADA@example.org"] * 4, strict=False)
    ]
    assert sent == [True, False, True, True, False, False, True]


def test_sign_ups_from_one_network_are_limited(store, site):
    """Twenty an hour from a /24 or a /56, the same for known and unknown addresses."""
    for number in range(20):
        sign_up(store, site, f"reader{number}@example.org", now=NOW, network=f"192.0.2.{number}")
    for network in ("192.0.2.250", "::ffff:192.0.2.7"):
        with pytest.raises(TooManyRequests):
            sign_up(store, site, "reader1@example.org", now=NOW, network=network)
    assert sign_up(store, site, "new@example.org", now=NOW, network="2001:db8::1")
    assert sign_up(store, site, "newer@example.org", now=NOW + HOUR, network="192.0.2.250")


def test_a_closed_site_takes_nobody(store, site):
    """`subscriptions.open = false`."""
    (site.root / "digest.toml").write_text("[subscriptions]\nopen = false\n")
    with pytest.raises(SubscriptionError, match="nobody can sign up"):
        sign_up(store, Site.open(site.root), "ada@example.org", now=NOW)


def test_a_revoked_link_is_refused_unless_it_unsubscribes(store, site, ada):
    """A mail that was passed on no longer opens the preferences; leaving always works."""
    tokens = Tokens.of(site)
    preferences, leave = tokens.issue("preferences", ada), tokens.issue("unsubscribe", ada)
    revoked = revoke_links(store, ada.id)
    with pytest.raises(LinkError, match="revoked"):
        open_link(store, site, "preferences", preferences, now=NOW)
    assert open_link(store, site, "preferences", tokens.issue("preferences", revoked), now=NOW) == revoked
    assert open_link(store, site, "unsubscribe", leave, now=NOW + 4000 * DAY) == revoked


def test_the_link_of_an_erased_reader_finds_nobody(store, site, ada):
    """It is genuine, and about no one; ids are never used again."""
    token = Tokens.of(site).issue("unsubscribe", ada)
    erase(store, ada)
    again = add_reader(store, site, ada.address, now=NOW)
    assert again.id != ada.id
    assert open_link(store, site, "unsubscribe", token, now=NOW) is None


def test_a_sign_up_without_confirmation_is_forgotten_after_a_week(store, site, ada):
    """Readers who confirmed stay."""
    sign_up(store, site, "bo@example.org", now=NOW)
    assert forget_unconfirmed(store, now=NOW + 7 * DAY) == 0
    assert forget_unconfirmed(store, now=NOW + 7 * DAY + HOUR) == 1
    assert store.subscribers.counts() == {"active": 1}
    assert store.subscribers.get(ada.id) == ada


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada@example.org", "ada@example.org"),
        ("  Ada.Lovelace+papers@EXAMPLE.org\n", "Ada.Lovelace+papers@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BU\u0308cher.example", "ada@xn--bcher-kva.example"),
        ("jo\u0308rg@example.org", "jörg@example.org"),
        ("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
        ("o'brien@example.org", "o'brien@example.org"),
    ],
)
def test_addresses_are_stored_in_one_form(text, address):
    """Domains in A-labels, Unicode composed, spaces around gone, the local part as it is."""
    assert reader_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@localhost",
        "ada@127.0.0.1",
        "ada@[127.0.0.1]",
        "ada@example..org",
        "ada@-example.org",
        ".ada@example.org",
        "ada@example.org, bo@example.org",
        "Ada <ada@example.org>",
        "ada@example.org\r\nBcc: bo@example.org",
        "ada\r\nBcc: bo@example.org@example.org",
        "ada\x00@example.org",
        "a da@example.org",
        '"ada"@example.org',
        "ada\u202e@example.org",
        "a" * 65 + "@example.org",
        "ada@" + "a" * 64 + ".org",
        "ada@" + "a.b" * 90 + ".org",
    ],
)
def test_what_is_no_address_is_refused(store, site, text):
    """Nothing is stored, no header can be made of it, and the message is one line."""
    with pytest.raises(SubscriptionError) as caught:
        sign_up(store, site, text, now=NOW)
    assert str(caught.value).isprintable()
    assert store.subscribers.counts() == {}


@given(text=st.text(max_size=100) | st.emails())
def test_any_text_is_an_address_or_refused(text):
    """What comes through is one line with one @ between parts, and comes through again unchanged."""
    try:
        address = reader_address(text)
    except SubscriptionError:
        return
    assert reader_address(address) == address
    assert address.count("@") == 1
    assert address.isprintable()
    assert not set(address) & set(' <>,;:"()[]\\')


def test_the_address_of_a_mailbox_with_letters_is_marked(ada):
    """It needs a server with SMTPUTF8."""
    assert not ada.needs_smtputf8
    assert replace(ada, address="jörg@example.org").needs_smtputf8


def test_the_confirmation_names_the_site_and_escapes(store, site):
    """The title of the site is text in both parts; one link; nothing is loaded from anywhere."""
    (site.root / "digest.toml").write_text('base_url = "https://papers.example.org"\ntitle = "A & <B>"\n')
    letter = sign_up(store, Site.open(site.root), "ada@example.org", now=NOW)
    purpose, token = token_in(letter)
    mail = letter.mail
    assert mail.subject == "Confirm your subscription to A & <B>"
    assert "A &amp; &lt;B&gt;" in mail.html
    assert "A & <B>" in mail.text
    assert not re.search(r"<(img|script|link|form)", mail.html)
    assert re.findall(r'href="([^"]*)"', mail.html) == [f"https://papers.example.org/{purpose}/{token}"]


def test_the_templates_compile(site):
    """Both forms of the confirmation are there."""
    names = environment(site.folders("templates")).list_templates()
    assert {"email/confirm.html", "email/confirm.txt"} <= set(names)
