"""Facts about coming in over the web: sign-up, confirmation, and what nobody learns from them."""

from __future__ import annotations

import re
import socket
from datetime import timedelta

import pytest

from digest.models import Suppression
from digest.subscribe import unsubscribe
from tests.web.conftest import BASE_URL, NOW


def link_in(letter):
    """The path of the link in a letter."""
    return re.search(rf"{re.escape(BASE_URL)}(/\S+)", letter.mail.text)[1]


def test_a_reader_comes_in(web):
    """Form, letter, button: active with the topics they chose, and what is published from now on."""
    answer = web.client.post("/subscribe", data={"address": "Ada@Example.org", "topics": ["agents", "code"]})
    assert answer.status_code == 202
    assert "Check your mail" in answer.text
    (letter,) = web.settled()
    assert letter.address == "Ada@example.org"
    shown = web.client.get(link_in(letter))
    assert "Ada@example.org" in shown.text
    assert web.store.subscribers.find("ada@example.org").status == "pending"
    welcome = web.client.post(link_in(letter))
    assert "Thursday 21 May 2026, 07:00 UTC" in welcome.text
    reader = web.store.subscribers.find("ada@example.org")
    assert (reader.status, reader.watermark, reader.preferences.topics) == ("active", 2, ("agents", "code"))
    assert (
        web.client.get(re.search(r'href="(preferences/[^"]+)"', welcome.text.replace("../", ""))[1]).status_code == 200
    )


def test_looking_confirms_nothing(web):
    """A mail scanner that follows every link, as often as it likes, changes nothing."""
    web.client.post("/subscribe", data={"address": "ada@example.org"})
    (letter,) = web.settled()
    for _ in range(3):
        assert web.client.get(link_in(letter)).status_code == 200
        assert web.client.head(link_in(letter)).status_code == 200
    assert web.store.subscribers.find("ada@example.org").status == "pending"


def test_every_address_is_told_the_same(web):
    """Unknown, pending, active, left, suppressed: the same status, headers and bytes; the deed is done elsewhere."""
    web.reader("active@example.org")
    unsubscribe(web.store, web.reader("left@example.org").id)
    web.client.post("/subscribe", data={"address": "pending@example.org"})
    web.settled()
    web.store.subscribers.suppress(Suppression(address="bad@example.org", reason="550", at=NOW))
    names = ("new", "active", "left", "pending", "bad")
    answers = [web.client.post("/subscribe", data={"address": f"{name}@example.org"}) for name in names]
    seen = {(answer.status_code, answer.content, answer.headers["content-length"]) for answer in answers}
    assert len(seen) == 1
    web.settled()
    assert web.store.subscribers.find("active@example.org").status == "active"


def test_the_answer_does_not_wait_for_the_deed(web):
    """It comes while the outbox is still held up by something else, so its time tells nothing."""
    import threading

    release = threading.Event()
    web.service.outbox.put(release.wait)
    assert web.client.post("/subscribe", data={"address": "ada@example.org"}).status_code == 202
    assert web.store.subscribers.find("ada@example.org") is None
    release.set()
    assert len(web.settled()) == 1


@pytest.mark.parametrize(
    "address",
    ["", "ada", "ada@example", "ada@@example.org", "a@b.org\r\nBcc: x@example.org", "a@b.org, c@d.org", "x" * 400],
)
def test_what_is_no_address_is_said_at_its_place(web, address):
    """422, the text as it was typed, a summary that links the field, and no letter."""
    answer = web.client.post("/subscribe", data={"address": address})
    assert answer.status_code == 422
    assert 'href="#address"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert web.settled() == []
    (reason,) = re.findall('id="address-error">(.*?)</p>', answer.text)
    assert reason.endswith("." if address else "It is missing.")


def test_what_is_typed_is_shown_as_text(web):
    """Markup in a field stays text."""
    answer = web.client.post("/subscribe", data={"address": '"><script>alert(1)</script>', "topics": "<b>"})
    assert answer.status_code == 422
    assert "<script" not in answer.text
    assert "<b>" not in answer.text


