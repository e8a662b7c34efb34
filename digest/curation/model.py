"""The trained topic model: one weight per term and topic, learned offline and evaluated in plain Python.

It is a linear classifier over the terms of `digest.curation.terms`, a one-against-the-rest support vector machine on
binary TF-IDF with a title term counted twice. `topic_model.json` has for every term a row of whole numbers: a weight
for each topic, then the square of its inverse document frequency, read when the term is first met; the file says how
and from what it was made.
Training is `digest.training`'s, and what follows from the margins `digest.curation.topics`'s.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from heapq import nlargest
from pathlib import Path
from typing import Any

from digest.curation.sums import Rows, parted
from digest.curation.terms import KnownTerms, PaperText

MODEL_PATH = Path(__file__).with_name("topic_model.json")


@dataclass(frozen=True, kw_only=True)
class TopicModel:
    """The content of `topic_model.json`."""

    topics: tuple[str, ...]
    bias: tuple[float, ...]
    rows: dict[str, str]
    """As the file has them, the numbers with spaces between; `row` takes one apart."""
    weight_unit: float
    """What 1 in a row stands for, as a weight …"""
    square_unit: float
    """… and as a squared inverse document frequency."""
    known: KnownTerms
    """The terms that have a row."""
    provenance: dict[str, object]

    def row(self, term: str) -> list[int]:
        """A weight for each topic, then the square."""
        return [int(number) for number in self.rows[term].split()]

    def margins(self, text: PaperText) -> tuple[float, ...]:
        """How far a paper lies on each topic's side of the boundary; in the order of `topics`."""
        title, elsewhere = self.known.of(text)
        if not title and not elsewhere:
            return self.bias
        total = self._title_rows.total(title) + self._rows.total(elsewhere)
        *sums, squares = parted(total, len(self.topics) + 1)
        scale = self.weight_unit / (squares * self.square_unit) ** 0.5
        return tuple([bias + scale * value for bias, value in zip(self.bias, sums, strict=True)])

    @cached_property
    def _rows(self) -> Rows:
        return Rows(self.row)

    @cached_property
    def _title_rows(self) -> Rows:
        return Rows(self._title_row)

    def _title_row(self, term: str) -> list[int]:
        """A title term has twice the value of another, so four times the square."""
        *weights, square = self.row(term)
        return [*(2 * weight for weight in weights), 4 * square]

    def strongest(self, text: PaperText, topic: str, count: int) -> tuple[str, ...]:
        """The terms of a paper that speak most for `topic` against the other topics, strongest first."""
        title, elsewhere = self.known.of(text)
        gains = {
            term: times * lead
            for times, found in ((2, title), (1, elsewhere))
            for term in found
            for leader, lead in (self._leads[term],)
            if leader == topic
        }
        return tuple(sorted(gains, key=lambda term: (-gains[term], term))[:count])

    def says(self, term: str) -> float | None:
        """How much a term says about a subject: its largest weight for any topic; None when it is not known."""
        return max(self.row(term)[:-1]) * self.weight_unit if term in self.rows else None

    @cached_property
    def _leads(self) -> _Leads:
        return _Leads(self.row, self.topics)


class _Leads(dict[str, tuple[str, int]]):
    """By term, the topic it speaks most for and how much more than for the next; found out when first asked."""

    def __init__(self, row_of: Callable[[str], Sequence[int]], topics: Sequence[str]) -> None:
        super().__init__()
        self._row_of, self._topics = row_of, topics

    def __missing__(self, term: str) -> tuple[str, int]:
        (most, leader), (next_most, _) = nlargest(2, zip(self._row_of(term), self._topics, strict=False))
        self[term] = found = (leader if most > next_most else "", most - next_most)
        return found


def parse_model(content: dict[str, Any]) -> TopicModel:
    """The model from the JSON of its file."""
    return TopicModel(
        topics=tuple(content["topics"]),
        bias=tuple(content["bias"]),
        rows=content["rows"],
        weight_unit=content["weight_unit"],
        square_unit=content["square_unit"],
        known=KnownTerms(content["rows"]),
        provenance=content["provenance"],
    )


@cache
def load_model(path: Path = MODEL_PATH) -> TopicModel:
    """The shipped model, read once."""
    return parse_model(json.loads(path.read_text(encoding="utf-8")))
