"""Facts about `/healthz` and `/metrics`."""

from __future__ import annotations

import pytest

SETTINGS = '[web]\noperator_password = "correct horse"\n'


def test_health_is_a_document(web):
    """200 when all is well, 503 when something needs a hand; never kept."""
    answer = web.client.get("/healthz")
    assert answer.status_code == (200 if answer.json()["status"] == "ok" else 503)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["edition"]["number"] == 2


def test_metrics_are_for_prometheus(web):
    """The text exposition format: every sample has its help and type."""
    answer = web.client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "# TYPE digest_edition_number gauge\ndigest_edition_number 2\n" in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_how_many_readers_there_are_is_the_operators_to_know(start, path):
    """A count that moves with a sign-up would tell whether the address was known."""
    web = start(SETTINGS)
    web.reader()
    assert "active" not in web.client.get(path).text
    assert "active" not in web.client.get(path, auth=("x", "wrong")).text
    assert "active" in web.client.get(path, auth=("x", "correct horse")).text
