"""`digest send`, `digest bounces read` and `digest keys`, as a shell calls them."""

from __future__ import annotations

import stat

import pytest
from dkim import dkim_verify

from digest.store import Store

from .sites import add_readers, make_site, publish, reader
from .test_bounces import report

SEVEN = "2026-05-19T07:00Z"


@pytest.fixture
def three(tmp_path):
    """A site with three readers and one edition."""
    site = make_site(tmp_path)
    with Store.open(site.database_url) as store:
        publish(store, 1)
        add_readers(store, 3)
    return site


def outbox(site):
    """The messages written, by file name."""
    return {path.name: path.read_bytes() for path in sorted((site.root / "outbox" / "new").glob("*"))}


def test_send_says_what_it_did_and_where_the_mail_is(digest, three):
    """One line; a second run has nothing to do."""
    done = digest("--now", SEVEN, "send")
    assert done.code == 0
    assert done.out.startswith("3 sent in ")
    assert "sending.carrier in digest.toml lets them out" in done.out.replace("\n", " ")
    assert len(outbox(three)) == 3
    assert digest("--now", SEVEN, "send").out.strip() == "0 sent."


@pytest.mark.usefixtures("three")
def test_send_reports_as_json(digest):
    """Every count has its name."""
    document = digest("--now", SEVEN, "--json", "send", "--limit", "2").document
    assert (document["planned"], document["sent"], document["waiting"]) == (3, 2, 1)
    assert document["next_at"].startswith("2026-05-19T07:00:00")
    assert document["held"] == []


def test_a_dry_run_sends_nothing(digest, three):
    """It counts."""
    assert digest("--now", SEVEN, "send", "--dry-run").out.startswith("3 digests are due; for 0 readers there is")
    assert not outbox(three)


def test_a_test_mail_goes_to_one_address(digest, three):
    """Marked in its subject, without a trace in the ledger."""
    done = digest("--now", SEVEN, "send", "--test", "me@example.net")
    assert done.out.startswith("Sent “[Test] Daily Papers Digest")
    (content,) = outbox(three).values()
    assert b"To: <me@example.net>" in content
    assert digest("--now", SEVEN, "--json", "send").document["sent"] == 3


def test_a_pause_is_said_with_the_way_out(digest, three):
    """Exit code 3, and `--resume` goes on."""
    with Store.open(three.database_url) as store:
        store.deliveries.pause("10 of the last 10 digests were refused for good")
    done = digest("--now", SEVEN, "send")
    assert done.code == 3
    assert "digest send --resume" in done.err.replace("\n", " ")
    assert digest("--now", SEVEN, "--json", "send", "--resume").document["sent"] == 3


def test_bounces_read_gives_a_list_of_files(digest, three, tmp_path):
    """Empty for what is no bounce; what failed is suppressed."""
    digest("--now", SEVEN, "send")
    folder = tmp_path / "returned"
    folder.mkdir()
    with Store.open(three.database_url) as store:
        from digest.deliver.carriers import return_paths_of

        path = return_paths_of(three).encode(f"{reader(0).id}-1")
    (folder / "1.eml").write_bytes(report(path))
    (folder / "2.eml").write_bytes(b"From: a@example.org\nSubject: hello\n\nhow are you?\n")
    done = digest("--json", "bounces", "read", str(folder))
    assert done.document == [
        {"file": "1.eml", "addresses": [{"address": "reader0@example.com", "kind": "permanent"}]},
        {"file": "2.eml", "addresses": []},
    ]
    with Store.open(three.database_url) as store:
        assert store.subscribers.get(reader(0).id).status == "suppressed"


@pytest.mark.usefixtures("three")
def test_bounces_read_standard_input(digest):
    """As a mail server's pipe hands it over."""
    done = digest("--json", "bounces", "read", "-", stdin=report("someone@example.org", status="4.2.2"))
    assert done.document == [{"file": "-", "addresses": [{"address": "reader0@example.com", "kind": "temporary"}]}]


@pytest.mark.usefixtures("three")
def test_bounces_says_when_there_is_nothing(digest):
    """One line and exit code 1."""
    done = digest("bounces", "read", "nowhere")
    assert (done.code, done.err) == (1, "digest: nowhere: No such file or directory\n")


def test_keys_are_made_for_the_owner_only_published_and_then_sign(digest, three):
    """The records that are shown verify what is sent; a key is never overwritten."""
    made = digest("--json", "keys", "make")
    records = {record["name"].encode() + b".": record["value"].encode() for record in made.document}
    assert [record["signs"] for record in made.document] == [False, False]
    assert stat.S_IMODE((three.root / "keys" / "d202605-rsa.pem").stat().st_mode) == 0o600
    assert digest("keys", "make").code == 1
    make_site(three.root, sending={"dkim_keys": ["d202605-rsa", "d202605-ed25519"]})
    assert digest("--now", SEVEN, "--json", "send").document["sent"] == 3
    for content in outbox(three).values():
        assert content.count(b"DKIM-Signature:") == 2
        assert dkim_verify(content, dnsfunc=lambda name, **_: records[name])
    assert [record["signs"] for record in digest("--json", "keys", "show").document] == [True, True]
    assert "IN TXT" in digest("keys", "show").out


def test_check_says_where_mail_goes_and_what_it_lacks(digest, three):
    """Also a key that is named and not there."""
    assert "mail  into outbox/ only, not signed, one-click unsubscribe" in digest("check").out
    make_site(three.root, sending={"carrier": "smtp", "dkim_keys": ["missing"]})
    done = digest("--json", "check")
    (mail,) = [one for one in done.document if one["check"] == "mail"]
    assert not mail["ok"]
    assert "missing.pem" in mail["message"]
