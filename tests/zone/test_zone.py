"""What DNS must have for mail to be welcome: right, missing, wrong, doubled, void, or nobody to say it."""

from __future__ import annotations

import re

import pytest

from digest.deliver.carriers import keys_of, read_key
from digest.errors import DigestError
from digest.mail.dkim_keys import dns_record, generate_key
from digest.site import Site
from digest.zone import Lookup, Wrong, looks
from tests.deliver.sites import make_site

from .conftest import ADDRESS, DOMAIN, SELECTORS, SERVER, SPF, strings
from .name_server import closed_port

TEXT = r'"[^"]{1,255}"'
LINE = re.compile(rf"\S+\. IN (?:MX 10 \S+\.|PTR \S+\.|A ADDRESS|TXT (?:{TEXT}|\( {TEXT}(?: {TEXT})* \)))")
"""A line of a zone file."""


def faults(seen: dict) -> dict[str, str]:
    """What is wrong, by name; every line for the zone is one."""
    for one in seen.values():
        assert not getattr(one, "record", "") or LINE.fullmatch(one.record), one.record
    return {name: str(one) for name, one in seen.items() if isinstance(one, Wrong)}


def test_nothing_is_wrong_where_all_is_as_it_should_be(seen):
    """Each look by its name, and what it found."""
    found = seen()
    assert not faults(found)
    assert list(found) == [
        f"web {DOMAIN}", f"mx {DOMAIN}", f"spf {DOMAIN}", *(f"dkim {selector}" for selector in SELECTORS),
        f"dmarc {DOMAIN}", f"alignment {DOMAIN}", f"ptr {SERVER}",
    ]  # fmt: skip
    assert found[f"mx {DOMAIN}"] == f"mail for {DOMAIN} goes to {SERVER}, backup.example.org"
    assert found[f"spf {DOMAIN}"] == f"{SPF} (2 of 10 look-ups)"
    assert found[f"ptr {SERVER}"] == f"{SERVER} and {ADDRESS} lead to each other"
    assert "SPF by papers.example.org and DKIM by d202611-rsa" in found[f"alignment {DOMAIN}"]


def test_a_long_record_is_asked_for_again_by_tcp(seen, zone):
    """An RSA key of 4096 bits does not fit into a datagram; its strings are put together."""
    name = f"{SELECTORS[0]}._domainkey.{DOMAIN}"
    (value,) = zone.records[name, "TXT"]
    zone.has(name, "TXT", value.replace('"v=DKIM1;', f'"v=DKIM1; n={"x" * 200};" "'))
    assert not faults(seen())
    assert ("tcp", name, "TXT") in zone.asked


@pytest.mark.parametrize(
    ("records", "says"),
    [
        ([], "has no MX record"),
        (["0 ."], "takes no mail"),
        (["10 nowhere.example.org."], "nowhere.example.org, which has no address"),
    ],
)
def test_mx(seen, zone, records, says):
    """Missing, null (RFC 7505), or leading nowhere."""
    zone.has(DOMAIN, "MX", *records)
    assert says in faults(seen())[f"mx {DOMAIN}"]


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ([], "has no SPF record"),
        (["v=spf10 -all", "spf1 -all"], "has no SPF record"),
        ([SPF, "v=spf1 a -all"], "2 SPF records"),
        (["v=spf1 +all"], "lets everyone send"),
        (["v=spf1 mx all"], "lets everyone send"),
        (["v=spf1 -all"], "lets nobody send"),
        (["v=spf1 mx ip4:nonsense -all"], "`ip4:nonsense`, which is no term"),
        (["v=spf1 mx ip4:2001:db8::/32 -all"], "no term"),
        (["v=spf1 mx,a -all"], "no term"),
        (["v=spf1 include:nowhere.example -all"], "nowhere.example has no SPF record"),
        (["v=spf1 " + " ".join(f"a:h{n}.example.org" for n in range(11)) + " -all"], "more than 10 look-ups"),
    ],
)
def test_spf_that_is_wrong(seen, zone, texts, says):
    """RFC 7208: one policy that can be read, asks for ten names at most, and lets some send and not all."""
    zone.has(DOMAIN, "TXT", *map(strings, texts))
    wrong = faults(seen())
    assert says in wrong[f"spf {DOMAIN}"]
    assert set(wrong) == {f"spf {DOMAIN}"}


