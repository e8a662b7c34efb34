"""Facts about what is done after a sign-up was answered."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from digest.errors import CarrierUnavailable, MailError, StoreError
from digest.web.outbox import Outbox


@pytest.fixture
def outbox() -> Iterator[Outbox]:
    """One that tries again twice, at once."""
    opened = Outbox(again=(0.0, 0.0))
    yield opened
    opened.close()


def failing(times: int, error: Exception, done: list[str]):
    """Work that fails so often before it succeeds."""
    left = [times]

    def work() -> None:
        if left[0]:
            left[0] -= 1
            raise error
        done.append("done")

    return work


def test_order_is_kept(outbox):
    """First come, first served."""
    done: list[int] = []
    for number in range(50):
        outbox.put(lambda number=number: done.append(number))
    assert outbox.settle()
    assert done == list(range(50))


@pytest.mark.parametrize("error", [CarrierUnavailable("nobody answers"), StoreError("the database is busy")])
def test_what_fails_for_a_time_is_done_again(outbox, error):
    """Until it succeeds."""
    done: list[str] = []
    outbox.put(failing(2, error, done))
    assert outbox.settle()
    assert done == ["done"]


def test_it_is_given_up_in_the_end(outbox, caplog):
    """After the last try it is told in the log; what comes after is done."""
    done: list[str] = []
    with caplog.at_level(logging.ERROR, logger="digest.web"):
        outbox.put(failing(3, CarrierUnavailable("nobody answers"), done))
        outbox.put(failing(1, MailError("refused for good"), done))
        outbox.put(failing(1, ZeroDivisionError(), done))
        outbox.put(lambda: done.append("after"))
        assert outbox.settle()
    assert done == ["after"]
    assert "given up: nobody answers" in caplog.text
    assert "refused for good" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_letter_that_was_not_taken_is_the_same_the_next_time(start):
    """The second try sends the letter of the first; it does not count as another letter to the address."""
    tries: list[tuple[str, object]] = []

    def post(letter, at) -> None:
        tries.append((letter.mail.text, at))
        if len(tries) == 1:
            raise CarrierUnavailable("not now")

    web = start(post=post, outbox=Outbox(again=(0.0,)))
    assert web.client.post("/subscribe", data={"address": "ada@example.org"}).status_code == 202
    assert web.service.outbox.settle()
    assert len(tries) == 2
    assert tries[0] == tries[1]


def test_too_much_is_refused():
    """A bounded number waits; after closing nothing is taken."""
    outbox = Outbox()
    release = threading.Event()
    outbox.put(release.wait)
    taken = sum(outbox.put(lambda: None) for _ in range(1500))
    assert 900 <= taken <= 1001
    release.set()
    outbox.close()
    assert not outbox.put(lambda: None)


def test_closing_finishes_what_can_be_done():
    """Nothing that was taken over is lost by an orderly end."""
    outbox = Outbox()
    done: list[int] = []
    for number in range(200):
        outbox.put(lambda number=number: done.append(number))
    outbox.close()
    assert len(done) == 200
