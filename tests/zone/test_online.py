"""`digest check --online`: DNS and the mail server, a line each."""

from __future__ import annotations

import sys

import pytest

from tests.deliver.sites import make_site
from tests.mail.servers import ScriptedServer

from .conftest import DOMAIN, SELECTORS
from .name_server import closed_port


@pytest.fixture
def mail_server():
    """A mail server of its own on loopback."""
    import threading

    with ScriptedServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def check(digest, site, zone, mail_server):
    """Runs it for that site; `smtp` over the settings of the server."""

    def run(*options, **smtp):
        given = {"host": "127.0.0.1", "port": mail_server.port, "security": "off", "hello": "localhost"}
        sending = {"carrier": "smtp", "dkim_keys": list(SELECTORS)}
        make_site(site.root, smtp=given | smtp, sending=sending)
        path = site.root / "digest.toml"
        path.write_text("sources = []\n" + path.read_text())
        return digest(*options, "check", "--online", "--resolver", zone.place)

    return run


def test_all_is_well(check, mail_server):
    """The mail server is greeted and left, and no mail begun."""
    done = check()
    assert done.code == 0, done.out
    assert "ok    mail server  127.0.0.1:" in done.out
    assert f"ok    dmarc {DOMAIN}" in done.out
    assert "not looked at: 127.0.0.1 is on this machine" in done.out
    assert "For the zone" not in done.out
    assert {command.partition(" ")[0] for command in mail_server.commands} <= {"ehlo", "EHLO", "QUIT", "quit"}


def test_what_is_missing_is_named_with_the_line_that_mends_it(check, zone):
    """One line each for a person, a field for a program; the other lines stay as they are."""
    name = f"{SELECTORS[1]}._domainkey.{DOMAIN}"
    (value,) = zone.records[name, "TXT"]
    zone.has(name, "TXT")
    zone.has(DOMAIN, "MX")
    done = check()
    assert done.code == 1
    assert f"wrong mx {DOMAIN}" in done.out
    assert f"\n{name}. IN TXT ( {value} )\n" in done.out
    found = {one["check"]: one for one in check("--json").document}
    assert [name for name, one in found.items() if not one["ok"]] == [f"mx {DOMAIN}", f"dkim {SELECTORS[1]}"]
    assert found[f"dkim {SELECTORS[1]}"]["record"] == f"{name}. IN TXT ( {value} )"
    assert found[f"spf {DOMAIN}"]["record"] == ""


def test_a_mail_server_that_is_not_there_or_not_as_wanted(check):
    """Unreachable, without the TLS that is required, without a login: each said, each wrong."""
    for settings, says in (
        ({"port": int(closed_port().rpartition(":")[2])}, "refused"),
        ({"security": "required"}, "STARTTLS"),
        ({"security": "offered", "username": "digest", "password": "x"}, "STARTTLS"),
    ):
        found = {one["check"]: one for one in check("--json", **settings).document}
        assert found["mail server"]["ok"] is False
        assert says in found["mail server"]["message"]


@pytest.mark.usefixtures("site")
def test_the_offline_check_asks_nobody(digest, zone):
    """Without --online."""
    digest("check", "--resolver", zone.place)
    assert not zone.asked


def test_a_silent_name_server_is_said_of_each(digest, site):
    """No answer is no proof that a record is missing, and nothing is proposed."""
    make_site(site.root, sending={"carrier": "sendmail", "sendmail": sys.executable})
    path = site.root / "digest.toml"
    path.write_text("sources = []\n" + path.read_text())
    found = {one["check"]: one for one in digest("--json", "check", "--online", "--resolver", closed_port()).document}
    assert found["mail server"]["ok"] is True
    assert not found[f"spf {DOMAIN}"]["ok"]
    assert not any(one["record"] for one in found.values())