@pytest.mark.parametrize(
    "text",
    [
        "V=SPF1 A MX -ALL",
        "v=spf1 ip4:203.0.113.5 ip6:2001:db8::1 ?all",
        "v=spf1 a/24 mx:example.org/24//64 ptr exists:%{i}.x.example include:%{d}.example ~all",
        "v=spf1 redirect=spf.provider.example",
        "v=spf1 mx exp=explain.example.org -all",
        "v=spf1 include:loop.example -all",
    ],
)
def test_spf_that_is_right(seen, zone, text):
    """The grammar of RFC 7208 §12; one that includes itself ends."""
    zone.has(DOMAIN, "TXT", strings(text))
    zone.has("loop.example", "TXT", strings(f"v=spf1 include:{DOMAIN} -all"))
    assert not faults(seen())


def test_the_split_strings_of_a_policy_are_one(seen, zone):
    """RFC 7208 §3.3: put together without a space."""
    zone.has(DOMAIN, "TXT", '"v=spf1 ip4:203.0." "113.5 -all"')
    assert seen()[f"spf {DOMAIN}"].startswith("v=spf1 ip4:203.0.113.5 -all")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda _: [], "has no record"),
        (lambda text: [text, text + "; n=other"], "has 2 records"),
        (lambda text: [text.replace("; k=", " k=")], "v= must come first and be DKIM1"),
        (lambda text: [text.partition("p=")[0] + "p="], "revoked"),
        (lambda text: [text.replace("v=DKIM1; ", "") + "; v=DKIM1"], "v= must come first"),
        (lambda text: [text + "; h=sha1"], "does not allow sha256"),
        (lambda text: [text + "; s=tlsrpt"], "does not allow mail"),
        (lambda text: [text + "; k=rsa"], "says `k` twice"),
        (lambda text: [text + "; nonsense"], "`nonsense` is no tag"),
        (lambda text: [text.replace("k=rsa", "k=ed25519").replace("k=ed25519; p=M", "k=other; p=M")], "k=other"),
        (lambda text: [text[:-20]], "another key"),
        (lambda text: [text.partition("p=")[0] + "p=***"], "another key"),
    ],
)
def test_dkim_that_is_wrong(seen, zone, site, change, says):
    """RFC 6376 §3.6.1: each way a record can fail its key; the line for the zone is the right one."""
    key = keys_of(site)[0]
    name, text = dns_record(key)
    zone.has(name, "TXT", *map(strings, change(text)))
    found = seen()
    assert set(faults(found)) == {f"dkim {SELECTORS[0]}"}
    wrong = found[f"dkim {SELECTORS[0]}"]
    assert says in str(wrong)
    assert wrong.record == f"{name}. IN TXT ( {strings(text)} )"


def test_the_public_half_of_another_key_is_told(seen, zone, site, tmp_path):
    """As after keys were made anew and the zone was not: of the right kind, and not the right one."""
    (tmp_path / "keys" / "old.pem").write_bytes(generate_key("ed25519"))
    _, old = dns_record(read_key(site, "old", DOMAIN))
    zone.has(f"{SELECTORS[1]}._domainkey.{DOMAIN}", "TXT", strings(old))
    assert faults(seen()) == {f"dkim {SELECTORS[1]}": f"{SELECTORS[1]}._domainkey.{DOMAIN}: p= belongs to another key"}


def test_what_a_record_may_leave_out_or_add(seen, zone, site):
    """No v=, no k= for RSA, spaces within p=, other tags, the test flag."""
    name, text = dns_record(keys_of(site)[0])
    half = len(text) // 2
    zone.has(name, "TXT", strings((text[:half] + " " + text[half:]).removeprefix("v=DKIM1; k=rsa; ") + "; t=y:s; n=x;"))
    found = seen()
    assert not faults(found)
    assert "t=y says it is a trial" in found[f"dkim {SELECTORS[0]}"]


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ([], "has a DMARC record"),
        (["v=DMARC2; p=none"], "has a DMARC record"),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "has 2 DMARC records"),
        (["v=DMARC1; p=nothing"], "p= must be one of none, quarantine, reject"),
        (["v=DMARC1"], "p= must be one of"),
        (["v=DMARC1; p=none; p=none"], "says `p` twice"),
        (["v=DMARC1; p=none; rua=dmarc@example.org"], "not `dmarc@example.org`"),
    ],
)
def test_dmarc_that_is_wrong(seen, zone, texts, says):
    """RFC 7489 §6.3: one policy, one of three."""
    zone.has(f"_dmarc.{DOMAIN}", "TXT", *map(strings, texts))
    assert says in faults(seen())[f"dmarc {DOMAIN}"]