def test_a_network_can_ask_so_often(start):
    """After `sign_ups_per_hour` from one network, 429 with Retry-After, whatever addresses are asked for."""
    web = start("[subscriptions]\nsign_ups_per_hour = 2\n")
    codes = [web.client.post("/subscribe", data={"address": f"r{n}@example.org"}).status_code for n in range(3)]
    assert codes == [202, 202, 429]
    refused = web.client.post("/subscribe", data={"address": "r9@example.org"})
    assert refused.headers["retry-after"] == "3600"
    assert len(web.settled()) == 2


@pytest.mark.parametrize(("trusted", "codes"), [("", [202, 429]), ('trusted_proxies = ["127.0.0.0/8"]', [202, 202])])
def test_only_a_trusted_proxy_says_who_asks(start, trusted, codes):
    """X-Forwarded-For counts when `web.trusted_proxies` has who sends it; else the socket's address does."""
    web = start(f"[subscriptions]\nsign_ups_per_hour = 1\n[web]\n{trusted}\n")
    found = [
        web.client.post(
            "/subscribe", data={"address": f"r{n}@example.org"}, headers={"x-forwarded-for": f"198.51.{n}.7"}
        ).status_code
        for n in (1, 2)
    ]
    assert found == codes


def test_closed_means_closed(start):
    """With `subscriptions.open = false` there is no form, no letter, and no link to it."""
    web = start("[subscriptions]\nopen = false\n")
    assert web.client.get("/subscribe").status_code == 403
    assert web.client.post("/subscribe", data={"address": "ada@example.org"}).status_code == 403
    assert web.settled() == []
    assert 'href="subscribe"' not in web.client.get("/").text


@pytest.mark.parametrize("path", ["/confirm/{}", "/preferences/{}", "/unsubscribe/{}", "/preferences/{}/sample"])
@pytest.mark.parametrize("token", ["x", "WyJhIiwwXQ.forged", "%00", "a" * 3000, "é"])
def test_a_forged_link_opens_nothing(web, path, token):
    """404, kept nowhere, and nothing of the token in the page."""
    answer = web.client.get(path.format(token))
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    assert "forged" not in answer.text


def test_a_link_is_for_one_purpose(web):
    """The token of one kind of link opens no other."""
    token = web.path("unsubscribe", web.reader()).rpartition("/")[2]
    for purpose in ("confirm", "preferences"):
        assert web.client.get(f"/{purpose}/{token}").status_code == 404


def test_a_confirmation_runs_out(web):
    """After its hours the link says so and how to get a new one."""
    path = web.path("confirm", web.reader(), expires_at=NOW - timedelta(seconds=1))
    for answer in (web.client.get(path), web.client.post(path)):
        assert answer.status_code == 404
        assert "sign up again" in answer.text


def test_no_cookie_is_set(web):
    """Nothing is remembered in a browser, so there is nothing to forge a request with."""
    web.client.post("/subscribe", data={"address": "ada@example.org"})
    web.client.get(web.path("preferences", web.reader("bob@example.org")))
    assert not web.client.cookies


def test_a_body_is_bounded(web):
    """More than any form holds is 413, whether the length is announced or not."""
    assert web.client.post("/subscribe", data={"address": "x" * 100_000}).status_code == 413
    assert web.client.post("/subscribe", content=iter([b"address=" + b"x" * 40_000] * 4)).status_code in {400, 413, 422}
    assert web.client.post("/subscribe", files={"address": ("a.txt", b"x")}).status_code == 400


def test_a_request_that_is_none_ends_nothing(web):
    """Bytes that are no HTTP get a 400 and the server lives on."""
    host, port = web.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert raw.recv(200).startswith(b"HTTP/1.1 400")
    assert web.client.get("/").status_code == 200
