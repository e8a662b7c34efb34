"""Everything goes wrong at once: still one outcome per envelope, no second copy, and no false `accepted`."""

from __future__ import annotations

import random
from collections import Counter

import dkim
import pytest

from digest.errors import CarrierUnavailable
from digest.mail.carrier import Envelope, Fate
from digest.mail.dkim_keys import dns_record
from digest.mail.message import MessageTemplate
from digest.mail.smtp import Smtp

from .servers import DOMAIN, NOW, PLACES, envelope, gather

COUNT = 400


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("mode", [{}, {"EHLO": "250 here"}], ids=["pipelined", "lock-step"])
def test_a_server_that_fails_at_random(scripted, mode, seed):
    """Refusals, 421 and lost connections at every step, over four sessions, for four hundred messages.

    The send is started again with what may be tried again until nothing is left, as the ledger would do.
    """
    rng = random.Random(seed)  # noqa: S311 - faults, not secrets
    taken: Counter[str] = Counter()

    def faulty(usual, *, rate=0.05):
        return lambda _line: usual if rng.random() > rate else rng.choice([None, "421 x", "450 x", "550 x"])

    def take(text):
        answer = faulty("250 taken")(text)
        if answer == "250 taken" or (answer is None and rng.random() < 0.5):  # taken, and the answer lost
            taken[text.split()[1]] += 1
        return answer

    steps = {"MAIL": faulty("250 ok"), "RCPT": faulty("250 ok"), "DATA": faulty("354 go on"), "TEXT": take}
    server = scripted(mode | steps | {"greeting": faulty("220 here")})
    left = {f"d{n}": envelope(n, content=b"number %d\r\n" % n) for n in range(COUNT)}
    fates: dict[str, Fate] = {}
    while left:
        outcomes = []
        try:
            gather(Smtp(server.settings(sessions=4)).send(list(left.values())), outcomes)
        except CarrierUnavailable:
            assert outcomes
        assert max(Counter(outcome.id for outcome in outcomes).values()) == 1
        for outcome in outcomes:
            fates[outcome.id] = outcome.fate
            if outcome.fate is not Fate.TEMPORARY:
                del left[outcome.id]
    assert len(fates) == COUNT
    assert server.connections > 10
    assert max(taken.values()) == 1
    for identity, fate in fates.items():
        copies = taken[identity[1:]]
        assert copies == {Fate.ACCEPTED: 1, Fate.PERMANENT: 0}.get(fate, copies)


def test_signed_messages_arrive_intact(scripted, mail, letterhead, keys):
    """What a receiver verifies is what was signed, dots, long lines and all."""
    template = MessageTemplate(mail, letterhead, places=PLACES, keys=keys)

    def letters():
        for number in range(20):
            address = f"reader{number}@example.com"
            url = f"https://{DOMAIN}/u/{number}"
            content = template.message(
                identity=f"d{number}",
                recipient=address,
                at=NOW,
                unsubscribe_url=url,
                values={"unsubscribe": url, "address": address},
            )
            yield Envelope(id=f"d{number}", sender=f"bounce+{number}@{DOMAIN}", recipient=address, content=content)

    server = scripted({})
    assert {outcome.fate for outcome in Smtp(server.settings(sessions=2)).send(letters())} == {Fate.ACCEPTED}
    records = dict(dns_record(key) for key in keys)
    for text in server.texts:
        verifier = dkim.DKIM(text.replace(b"\r\n..", b"\r\n."))
        for index in range(2):
            assert verifier.verify(
                idx=index,
                dnsfunc=lambda name, timeout=5: records[name.decode().rstrip(".")].encode(),  # noqa: ARG005
            )
    assert len(set(server.texts)) == 20
