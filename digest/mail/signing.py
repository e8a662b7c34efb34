"""Signatures by a process of its own, so that one is made while the message before it is sent.

It is given the keys and then batches of data, and answers with batches of signatures (see `digest.beside`).
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from digest.beside import GONE, Beside
from digest.mail.dkim import ToSign

if TYPE_CHECKING:
    from digest.mail.dkim_keys import Key

_BATCH = 25
"""Drafts signed at once: few enough to lie in a pipe, so that nobody waits for the other to read."""
_AHEAD = 2
"""Batches in the hands of the process: it has the next one when it is done with the first."""

_log = logging.getLogger(__name__)


class Unsigned(Protocol):
    """Something with data to sign for each key."""

    @property
    def to_sign(self) -> Sequence[ToSign]:
        """In the order of the keys."""


D = TypeVar("D", bound=Unsigned)


class Signatory:
    """Signs with `keys`: here, or with `beside` by a process of its own, until it is left or that process ends."""

    def __init__(self, keys: Sequence[Key], *, beside: bool = False) -> None:
        self._keys = tuple(keys)
        given = [(key.domain, key.selector, key.pem) for key in self._keys]
        self._process = Beside.begun(__name__, given) if beside and keys else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def sign(self, drafts: Iterable[D | None]) -> Iterator[tuple[D, list[bytes]] | None]:
        """Every draft with its signatures, in order, a few taken ahead. Before a None, all that came before it goes."""
        batch: list[D] = []
        waiting: deque[list[D]] = deque()
        for draft in drafts:
            if draft is not None:
                batch.append(draft)
            if draft is None or not self._process or len(batch) == _BATCH:
                waiting.append(self._submit(batch))
                batch = []
            while len(waiting) > (_AHEAD if self._process and draft is not None else 0):
                yield from self._signed(waiting.popleft())
            if draft is None:
                yield None
        for rest in (*waiting, self._submit(batch)):
            yield from self._signed(rest)

    def _submit(self, batch: list[D]) -> list[D]:
        if self._process:
            with suppress(OSError):  # noticed when the answer is read
                self._process.ask(_data(batch))
        return batch

    def _signed(self, batch: list[D]) -> Iterator[tuple[D, list[bytes]]]:
        return zip(batch, self._signatures(batch), strict=True)

    def _signatures(self, batch: Sequence[Unsigned]) -> list[list[bytes]]:
        if self._process:
            try:
                signatures: list[list[bytes]] = self._process.answer()
            except GONE:
                _log.warning("the process that signs has ended; signing goes on without it")
                self._end()
            else:
                return signatures
        return _sign(self._keys, _data(batch))

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.end()


def _data(batch: Iterable[Unsigned]) -> list[list[bytes]]:
    return [[one.data for one in draft.to_sign] for draft in batch]


def _sign(keys: Sequence[Key], batch: Iterable[Iterable[bytes]]) -> list[list[bytes]]:
    return [[key.sign(data) for key, data in zip(keys, each, strict=True)] for each in batch]


def begin(given: Iterable[tuple[str, str, bytes]]) -> Callable[[Iterable[Iterable[bytes]]], list[list[bytes]]]:
    """What the process does: sign with the keys of these domains, selectors and PEM texts."""
    from digest.mail.dkim_keys import Key  # noqa: PLC0415 - only the process needs what signs

    keys = [Key.read(pem, domain=domain, selector=selector) for domain, selector, pem in given]
    return partial(_sign, keys)
