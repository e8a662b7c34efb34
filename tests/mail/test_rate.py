"""Rate limits: never more than allowed in any window, and no waiting that is not needed."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from digest.mail.rate import Limit, Rates, Window, paced


class Parcel(NamedTuple):
    """Something that goes to an address."""

    address: str
    number: int


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        """The moment."""
        return self.now

    def sleep(self, seconds):
        """Let it pass."""
        assert seconds > 0
        self.now += seconds


def run(domains, rates):
    """When each envelope went, as (moment, id, domain), with time that only sleeping moves."""
    clock = Clock()
    supply = (Parcel(f"a@{domain}", n) for n, domain in enumerate(domains))
    return [
        (clock.now - 1000, sent.number, sent.address[2:])
        for sent in paced(supply, rates, clock=clock, sleep=clock.sleep)
        if sent is not None
    ]


@given(st.integers(1, 5), st.floats(0.5, 50), st.lists(st.floats(0, 20), max_size=40))
def test_no_window_ever_holds_more_than_the_limit(count, seconds, pauses):
    """Wherever the window is laid: unlike a token bucket there is no burst across its edge."""
    window, now, moments = Window(Limit(count=count, seconds=seconds)), 0.0, []
    for pause in pauses:
        now = max(now + pause, window.ready_at())
        window.take(now)
        moments.append(now)
    for start in range(len(moments) - count):
        assert moments[start + count] - moments[start] >= seconds * (1 - 1e-9)


@given(st.lists(st.sampled_from(["a.example", "b.example", "c.example"]), max_size=60), st.integers(1, 8))
def test_every_message_goes_once_and_in_order_within_its_domain(domains, per_domain):
    """Whatever waits, nothing is lost or doubled, and no domain's limit is broken."""
    sent = run(domains, Rates(per_domain=[Limit(count=per_domain, seconds=10)]))
    assert sorted(number for _, number, _ in sent) == list(range(len(domains)))
    for domain in set(domains):
        own = [(moment, number) for moment, number, name in sent if name == domain]
        assert own == sorted(own, key=lambda pair: pair[1])
        for start in range(len(own) - per_domain):
            assert own[start + per_domain][0] - own[start][0] >= 10


def test_a_busy_domain_lets_others_pass():
    """Ten messages to one domain at one a minute do not hold up the eleventh to another."""
    sent = run(["slow.example"] * 10 + ["quick.example"], Rates(per_domain=[Limit(count=1, seconds=60)]))
    assert [moment for moment, _, domain in sent if domain == "quick.example"] == [0]
    assert max(moment for moment, *_ in sent) == 540


def test_limits_of_named_domains_and_of_all():
    """A domain with limits of its own has those instead; the total holds for everyone."""
    rates = Rates(
        total=[Limit(count=1, seconds=1)],
        per_domain=[Limit(count=1, seconds=5)],
        domains={"big.example": [Limit(count=100, seconds=60)]},
    )
    sent = run(["big.example"] * 4 + ["small.example"] * 2, rates)
    assert [moment for moment, _, domain in sent if domain == "big.example"][:2] == [0, 1]
    small = [moment for moment, _, domain in sent if domain == "small.example"]
    assert small[1] - small[0] >= 5
    assert sorted(moment for moment, *_ in sent) == [moment for moment, *_ in sent]


def test_a_quota_survives_a_restart():
    """What went out before is told to the new process, and counts."""
    rates = Rates(total=[Limit(count=500, seconds=86_400)])
    for second in range(500):
        rates.take("example.com", 900 - 500 + second)
    assert run(["example.com"], rates) == [(86_400 + 400 - 1000, 0, "example.com")]


def test_no_more_is_taken_than_needed():
    """A limit for all is no reason to take envelopes that cannot go either: what is taken is claimed."""
    clock, taken = Clock(), []

    def supply():
        for number in range(20):
            taken.append(number)
            yield Parcel("a@example.com", number)

    sending = paced(supply(), Rates(total=[Limit(count=1, seconds=9)]), clock=clock, sleep=clock.sleep)
    for sent in filter(None, sending):
        assert taken[-1] == sent.number


def test_without_limits_nothing_waits():
    """No limits, no sleep; the supply is read one envelope at a time."""
    assert [moment for moment, *_ in run(["a.example"] * 5, Rates())] == [0] * 5
