"""When a client asks again, and how long it waits before."""

# ruff: noqa: S311 - chance spreads pauses here and keeps no secret

from __future__ import annotations

from random import Random

import pytest

from digest.errors import SourceRefused, SourceUnavailable
from digest.sources.retry import RetryPolicy, retry_after
from tests.sources import misbehaving
from tests.sources.clients import patient
from tests.sources.misbehaving import (
    Server,
    answers,
    bombs,
    hangs_up,
    in_turn,
    redirects,
)


@pytest.mark.parametrize("failure", [answers(status=503), answers(status=429), answers(status=502), hangs_up])
def test_failures_that_may_pass_are_tried_again(server: Server, failure: misbehaving.Behaviour) -> None:
    """Two failures and a success are a success, with a growing pause after each failure."""
    url = server.on("/", in_turn(failure, failure, answers(b"here")))
    pauses: list[float] = []
    told: list[float] = []
    answer = patient(pauses).get(url, trusted=True, on_wait=lambda seconds, _why: told.append(seconds))
    assert answer.data == b"here"
    assert 0.5 <= pauses[0] <= 1 <= pauses[1] <= 2
    assert told == pauses


def test_it_gives_up_in_the_end(server: Server) -> None:
    """After four attempts the failure is reported."""
    url = server.on("/", answers(status=503))
    with pytest.raises(SourceUnavailable, match="503 Service Unavailable; tried 4 times, try later"):
        patient().get(url, trusted=True)
    assert len(server.requests) == 4


@pytest.mark.parametrize("behaviour", [answers(status=404), bombs(5), redirects("ftp://x/")])
def test_what_cannot_pass_is_not_tried_again(server: Server, behaviour: misbehaving.Behaviour) -> None:
    """Asking again would change nothing and cost the server."""
    with pytest.raises(SourceRefused):
        patient().get(server.on("/", behaviour), trusted=True)
    assert len(server.requests) == 1


DATE = "Sat, 21 Nov 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "Sat, 21 Nov 2026 08:00:09 GMT", "date": DATE}, 9),
        ({"retry-after": "Sat, 21 Nov 2026 07:00:00 GMT", "date": DATE}, 0),
        ({"retry-after": "Sat, 21 Nov 2026 08:00:09 GMT"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 08:00:09", "date": DATE}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "9" * 400}, 999999999999),
        ({"retry-after": "²"}, None),
        ({"ratelimit": '"api";r=0;t=55'}, 55),
        ({"ratelimit": '"api";r=12;t=55'}, None),
        ({"ratelimit": '"api";r=0;t=55', "retry-after": "7"}, 7),
        ({}, None),
    ],
)
def test_how_retry_after_is_read(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds or a date; a date against the server's own clock; anything else is as if nothing was said."""
    assert retry_after(headers) == seconds


def test_retry_after_is_obeyed(server: Server) -> None:
    """What the server asks for is waited, even when the usual pause is shorter."""
    url = server.on("/", in_turn(answers(status=429, headers={"Retry-After": "17"}), answers(b"here")))
    pauses: list[float] = []
    patient(pauses).get(url, trusted=True)
    assert pauses == [17]


def test_a_server_that_asks_for_long_is_left_alone(server: Server) -> None:
    """An hour is not waited for, and not undercut either."""
    url = server.on("/", answers(status=503, headers={"Retry-After": "3600"}))
    pauses: list[float] = []
    with pytest.raises(SourceUnavailable, match="left alone for 3600 s"):
        patient(pauses).get(url, trusted=True)
    assert pauses == []
    assert len(server.requests) == 1


def test_the_same_seed_gives_the_same_pauses() -> None:
    """Chance is an argument, and there is chance: two clients do not come back together."""
    policy = RetryPolicy()
    first, again = (policy.pause(2, None, Random(7)) for _ in range(2))
    assert first == again
    assert first != policy.pause(2, None, Random(8))
