"""The trained topic model: one weight per term and topic, learned offline and evaluated in plain Python.

It is a linear classifier over the terms of `digest.curation.terms`, a one-against-the-rest support vector machine on
binary TF-IDF with a title term counted twice. `topic_model.json` has for every term a row of whole numbers: a weight
for each topic, then the square of its inverse document frequency; the file says how and from what it was made.
Training is `digest.training`'s, and what follows from the margins `digest.curation.topics`'s.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from digest.curation.sums import Rows
from digest.curation.terms import PaperText

MODEL_PATH = Path(__file__).with_name("topic_model.json")


@dataclass(frozen=True, kw_only=True)
class TopicModel:
    """The content of `topic_model.json`."""

    topics: tuple[str, ...]
    bias: tuple[float, ...]
    rows: dict[str, list[int]]
    weight_unit: float
    """What 1 in a row stands for, as a weight …"""
    square_unit: float
    """… and as a squared inverse document frequency."""
    provenance: dict[str, object]

    def margins(self, text: PaperText) -> tuple[float, ...]:
        """How far a paper lies on each topic's side of the boundary; in the order of `topics`."""
        everywhere = self.rows.keys() & text.all_terms
        if not everywhere:
            return self.bias
        title = everywhere & text.title_terms
        *sums, squares = self._long.sums(everywhere, title)
        # A title term has twice the value of another, so four times the square: once above twice, and twice more here.
        squares += 2 * sum(self.rows[term][-1] for term in title)
        scale = self.weight_unit / (squares * self.square_unit) ** 0.5
        return tuple(bias + scale * total for bias, total in zip(self.bias, sums, strict=True))

    @cached_property
    def _long(self) -> Rows:
        return Rows(self.rows, len(self.topics) + 1)

    def strongest(self, text: PaperText, topic: str, count: int) -> tuple[str, ...]:
        """The terms of a paper that speak most for `topic` against the other topics, strongest first."""
        place = self.topics.index(topic)
        gains = {}
        for term in text.all_terms:
            if row := self.rows.get(term):
                gain = row[place] - max(row[:place] + row[place + 1 : len(self.topics)])
                gains[term] = gain * (2 if term in text.title_terms else 1)
        ranked = sorted((term for term, gain in gains.items() if gain > 0), key=lambda term: (-gains[term], term))
        return tuple(ranked[:count])


def parse_model(content: dict[str, Any]) -> TopicModel:
    """The model from the JSON of its file."""
    return TopicModel(
        topics=tuple(content["topics"]),
        bias=tuple(content["bias"]),
        rows=content["rows"],
        weight_unit=content["weight_unit"],
        square_unit=content["square_unit"],
        provenance=content["provenance"],
    )


@cache
def load_model(path: Path = MODEL_PATH) -> TopicModel:
    """The shipped model, read once."""
    return parse_model(json.loads(path.read_text(encoding="utf-8")))
