"""Sites with readers and editions, and carriers that need no network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from digest.curation.due import scheduled
from digest.mail.carrier import Envelope, Fate, Outcome, outcome
from digest.models import Preferences, Subscriber
from digest.site import Site
from digest.store import Store
from tests.builders import NOON, make_edition, make_entry

MORNING = NOON + timedelta(hours=19)
"""The first seven o'clock after the first edition."""
SENDER = "Daily Papers <digest@papers.example.org>"


def make_site(folder: Path, **tables: dict[str, Any]) -> Site:
    """A site whose mail goes out by https links; `tables` are those of digest.toml."""
    tables["mail"] = {"sender": SENDER} | tables.get("mail", {})
    lines = ['base_url = "https://papers.example.org"', 'id_prefix = "tag:papers.example.org,2026:"']
    for table, values in tables.items():
        lines.append(f"[{table}]")
        lines += [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    (folder / "digest.toml").write_text("\n".join(lines), encoding="utf-8")
    return Site.open(folder)


def reader(number: int, at: datetime = NOON, **fields: Any) -> Subscriber:
    """An active reader who has had nothing and whose schedule counts from `at`."""
    plain: dict[str, Any] = {
        "id": f"reader{number:014x}",
        "address": f"reader{number}@example.com",
        "status": "active",
        "preferences": Preferences(),
        "created_at": at,
        "confirmed_at": at,
        "schedule_since": at,
    }
    return scheduled(Subscriber(**(plain | fields)), at)


def add_readers(store: Store, count: int, at: datetime = NOON, **fields: Any) -> list[Subscriber]:
    """Store `count` readers."""
    readers = [reader(number, at, **fields) for number in range(count)]
    assert not store.subscribers.add(readers)
    return readers


def publish(store: Store, *numbers: int, **fields: Any) -> None:
    """Close editions of two papers each."""
    for number in numbers:
        papers = (make_entry(number * 10, "agents"), make_entry(number * 10 + 1, "code"))
        store.save_edition(make_edition(number, *papers, **fields))


@dataclass
class Sent:
    """A carrier that keeps what it is given; `answer` decides what becomes of it."""

    answer: Callable[[Envelope], Outcome] = field(
        default=lambda envelope: outcome(envelope, Fate.ACCEPTED, "2.0.0 ok", 250)
    )
    envelopes: list[Envelope] = field(default_factory=list)

    def send(self, envelopes: Iterable[Envelope | None]) -> Iterator[Outcome]:
        """See `digest.mail.carrier.Carrier.send`."""
        for envelope in filter(None, envelopes):
            self.envelopes.append(envelope)
            yield self.answer(envelope)

    @property
    def messages(self) -> list[Message]:
        """What was sent, parsed."""
        return [message_from_bytes(envelope.content) for envelope in self.envelopes]

    @property
    def recipients(self) -> list[str]:
        """To whom, in order."""
        return [envelope.recipient for envelope in self.envelopes]


def refusing(fate: Fate, code: int | None, text: str, only: str = "") -> Callable[[Envelope], Outcome]:
    """An answer for those whose address begins with `only`; all others are accepted."""

    def answer(envelope: Envelope) -> Outcome:
        if envelope.recipient.startswith(only):
            return outcome(envelope, fate, text, code)
        return outcome(envelope, Fate.ACCEPTED, "2.0.0 ok", 250)

    return answer


def papers_in(content: bytes) -> set[str]:
    """The arXiv numbers a message lists in its text part."""
    text = message_from_bytes(content).get_payload(0).get_payload(decode=True)
    return set(re.findall(rb"arxiv\.org/abs/2605\.(\d+)", text))


def moved(readers: Iterable[Subscriber], **changes: Any) -> list[Subscriber]:
    """The same readers with other fields."""
    return [replace(each, **changes) for each in readers]
