"""What the next edition holds: the papers that wait, the ones that rise, and how far it can be trusted.

Does not read or write anything: `digest.publish` brings the papers and stores the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from digest.curation.trend import trend
from digest.models import Edition, EditionPaper, Emerging, KnownPaper, Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class RisingRule:
    """When a paper of an earlier edition comes back: upvotes are `factor` times what they were, and `votes` more."""

    factor: float
    votes: int
    days: int
    """Editions older than this many days are not looked at; 0 turns rising off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the next edition has to know of those before it."""

    last: Edition | None = None
    recent: tuple[Edition, ...] = ()
    """The editions within the rising window, oldest first."""
    papers: Mapping[str, KnownPaper] | None = None
    """The papers of `recent` as they are known now, by every alias."""
    withdrawn: tuple[str, ...] = ()
    """Ids that earlier editions have already declared withdrawn."""


def compose_edition(
    waiting: Sequence[KnownPaper],
    *,
    past: Past,
    now: datetime,
    dated_on: date,
    rising: RisingRule,
    verdicts: Mapping[str, Verdict],
    note: str = "",
    emerging: tuple[Emerging, ...] = (),
) -> Edition:
    """The edition that closes at `now` with all `waiting` papers, best first.

    Withdrawn papers do not enter. `verdicts` are the latest of each source, `emerging` is what rose this week. The same
    arguments give the same edition.
    """
    entries = [_entry(known, past.last, now) for known in waiting if not known.paper.withdrawn]
    entries += _rising(past, now, rising)
    entries.sort(key=lambda entry: (-entry.score.value, entry.paper.id))
    return Edition(
        number=past.last.number + 1 if past.last else 1,
        closed_at=now,
        dated_on=dated_on,
        verdict=edition_verdict(verdicts.values(), has_papers=bool(entries)),
        papers=tuple(entries),
        verdicts=tuple(sorted(verdicts.items())),
        note=note,
        withdrawn=_withdrawn(past),
        emerging=emerging,
    )


def edition_verdict(verdicts: Iterable[Verdict], *, has_papers: bool) -> Verdict:
    """The sources' verdicts as one.

    With papers: fresh, or partial as soon as one source was partial, stale or down. Without: the worst of them, so that
    a dead source is never taken for a quiet day; quiet when nothing was asked.
    """
    severity = {verdict: rank for rank, verdict in enumerate(Verdict)}
    worst = max(verdicts, key=severity.__getitem__, default=Verdict.FRESH if has_papers else Verdict.QUIET)
    if has_papers:
        return Verdict.PARTIAL if severity[worst] >= severity[Verdict.PARTIAL] else Verdict.FRESH
    return Verdict.QUIET if worst is Verdict.FRESH else worst


def _entry(known: KnownPaper, last: Edition | None, now: datetime) -> EditionPaper:
    return EditionPaper(
        paper=known.paper,
        assignments=known.assignments,
        score=trend(known.paper, now),
        reason=_reason(known, last),
    )


def _reason(known: KnownPaper, last: Edition | None) -> Reason:
    paper = known.paper
    if (paper.version or 1) > 1 or paper.announcement in {"replace", "replace-cross"}:
        return "revised"
    if last and paper.listed_on and paper.listed_on <= last.dated_on:
        return "late"
    return "new"


def _rising(past: Past, now: datetime, rule: RisingRule) -> list[EditionPaper]:
    """The papers of recent editions whose votes took off since, each at most once."""
    if not rule.days or not past.papers:
        return []
    oldest = now - timedelta(days=rule.days)
    risen = {entry.paper.id for edition in past.recent for entry in edition.papers if entry.reason == "rising"}
    found = []
    for edition in past.recent:
        if edition.closed_at < oldest:
            continue
        for entry in edition.papers:
            known = past.papers.get(entry.paper.id)
            if known is None or known.paper.withdrawn or entry.paper.id in risen:
                continue
            before, after = entry.paper.latest("upvotes") or 0, known.paper.latest("upvotes") or 0
            if after >= rule.factor * before and after - before >= rule.votes:
                found.append(
                    EditionPaper(
                        # The printed id stays, also when a stronger one was learned: feed readers know it by that.
                        paper=replace(known.paper, id=entry.paper.id),
                        assignments=known.assignments,
                        score=trend(known.paper, now),
                        reason="rising",
                        previous=edition.number,
                    )
                )
    return found


def _withdrawn(past: Past) -> tuple[str, ...]:
    """Ids as the recent editions printed them, of papers withdrawn since and not yet declared so."""
    if not past.papers:
        return ()
    printed = {entry.paper.id for edition in past.recent for entry in edition.papers}
    gone = {id_ for id_ in printed if (known := past.papers.get(id_)) and known.paper.withdrawn}
    return tuple(sorted(gone - set(past.withdrawn)))
