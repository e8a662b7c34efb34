"""The plan: for whom a digest is due, which editions it spans, and what is in it.

Readers with the same schedule, choice and place in the editions are decided on together, and those with the same run
and choice share one rendered digest.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import NamedTuple

from digest.curation.due import due, next_deliveries
from digest.curation.personal import NEWEST
from digest.models import Edition, Preferences, Selection, Variant
from digest.printing import Job, Printer, Printing, Proof
from digest.site import Site
from digest.store import Store
from digest.store.batches import batches
from digest.store.planning import DueGroup, Plan
from digest.variants import variant_key

_TOGETHER = 200
"""Plans stored at once; each reader with an own order has one."""
_TOLD = 20
"""Groups after which it is told how far it is."""

Progress = Callable[[int, int | None, str], None]
"""Called with how many are done, out of how many, and what is being done."""
CarryOut = Callable[[Sequence[Plan], datetime], tuple[int, int]]
"""Writes plans; how many digests were planned, and for how many readers there was nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What planning came to."""

    planned: int = 0
    skipped: int = 0
    held: tuple[str, ...] = ()


def plan(
    store: Store,
    site: Site,
    now: datetime,
    progress: Progress | None = None,
    *,
    carry_out: CarryOut | None = None,
    stop: threading.Event | None = None,
) -> Planned:
    """Make deliveries of all that is due at `now`. A digest that is not fit to go out is held: its readers stay due.

    `progress` is called with how many groups of readers are done, of how many, and a word for it. `carry_out` writes
    the plans, in place of the ledger alone. When `stop` is set, those who were not decided on yet stay due.

    Raises:
        TemplateError: a template is wrong; what was planned before it was needed stays planned.
    """
    groups = store.deliveries.due(now)
    planner = _Planner(store, now, progress, stop or threading.Event())
    planned = skipped = 0
    with Printing(site, planner.edition, beside=any(group.preferences.personal for group in groups)) as printing:
        for plans in batches(planner.plans(groups, printing), _TOGETHER):
            added, nothing = (carry_out or store.deliveries.plan)(plans, now)
            planned, skipped = planned + added, skipped + nothing
    return Planned(planned=planned, skipped=skipped, held=tuple(dict.fromkeys(planner.held)))


def foresee(store: Store, site: Site, now: datetime) -> Planned:
    """What `plan` would come to; nothing is rendered or stored."""
    planner = _Planner(store, now)
    printer = Printer(site, planner.edition)
    is_empty = cache(lambda job: not printer.digest(job).papers)
    planned = skipped = 0
    for plan, job in planner.decisions(store.deliveries.due(now)):
        if job and job.skip_empty and is_empty(job.anybodys):
            skipped += plan.group.readers
        elif job:
            planned += plan.group.readers
    return Planned(planned=planned, skipped=skipped)


def selection_of(preferences: Preferences) -> Selection:
    """What a reader's digests are narrowed to."""
    return Selection(
        topics=preferences.topics,
        searches=preferences.searches,
        authors=preferences.authors,
        max_papers=preferences.max_papers,
        min_upvotes=preferences.min_upvotes,
        personal=preferences.personal,
    )


@dataclass(slots=True)
class _Planner:
    """Decides group by group; what was read and printed once serves all."""

    store: Store
    now: datetime
    progress: Progress | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    held: list[str] = field(default_factory=list)
    editions: dict[int, Edition] = field(default_factory=dict)

    def plans(self, groups: Sequence[DueGroup], printing: Printing) -> Iterator[Plan]:
        """A plan for every group but those whose digest is held."""
        outcomes: dict[Job, _Outcome] = {}
        for (plan, job), proof in printing.proofs(self.work(groups)):
            if job is None:
                yield plan
                continue
            outcome = outcomes[job] if proof is None else self.outcome(job, proof)
            if not job.selection.personal:
                outcomes[job] = outcome
            if outcome.refusal:
                self.held.append(outcome.refusal)
            else:
                yield replace(plan, run=(job.first, job.last), variant=outcome.variant)

    def work(self, groups: Sequence[DueGroup]) -> Iterator[tuple[tuple[Plan, Job | None], Job | None]]:
        """Decisions, each with the job it takes where that has not been done for another group."""
        begun: set[Job] = set()
        for plan, job in self.decisions(groups):
            if job is None or job in begun:
                yield (plan, job), None
                continue
            if not job.selection.personal:
                begun.add(job)
            yield (plan, job), self.prepared(job)

    def decisions(self, groups: Sequence[DueGroup]) -> Iterator[tuple[Plan, Job | None]]:
        """For every group a plan without its mail, and the mail; None when there is no edition they have not had."""
        latest = self.store.last_edition() if groups else None
        for number, group in enumerate(groups):
            if self.stop.is_set():
                return
            if self.progress and number and number % _TOLD == 0:
                self.progress(number, len(groups), "Planning")
            moment = due(group.preferences, group.last_delivered_at, self.now)
            plan = Plan(group=group, due_at=moment, next_at=self.next_at(group, moment))
            if moment is None or latest is None or latest.number <= group.watermark:
                yield plan, None
                continue
            yield (
                plan,
                Job(
                    first=group.watermark + 1,
                    last=latest.number,
                    selection=selection_of(group.preferences),
                    skip_empty=group.preferences.when_empty == "skip",
                ),
            )

    def next_at(self, group: DueGroup, moment: datetime | None) -> datetime | None:
        """The moment after the one that is dealt with."""
        last = moment or group.last_delivered_at
        return next(iter(next_deliveries(group.preferences, self.now, 1, last_delivered_at=last)), None)

    def prepared(self, job: Job) -> Job:
        """The job with all that printing takes."""
        marks = self.store.marks.of(job.selection.personal, newest=NEWEST) if job.selection.personal else ()
        kept = self.store.variant(_key(job))
        return job._replace(marks=marks, kept=kept.mail if kept else None)

    def outcome(self, job: Job, proof: Proof) -> _Outcome:
        """What there is for a group then; what was printed is kept."""
        if proof.verdict == "empty":
            return _Outcome()
        if proof.verdict == "refused":
            return _Outcome(refusal=f"editions {job.first} to {job.last}: {proof.refusal}")
        key = _key(job)
        if proof.mail:
            variant = Variant(key=key, first=job.first, last=job.last, reader=job.selection.personal, mail=proof.mail)
            (self.store.replace_variant if proof.verdict == "mended" else self.store.save_variant)(variant)
        return _Outcome(variant=key)

    def edition(self, number: int) -> Edition:
        if number not in self.editions:
            edition = self.store.edition(number)
            assert edition is not None, "editions have consecutive numbers"  # noqa: S101
            self.editions[number] = edition
        return self.editions[number]


class _Outcome(NamedTuple):
    """What became of a job: no variant when there is nothing in it, or when it may not go out."""

    variant: str | None = None
    refusal: str = ""


def _key(job: Job) -> str:
    return variant_key(job.first, job.last, job.selection)
