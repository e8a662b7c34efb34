"""What changed between two editions, or two runs of editions: papers that came, went, moved, rose or fell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from digest.models import Edition, EditionPaper

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A paper that is in both, and not the same in both. Each pair is before and after."""

    paper: EditionPaper
    """As the later one has it."""
    topic: tuple[str, str] | None = None
    """Its primary topic."""
    rank: tuple[int, int] | None = None
    """Its place by score, 1 is the best."""
    upvotes: tuple[int | None, int | None] | None = None
    title: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """From the earlier to the later, each list in the order of its edition."""

    new: tuple[EditionPaper, ...] = ()
    gone: tuple[EditionPaper, ...] = ()
    changed: tuple[Change, ...] = ()
    same: int = 0
    """Papers that are in both and as they were."""


def difference(before: Sequence[Edition], after: Sequence[Edition]) -> Difference:
    """What changed from the run `before` to the run `after`; a paper is known by any of its names."""
    earlier, later = _ranked(before), _ranked(after)
    known = {name: place for place, entry in enumerate(earlier) for name in _names(entry)}
    new, changed, met = [], [], set[int]()
    for rank, entry in enumerate(later, 1):
        place = next((known[name] for name in _names(entry) if name in known), None)
        if place is None:
            new.append(entry)
            continue
        met.add(place)
        if change := _change(earlier[place], entry, (place + 1, rank)):
            changed.append(change)
    gone = [entry for place, entry in enumerate(earlier) if place not in met]
    return Difference(
        new=tuple(new), gone=tuple(gone), changed=tuple(changed), same=len(later) - len(new) - len(changed)
    )


def _ranked(editions: Sequence[Edition]) -> list[EditionPaper]:
    """The papers of a run, best first, each as it was printed last."""
    printed: dict[str, EditionPaper] = {}
    for edition in editions:
        for entry in edition.papers:
            printed[entry.paper.id] = entry
        for withdrawn in edition.withdrawn:
            printed.pop(withdrawn, None)
    return sorted(printed.values(), key=lambda entry: (-entry.score.value, entry.paper.id))


def _change(before: EditionPaper, after: EditionPaper, rank: tuple[int, int]) -> Change | None:
    change = Change(
        paper=after,
        topic=_pair(before.topic, after.topic),
        rank=_pair(*rank),
        upvotes=_pair(before.paper.latest("upvotes"), after.paper.latest("upvotes")),
        title=_pair(before.paper.title, after.paper.title),
    )
    return None if change == Change(paper=after) else change


def _pair(before: _T, after: _T) -> tuple[_T, _T] | None:
    return None if before == after else (before, after)


def _names(entry: EditionPaper) -> tuple[str, ...]:
    return (entry.paper.id, *entry.paper.aliases)
