"""Mails of editions for readers: what is in them, in whose order, rendered, and looked at before they may go out.

A process beside (see `digest.beside`) does it while what was printed is stored, and what it takes to print is given
back before anything is sent. It is given each edition once and knows nothing of the database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache, cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Literal, NamedTuple, Self, TypeVar

from digest.beside import GONE, Beside
from digest.curation.digest import build_digest
from digest.curation.personal import PersonalOrder
from digest.errors import DigestError
from digest.models import Digest, Edition, Mail, Mark, Selection
from digest.site import Site

if TYPE_CHECKING:
    from digest.press import Press

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Job(NamedTuple):
    """A mail that is wanted."""

    first: int
    last: int
    """The run's editions, both included."""
    selection: Selection
    skip_empty: bool
    """There is no mail when nothing is in it."""
    marks: tuple[Mark, ...] = ()
    """Those of the reader whose order it is in."""
    kept: Mail | None = None
    """As it was printed before: it stays, unless it is not fit to go out."""

    @property
    def anybodys(self) -> Job:
        """The same papers in nobody's own order."""
        return self._replace(selection=replace(self.selection, personal=""), marks=(), kept=None)


class Proof(NamedTuple):
    """What became of a job."""

    verdict: Literal["empty", "kept", "printed", "mended", "refused"]
    """`kept`: it stays as it is. `mended`: it was printed anew, as the one before was not fit to go out."""
    mail: Mail | None = None
    """The one that was printed."""
    refusal: str = ""
    """Why it may not go out."""


class Printer:
    """Prints mails of a site as its files are at the first one; what several have in common is made once."""

    def __init__(self, site: Site, edition: Callable[[int], Edition]) -> None:
        """`edition` gives the editions of the jobs, by number."""
        self._site, self._edition = site, edition
        self._topics = site.topics()
        self._order = PersonalOrder()
        self._fit: set[Job] = set()

    def digest(self, job: Job) -> Digest:
        """What is in the mail."""
        editions = [self._edition(number) for number in range(job.first, job.last + 1)]
        digest = build_digest(editions, job.selection, self._topics)
        return self._order.arrange(digest, job.marks)

    def proof(self, job: Job) -> Proof:
        """The mail, looked at.

        What was found fit with a run's papers is fit for the other readers who have an order of their own: theirs
        differ in the order, and in reasons that are plain words.

        Raises:
            TemplateError: a template is wrong.
        """
        from digest.lint import check_before_publish, refusal  # noqa: PLC0415 - as large as the press

        digest = self.digest(job)
        if job.skip_empty and not digest.papers:
            return Proof("empty")
        if job.kept and not check_before_publish(job.kept):
            return Proof("kept")
        mail = self._press.mail(digest)
        if job.selection.personal and not job.kept and job.anybodys in self._fit:
            return Proof("printed", mail)
        if findings := check_before_publish(mail):
            return Proof("refused", refusal=refusal(findings))
        self._fit.add(job.anybodys)
        return Proof("mended" if job.kept else "printed", mail)

    @cached_property
    def _press(self) -> Press:
        from digest.press import Press  # noqa: PLC0415 - large, and who only asks what is in a mail does not need it

        return Press(self._site)


class Printing:
    """Prints jobs in turn: here, or with `beside` by a process, until it is left or that process ends."""

    def __init__(self, site: Site, edition: Callable[[int], Edition], *, beside: bool = False) -> None:
        self._site, self._edition, self._beside = site, edition, beside
        self._process: Beside | None = None
        self._given: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def proofs(self, work: Iterable[tuple[T, Job | None]]) -> Iterator[tuple[T, Proof | None]]:
        """Whatever came with each job, and the job's proof, in order. The process has one while the next is prepared.

        Raises:
            TemplateError: a template is wrong.
        """
        in_hand: list[tuple[T, Job | None]] = []
        for thing, job in work:
            if job:
                done = self._done(in_hand)  # first: two that write to each other would both wait to be read
                self._submit(job)
                in_hand = []
                yield from done
            in_hand.append((thing, job))
        yield from self._done(in_hand)

    def _submit(self, job: Job) -> None:
        if self._beside and not self._process:  # at the first job: often there is none
            self._process = Beside.begun(__name__, self._site)
            self._beside = self._process is not None
        if self._process:
            new = [number for number in range(job.first, job.last + 1) if number not in self._given]
            self._given.update(new)
            with suppress(OSError):  # noticed when the answer is read
                self._process.ask(([self._edition(number) for number in new], job))

    def _done(self, in_hand: Iterable[tuple[T, Job | None]]) -> list[tuple[T, Proof | None]]:
        return [(thing, self._proof(job) if job else None) for thing, job in in_hand]

    def _proof(self, job: Job) -> Proof:
        if self._process:
            try:
                answer: Proof | DigestError = self._process.answer()
            except GONE:
                _log.warning("the process that prints mails has ended; printing goes on without it")
                self._end()
            else:
                if isinstance(answer, DigestError):
                    raise answer
                return answer
        return self._printer.proof(job)

    @cached_property
    def _printer(self) -> Printer:
        return Printer(self._site, self._edition)

    def _end(self) -> None:
        process, self._process, self._beside = self._process, None, False
        if process:
            process.end()


def begin(site: Site) -> Callable[[tuple[Iterable[Edition], Job]], Proof | DigestError]:
    """What the process does: print a job with the editions that are new to it."""
    editions: dict[int, Edition] = {}
    printer = cache(lambda: Printer(site, editions.__getitem__))  # at the first job, so that its errors are answers too

    def answer(asked: tuple[Iterable[Edition], Job]) -> Proof | DigestError:
        new, job = asked
        editions.update((edition.number, edition) for edition in new)
        try:
            return printer().proof(job)
        except DigestError as error:
            return error

    return answer
