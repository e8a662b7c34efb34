"""How much of each paper a mail shows, so that the whole stays within a size.

The steps, from the least that can be shown: not at all, the title, a shortened form, everything. Every paper gets a
step before any paper gets the next one, the best papers first. It knows sizes only; what a step looks like is the
template's business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

HIDDEN = -1
"""The step of a paper that is only counted."""


def fit(order: Sequence[int], steps: int, size: Callable[[int, int], int], budget: int) -> dict[int, int]:
    """The step of each paper, `HIDDEN` or 0 to `steps - 1`, so that their sizes add up to at most `budget`.

    `order` holds the papers, those that matter most first; `size(paper, step)` is in bytes and asked only as far as
    it is needed.
    """
    floor = next((step for step in reversed(range(steps)) if _all_fit(order, step, size, budget)), HIDDEN)
    chosen = dict.fromkeys(order, floor)
    if floor == steps - 1:
        return chosen
    used = 0 if floor == HIDDEN else sum(size(paper, floor) for paper in order)
    for paper in order:
        used += size(paper, floor + 1) - (0 if floor == HIDDEN else size(paper, floor))
        if used > budget:
            break
        chosen[paper] = floor + 1
    return chosen


def _all_fit(order: Sequence[int], step: int, size: Callable[[int, int], int], budget: int) -> bool:
    for paper in order:
        budget -= size(paper, step)
        if budget < 0:
            return False
    return True
