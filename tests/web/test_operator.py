"""Facts about the operator's page."""

from __future__ import annotations

import pytest

from digest.models import Suppression
from tests.web.conftest import NOW

SETTINGS = '[web]\noperator_password = "correct horse"\n'


def test_without_a_password_there_is_no_page(web):
    """Off by default, like any address that is not there."""
    assert web.client.get("/operator", auth=("operator", "")).status_code == 404


@pytest.mark.parametrize("auth", [None, ("operator", "wrong"), ("operator", ""), ("correct horse", "x")])
def test_it_asks_for_the_password(start, auth):
    """401 with a challenge, and nothing of the page."""
    answer = start(SETTINGS).client.get("/operator", **({"auth": auth} if auth else {}))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert "Editions" not in answer.text


@pytest.mark.parametrize("header", ["Basic !!!", "Bearer x", "Basic", "Basic " + "A" * 5000])
def test_broken_credentials_are_none(start, header):
    """What is no Basic login is asked again, not a failure."""
    assert start(SETTINGS).client.get("/operator", headers={"authorization": header}).status_code == 401


def test_it_shows_how_things_are(start):
    """Runs with their verdicts, editions, readers, and who cannot be reached."""
    web = start(SETTINGS)
    web.reader()
    web.store.subscribers.suppress(Suppression(address="gone@example.org", reason="550 5.1.1", at=NOW))
    answer = web.client.get("/operator", auth=("anyone", "correct horse"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    for words in ("Jobs", "publish", "fresh", "1 active", "gone@example.org", 'href="editions/2.html"'):
        assert words in answer.text, words


def test_guessing_gets_nowhere(start):
    """After so many looks from one network in an hour even the right password waits."""
    web = start(SETTINGS)
    for _ in range(120):
        web.store.subscribers.admit("operator network:127.0.0.0/24", NOW, most=1000, within=NOW - NOW.replace(hour=11))
    answer = web.client.get("/operator", auth=("operator", "correct horse"))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3600")


def test_with_a_queue_it_counts_batches_and_workers(start, postgresql_url, monkeypatch):
    """Who sends, beside what is to be sent."""
    monkeypatch.setenv("DIGEST_DATABASE", postgresql_url)
    web = start(f"{SETTINGS}[sending]\nqueue = true\n")
    web.store.queue.prepare()
    answer = web.client.get("/operator", auth=("anyone", "correct horse"))
    assert "In the queue: 0, in 0 batches for 0 workers." in answer.text
