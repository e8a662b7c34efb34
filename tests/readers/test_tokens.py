"""Facts about the links in mails: who can make them, for what they are good, and until when."""

from __future__ import annotations

import stat
import string
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import LinkError, SettingsError
from digest.models import Subscriber
from digest.site import Site
from digest.tokens import Claim, Purpose, Tokens, link
from tests.readers.conftest import NOW

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
PURPOSES = get_args(Purpose)
TOKENS = Tokens([OLD])
READERS = st.builds(
    Subscriber,
    id=st.text(string.hexdigits.lower(), min_size=20, max_size=20),
    address=st.just("lovelace@example.org"),
    status=st.just("active"),
    created_at=st.just(NOW),
    epoch=st.integers(0, 1000),
)
URL_SAFE = set(string.ascii_letters + string.digits + "-_.")


@given(reader=READERS, purpose=st.sampled_from(PURPOSES))
def test_a_token_tells_what_it_was_made_of(reader, purpose):
    """It is safe in a URL, tells the reader's id and epoch, and neither holds the address nor wears out."""
    token = TOKENS.issue(purpose, reader)
    assert set(token) <= URL_SAFE
    assert "lovelace" not in token
    claim = TOKENS.read(purpose, token, now=NOW + timedelta(days=20_000))
    assert claim == Claim(subscriber=reader.id, epoch=reader.epoch)


@given(reader=READERS, made=st.sampled_from(PURPOSES), used=st.sampled_from(PURPOSES))
def test_a_token_is_good_for_its_purpose_only(reader, made, used):
    """A link to a personal feed, say, does not change preferences."""
    token = TOKENS.issue(made, reader)
    if made == used:
        assert TOKENS.read(used, token, now=NOW).subscriber == reader.id
    else:
        with pytest.raises(LinkError):
            TOKENS.read(used, token, now=NOW)


@given(reader=READERS, place=st.integers(0, 200), letter=st.sampled_from(sorted(URL_SAFE)))
def test_a_changed_token_is_refused(reader, place, letter):
    """Whatever letter is changed (the last one may carry unused bits, so its meaning is what counts)."""
    token = TOKENS.issue("preferences", reader)
    place %= len(token) - 1
    forged = token[:place] + letter + token[place + 1 :]
    if forged != token:
        with pytest.raises(LinkError):
            TOKENS.read("preferences", forged, now=NOW)


@given(text=st.text(max_size=400))
def test_any_text_is_refused_as_a_link(text):
    """Nothing else than LinkError comes of nonsense."""
    with pytest.raises(LinkError):
        TOKENS.read("unsubscribe", text, now=NOW)


@given(reader=READERS, seconds=st.integers(-1_000_000, 1_000_000))
def test_a_token_expires_at_its_moment(reader, seconds):
    """It is good until then, and not from then on."""
    token = TOKENS.issue("confirm", reader, expires_at=NOW)
    now = NOW + timedelta(seconds=seconds)
    if seconds < 0:
        assert TOKENS.read("confirm", token, now=now).subscriber == reader.id
    else:
        with pytest.raises(LinkError, match="too old"):
            TOKENS.read("confirm", token, now=now)


@given(reader=READERS)
def test_keys_can_be_rotated(reader):
    """A key that is still listed is believed, a removed one is not, and the first one signs."""
    both = Tokens([NEW, OLD])
    assert both.read("feed", TOKENS.issue("feed", reader), now=NOW).subscriber == reader.id
    assert Tokens([NEW]).read("feed", both.issue("feed", reader), now=NOW).subscriber == reader.id
    for keys in ([NEW], [OTHER, NEW]):
        with pytest.raises(LinkError):
            Tokens(keys).read("feed", TOKENS.issue("feed", reader), now=NOW)


@pytest.mark.parametrize("keys", [[], [b"short"], [OLD, b"short"]])
def test_a_short_key_is_refused(keys):
    """A key one could guess is no key."""
    with pytest.raises(SettingsError, match="secret_keys"):
        Tokens(keys)


def test_a_site_makes_its_key_once_and_for_its_owner_only(site, ada):
    """`secret.key` has mode 600, stays as it is, and a line put before it rotates the key."""
    token = Tokens.of(site).issue("feed", ada)
    path = site.root / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in site.root.glob("secret.key*")] == ["secret.key"]
    path.write_text("n" * 43 + "\n" + path.read_text())
    assert Tokens.of(site).read("feed", token, now=NOW).subscriber == ada.id
    assert Tokens.of(site).issue("feed", ada) != token
    path.write_text("")
    with pytest.raises(SettingsError, match="no key"):
        Tokens.of(site)


def test_the_setting_stands_before_the_file(site, ada):
    """With `secret_keys` no file is made."""
    (site.root / "digest.toml").write_text(f'[subscriptions]\nsecret_keys = ["{"s" * 20}"]\n')
    token = Tokens.of(Site.open(site.root)).issue("feed", ada)
    assert Tokens([b"s" * 20]).read("feed", token, now=NOW).subscriber == ada.id
    assert not (site.root / "secret.key").exists()


def test_a_link_is_the_base_the_purpose_and_the_token():
    """Where the web honours it."""
    assert link("https://papers.example.org", "confirm", "abc.def") == "https://papers.example.org/confirm/abc.def"
