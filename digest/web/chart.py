"""A paper's upvotes over time as the points of a small drawing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.models import Metric, Signal

WIDTH, HEIGHT = 600, 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A line through observations, in a box of `WIDTH` by `HEIGHT`."""

    points: str
    """As SVG's `points` has them."""
    observations: tuple[tuple[datetime, int], ...]
    """Oldest first, one a moment."""
    most: int


def chart(signals: Sequence[Signal], metric: Metric) -> Chart | None:
    """The line of one metric; None with fewer than two moments. Of several sources at one moment the largest counts."""
    values: dict[datetime, int] = {}
    for signal in signals:
        if signal.metric == metric:
            values[signal.observed_at] = max(signal.value, values.get(signal.observed_at, 0))
    if len(values) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    observations = tuple(sorted(values.items()))
    first, last = observations[0][0], observations[-1][0]
    most = max(values.values())
    points = (
        (WIDTH * ((at - first) / (last - first)), HEIGHT * (1 - value / max(most, 1))) for at, value in observations
    )
    return Chart(points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), observations=observations, most=most)
