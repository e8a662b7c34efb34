"""The plan: for whom a digest is due, which editions it spans, and what is in it.

Readers with the same schedule, choice and place in the editions are decided on together, and those with the same run
and choice share one rendered digest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from digest.curation.digest import build_digest
from digest.curation.due import due, next_deliveries
from digest.curation.personal import NEWEST, PersonalOrder
from digest.lint import check_before_publish, refusal
from digest.models import Digest, Edition, Preferences, Selection, Topic
from digest.site import Site
from digest.store import Store
from digest.store.batches import batches
from digest.store.planning import DueGroup, Plan
from digest.variants import Press, mail_of, variant_key, variant_of

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
    store: Store, site: Site, now: datetime, progress: Progress | None = None, *, carry_out: CarryOut | None = None
) -> Planned:
    """Make deliveries of all that is due at `now`. A digest that is not fit to go out is held: its readers stay due.

    `progress` is called with how many groups of readers are done, of how many, and a word for it. `carry_out` writes
    the plans, in place of the ledger alone.

    Raises:
        TemplateError: a template is wrong; what was planned before it was needed stays planned.
    """
    planner = _Planner(store, site, now, progress=progress)
    planned = skipped = 0
    for plans in batches(planner.plans(), _TOGETHER):
        added, nothing = (carry_out or store.deliveries.plan)(plans, now)
        planned, skipped = planned + added, skipped + nothing
    return Planned(planned=planned, skipped=skipped, held=tuple(dict.fromkeys(planner.held)))


def foresee(store: Store, site: Site, now: datetime) -> Planned:
    """What `plan` would come to; nothing is rendered or stored."""
    planner = _Planner(store, site, now, rendering=False)
    plans = [plan for plan in planner.plans() if plan.run]
    planned = sum(plan.group.readers for plan in plans if plan.variant)
    return Planned(planned=planned, skipped=sum(plan.group.readers for plan in plans) - planned)


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
    """Decides group by group; what was read, built and rendered once serves all."""

    store: Store
    site: Site
    now: datetime
    rendering: bool = True
    progress: Progress | None = None
    held: list[str] = field(default_factory=list)
    editions: dict[int, Edition] = field(default_factory=dict)
    variants: dict[tuple[int, Selection, str], str | None] = field(default_factory=dict)
    order: PersonalOrder = field(default_factory=PersonalOrder)
    fit: set[tuple[int, int, Selection]] = field(default_factory=set)
    topics: Sequence[Topic] = ()
    press: Press | None = None

    def plans(self) -> Iterator[Plan]:
        """A plan for every group but those whose digest is held."""
        groups = self.store.deliveries.due(self.now)
        latest = self.store.last_edition() if groups else None
        if latest is not None:
            self.topics, self.press = self.site.topics(), Press(self.site)
        for number, group in enumerate(groups):
            if self.progress and number and number % _TOLD == 0:
                self.progress(number, len(groups), "Planning")
            moment = due(group.preferences, group.last_delivered_at, self.now)
            next_at = self.next_at(group, moment)
            if moment is None or latest is None or latest.number <= group.watermark:
                yield Plan(group=group, due_at=moment, next_at=next_at)
                continue
            run = (group.watermark + 1, latest.number)
            try:
                variant = self.variant(run, group.preferences)
            except _Unfit as reason:
                self.held.append(str(reason))
            else:
                yield Plan(group=group, due_at=moment, next_at=next_at, run=run, variant=variant)

    def next_at(self, group: DueGroup, moment: datetime | None) -> datetime | None:
        """The moment after the one that is dealt with."""
        last = moment or group.last_delivered_at
        return next(iter(next_deliveries(group.preferences, self.now, 1, last_delivered_at=last)), None)

    def variant(self, run: tuple[int, int], preferences: Preferences) -> str | None:
        """The key of the rendered digest; None when there is nothing in it and the reader wants no empty one."""
        selection = selection_of(preferences)
        skip_empty = preferences.when_empty == "skip"
        if selection.personal:
            return self.rendered(run, selection, skip_empty)
        wanted = (run[0], selection, preferences.when_empty)
        if wanted not in self.variants:
            self.variants[wanted] = self.rendered(run, selection, skip_empty)
        return self.variants[wanted]

    def rendered(self, run: tuple[int, int], selection: Selection, skip_empty: bool) -> str | None:  # noqa: FBT001
        digest = build_digest([self.edition(number) for number in range(run[0], run[1] + 1)], selection, self.topics)
        if selection.personal:
            digest = self.order.arrange(digest, self.store.marks.of(selection.personal, newest=NEWEST))
        if skip_empty and not digest.papers:
            return None
        return self.fit_variant(digest) if self.rendering else variant_key(digest)

    def fit_variant(self, digest: Digest) -> str:
        """The key of the digest's variant. An unfit one is rendered once more: the template may have been mended.

        What was just found fit with a run's papers is fit for the other readers who have an order of their own: theirs
        differ in the order, and in reasons that are plain words. Those rendered in an earlier run are looked at again.

        Raises:
            _Unfit: its mail may not go out.
        """
        alike = (digest.first, digest.last, replace(digest.selection, personal=""))
        if digest.selection.personal and alike in self.fit and self.store.variant(variant_key(digest)) is None:
            return variant_of(self.store, self.site, digest, self.press).key
        variant = variant_of(self.store, self.site, digest, self.press)
        if check_before_publish(variant.mail):
            variant = replace(variant, mail=mail_of(self.site, digest))
            if findings := check_before_publish(variant.mail):
                raise _Unfit(f"editions {digest.first} to {digest.last}: {refusal(findings)}")
            self.store.replace_variant(variant)
        self.fit.add(alike)
        return variant.key

    def edition(self, number: int) -> Edition:
        if number not in self.editions:
            edition = self.store.edition(number)
            assert edition is not None, "editions have consecutive numbers"  # noqa: S101
            self.editions[number] = edition
        return self.editions[number]


class _Unfit(Exception):  # noqa: N818 - reads as the fact it states
    """A mail that may not go out; the message says why."""
