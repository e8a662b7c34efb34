"""Facts about unsubscribing over the web (RFC 8058, RFC 2369)."""

from __future__ import annotations

import re
import socket
from urllib.parse import urljoin

import pytest

from digest.subscribe import erase, revoke_links

FORM = b"List-Unsubscribe=One-Click"
PARTS = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
ENCODINGS = [("application/x-www-form-urlencoded", FORM), ("multipart/form-data; boundary=x", PARTS)]


def raw_post(web, path: str, media_type: str, body: bytes) -> bytes:
    """What a mail provider's machine sends: no cookie, no referrer, HTTP/1.1 by hand."""
    host, port = web.url.removeprefix("http://").split(":")
    head = (
        f"POST {path} HTTP/1.1\r\nHost: papers.example.org\r\nContent-Type: {media_type}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(head.encode() + body)
        received = b""
        while piece := raw.recv(65_536):
            received += piece
    return received


@pytest.mark.parametrize(("media_type", "body"), ENCODINGS)
def test_one_click(web, media_type, body):
    """One POST in either encoding, no cookie, no redirect, no confirmation; a second one succeeds as well."""
    reader = web.reader()
    path = web.path("unsubscribe", reader)
    for _ in range(2):
        answer = raw_post(web, path, media_type, body)
        head, _, content = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert b"location:" not in head.lower()
        assert b"set-cookie:" not in head.lower()
        assert content == b"You are unsubscribed.\n"
        stored = web.store.subscribers.get(reader.id)
        assert (stored.status, stored.next_at) == ("unsubscribed", None)


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/x-www-form-urlencoded", b""),
        ("text/plain", b"anything"),
        ("multipart/form-data", PARTS),
        ("multipart/form-data; boundary=x", b"broken"),
        ("application/json", b"{"),
    ],
)
def test_leaving_works_whatever_comes_with_it(web, media_type, body):
    """The link is all the authority; a body that cannot be read keeps nobody."""
    reader = web.reader()
    assert raw_post(web, web.path("unsubscribe", reader), media_type, body).startswith(b"HTTP/1.1 200 ")
    assert web.store.subscribers.get(reader.id).status == "unsubscribed"


def test_looking_unsubscribes_nobody(web):
    """GET and HEAD show a page and change nothing (RFC 8058 §3.2)."""
    reader = web.reader()
    path = web.path("unsubscribe", reader)
    for _ in range(2):
        assert '<form method="post">' in web.client.get(path).text
        assert web.client.head(path).status_code == 200
    assert web.store.subscribers.get(reader.id).status == "active"


def test_an_old_link_still_ends_it(web):
    """A revoked link unsubscribes, but does not bring back."""
    reader = web.reader()
    path = web.path("unsubscribe", reader)
    revoke_links(web.store, reader.id)
    left = web.client.post(path)
    assert left.status_code == 200
    assert "Subscribe again" not in left.text
    web.client.post(path, data={"back": "yes"})
    assert web.store.subscribers.get(reader.id).status == "unsubscribed"


def test_a_mistake_is_undone(web):
    """The page after leaving brings back, with the preferences as they were."""
    reader = web.reader()
    path = web.path("unsubscribe", reader)
    assert "Subscribe again" in web.client.post(path).text
    assert "Subscribe again" in web.client.get(path).text
    assert "You are back" in web.client.post(path, data={"back": "yes"}).text
    stored = web.store.subscribers.get(reader.id)
    assert (stored.status, stored.preferences) == ("active", reader.preferences)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_is_not_known_any_more_has_left(web, method):
    """After erasure the link says the same as after leaving."""
    reader = web.reader()
    path = web.path("unsubscribe", reader)
    erase(web.store, reader)
    answer = web.client.request(method, path)
    assert answer.status_code == 200
    assert "You are unsubscribed" in answer.text


def test_who_thinks_again_has_a_way_out(web):
    """Beside the button a link keeps the digest; following it changes nothing."""
    reader = web.reader()
    path = web.path("unsubscribe", reader)
    page = web.client.get(path).text
    way = re.search(r'<a href="([^"]*)">Keep it</a>', page)[1]
    assert web.client.get(urljoin(path, way)).status_code == 200
    assert web.store.subscribers.get(reader.id).status == "active"
