"""The topics of many papers, a part of them found by a process beside where there is a second core.

Finding them is more than half of the work of reading a long list. The process takes a few papers at a time from the
front of those that wait, and so does who asks for them: what it has not begun is done here. Topics depend on nothing
but the paper, so they are the same wherever they are found.
"""

from __future__ import annotations

import gc
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from operator import attrgetter
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Self

from digest.beside import GONE, Beside
from digest.curation.topics import Classifier
from digest.models import Assignment, Author, Paper, Signal, Topic

_TOGETHER = 25
"""Papers handed over at once: so few that nobody waits long for the last of them."""
_MANY = 200
"""Papers for which it is worthwhile to start a process, which takes about as long as they do."""
_AHEAD = 1
"""Parts that lie ready for the process while it has another in hand."""

Topics = tuple[Assignment, ...]
"""Those of one paper."""
_Known = tuple[Sequence[Topic], Mapping[str, Paper]]
"""What a `Classifier` is made of."""

_WORDS = ("id", "title", "abstract", "categories", "keywords", "organizations")
_words = attrgetter(*_WORDS)
_Packed = tuple[tuple[Any, ...], list[tuple[str, str | None]], int | None]
_ONCE = datetime.min.replace(tzinfo=UTC)

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Part:
    """A few papers. Their topics come from the process, unless they are cancelled there before it began."""

    papers: tuple[Paper, ...]
    beside: Future[list[Topics]] = field(default_factory=Future)
    found: list[Topics] | None = None


class Assigner:
    """Assigns papers to topics: here, or with `beside` and when there are many also by a process, until it is left."""

    def __init__(self, topics: Sequence[Topic], examples: Mapping[str, Paper], *, beside: bool = False) -> None:
        """`topics` and `examples` are those of `Classifier`."""
        self._known: _Known = (tuple(topics), dict(examples))
        self._beside = beside
        self._queue: SimpleQueue[_Part | None] = SimpleQueue()
        self._helper: _Helper | None = None
        self._foreseen: dict[str, tuple[_Part, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._helper:
            self._helper.end()

    def foresee(self, papers: Iterable[Paper]) -> None:
        """Papers that will most likely be asked for next: the process may begin with them."""
        if not self._beside or (self._helper and self._helper.is_gone):
            return
        if not self._helper and not self._foreseen:
            self._queue = SimpleQueue()  # what nobody took is done
        for part in map(_Part, _in_parts(paper for paper in papers if not self._place(paper))):
            self._foreseen |= {paper.id: (part, place) for place, paper in enumerate(part.papers)}
            self._queue.put(part)
        if not self._helper and len(self._foreseen) >= _MANY:
            self._start()

    def assign(self, papers: Sequence[Paper]) -> list[Topics]:
        """The topics of each paper, as `Classifier.assign` gives them."""
        self.foresee(papers)
        places = [self._place(paper) for paper in papers]
        parts = list(dict.fromkeys(place[0] for place in places if place))
        for part in parts:
            if part.found is None and part.beside.cancel():
                part.found = _assigned(self._classifier, part.papers)
        for part in parts:
            if part.found is None:
                part.found = self._found_beside(part)
        for paper in papers:
            self._foreseen.pop(paper.id, None)
        return [
            place[0].found[place[1]] if place and place[0].found else self._classifier.assign(paper)
            for place, paper in zip(places, papers, strict=True)
        ]

    def forget(self, papers: Iterable[Paper]) -> None:
        """These will not be asked for any more."""
        for paper in papers:
            if place := self._place(paper):
                place[0].beside.cancel()
                del self._foreseen[paper.id]

    def _start(self) -> None:
        try:
            process = Beside(__name__)
        except OSError:  # there cannot be one, so all is done here
            self._beside = False
        else:
            self._helper = _Helper(process, self._known, self._queue)

    @cached_property
    def _classifier(self) -> Classifier:
        return Classifier(*self._known)

    def _place(self, paper: Paper) -> tuple[_Part, int] | None:
        """Where the paper is among those foreseen; another description of it may have other topics."""
        place = self._foreseen.get(paper.id)
        return place if place and place[0].papers[place[1]] is paper else None

    def _found_beside(self, part: _Part) -> list[Topics]:
        try:
            return part.beside.result()
        except GONE:
            return _assigned(self._classifier, part.papers)


class _Helper:
    """The process, and the thread that talks with it."""

    def __init__(self, process: Beside, known: _Known, queue: SimpleQueue[_Part | None]) -> None:
        """It does what comes out of `queue`."""
        self.is_gone = False
        self._process, self._queue = process, queue
        self._thread = Thread(target=self._talk, args=(known,), name="topics", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End both, with whatever they have in hand."""
        self.is_gone = True
        self._queue.put(None)
        self._process.kill()
        self._thread.join()
        self._process.end()

    def _talk(self, known: _Known) -> None:
        in_hand: deque[_Part] = deque()
        try:
            self._process.ask(known)
            while not self.is_gone:
                while len(in_hand) <= _AHEAD and (part := self._next(wait=not in_hand)):
                    in_hand.append(part)
                    self._process.ask([_packed(paper) for paper in part.papers])
                if in_hand:
                    found = self._process.answer()
                    in_hand.popleft().beside.set_result(found)
        except GONE:
            if not self.is_gone:
                _log.warning("the process that assigns topics has ended; it goes on without it")
        finally:
            self.is_gone = True
            for part in in_hand:
                part.beside.set_exception(EOFError())

    def _next(self, *, wait: bool) -> _Part | None:
        """The next part that nobody else does; None at the end, or when there is none to wait for."""
        with suppress(Empty):
            while part := self._queue.get(block=wait):
                if part.beside.set_running_or_notify_cancel():
                    return part
        return None


def _in_parts(papers: Iterator[Paper]) -> Iterator[tuple[Paper, ...]]:
    while part := tuple(islice(papers, _TOGETHER)):
        yield part


def _assigned(classifier: Classifier, papers: Iterable[Paper]) -> list[Topics]:
    return [classifier.assign(paper) for paper in papers]


def _packed(paper: Paper) -> _Packed:
    """What topics depend on, in plain values: whole papers take three times as long through a pipe."""
    authors = [(author.name, author.organization) for author in paper.authors]
    return _words(paper), authors, paper.latest("upvotes")


def _unpacked(packed: _Packed) -> Paper:
    words, authors, upvotes = packed
    signals = () if upvotes is None else (Signal(metric="upvotes", value=upvotes, observed_at=_ONCE),)
    people = tuple([Author(name=name, organization=organization) for name, organization in authors])
    return Paper(**dict(zip(_WORDS, words, strict=True)), authors=people, signals=signals)


def begin(known: _Known) -> Callable[[Iterable[_Packed]], list[Topics]]:
    """What the process does. What it knows stays, so it is not looked through for garbage again and again."""
    classifier = Classifier(*known)
    gc.freeze()
    return lambda papers: _assigned(classifier, map(_unpacked, papers))