def test_the_policy_of_a_domain_above_holds(seen, zone):
    """A subdomain needs none of its own."""
    zone.has(f"_dmarc.{DOMAIN}", "TXT")
    zone.has("_dmarc.example.org", "TXT", strings("v=DMARC1;p=quarantine;"))
    found = seen()
    assert not faults(found)
    assert found[f"dmarc {DOMAIN}"] == "_dmarc.example.org says v=DMARC1;p=quarantine;"


@pytest.mark.parametrize(
    ("returns", "policy", "keys", "wrong"),
    [
        ("bounces@bounces.papers.example.org", "v=DMARC1; p=none", [], False),
        ("bounces@example.org", "v=DMARC1; p=none", [], False),
        ("bounces@bounces.papers.example.org", "v=DMARC1; p=none; aspf=s", [], True),
        ("bounces@provider.example", "v=DMARC1; p=none", [], True),
        ("bounces@provider.example", "v=DMARC1; p=none", ["d202611-rsa"], False),
    ],
)
def test_alignment(seen, zone, site, *, returns, policy, keys, wrong):
    """RFC 7489 §3.1: what mail comes back to, or a key, must belong to the domain of From."""
    zone.has(f"_dmarc.{DOMAIN}", "TXT", strings(policy))
    domain = returns.partition("@")[2]
    if not zone.records.get((domain, "TXT")):
        zone.has(domain, "TXT", strings(SPF))
    sending = {"carrier": "smtp", "dkim_keys": keys}
    other = make_site(site.root, smtp={"host": SERVER}, sending=sending, bounces={"address": returns})
    found = seen(other)
    assert isinstance(found[f"alignment {DOMAIN}"], Wrong) is wrong
    assert f"spf {domain}" in found
    assert f"mx {domain}" in found


def test_the_address_of_a_server_must_have_its_name(seen, zone):
    """No name, and a name that leads elsewhere."""
    reverse = "5.113.0.203.in-addr.arpa"
    zone.has(reverse, "PTR")
    found = seen()[f"ptr {SERVER}"]
    assert "leads back to no name" in str(found)
    assert found.record == f"{reverse}. IN PTR {SERVER}."
    zone.has(reverse, "PTR", "dynamic.provider.example.")
    assert "dynamic.provider.example, which has another address" in str(seen()[f"ptr {SERVER}"])


def test_a_website_without_an_address(seen, zone):
    """The links in mails lead there."""
    zone.has(DOMAIN, "A")
    assert "has no address" in faults(seen())[f"web {DOMAIN}"]
    zone.has(DOMAIN, "AAAA", "2001:db8::6")
    assert seen()[f"web {DOMAIN}"] == f"{DOMAIN} is at 2001:db8::6"


def test_a_site_on_this_machine_is_asked_about_nowhere(tmp_path, zone):
    """The shipped defaults: nothing to look up."""
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    assert [look.see() for look in looks(Site.open(fresh), Lookup(zone.place))] == [
        "localhost is for this machine or network only; base_url says so"
    ]
    assert not zone.asked


def test_nobody_to_ask_is_not_taken_for_a_missing_record(zone, site):
    """SERVFAIL, silence and a dead server each say so, within the time given."""
    zone.failing.add(f"_dmarc.{DOMAIN}")
    zone.silent.add(DOMAIN)
    by_name = {look.name: look for look in looks(site, Lookup(zone.place, seconds=0.3))}
    for name, says in ((f"dmarc {DOMAIN}", "SERVFAIL"), (f"mx {DOMAIN}", "no name server answered")):
        with pytest.raises(DigestError, match=says) as failure:
            by_name[name].see()
        assert not isinstance(failure.value, Wrong)
    with pytest.raises(DigestError, match=r"papers.example.org MX: no name server answered|cannot be asked"):
        next(look for look in looks(site, Lookup(closed_port(), seconds=0.3)) if look.name.startswith("mx")).see()


@pytest.mark.parametrize("server", ["", ":53", "127.0.0.1:port", "no such host", "[::1"])
def test_a_name_server_that_is_none(server):
    """One line, before anything is asked."""
    if server:
        with pytest.raises(DigestError, match=r"--resolver .* is no name server"):
            Lookup(server)
    else:
        assert Lookup()
