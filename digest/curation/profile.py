"""Topics nobody trained: how sure we are that a paper belongs to one, from its file alone.

What a topic file says in words (title, description, keywords), and the example papers it names where they are known,
make a *profile*. A paper fits the more, the stronger the evidence of the file's rules is, the more alike paper and
profile are (`digest.curation.vectors`), and the less the paper is about a trained topic that the profile is not about.
The weights of the three were fitted by leaving each trained topic out in turn (docs/quality.md).

Rules decide, fit orders: a paper within the rules is at least half sure; one that is not, where the file has keywords,
at most half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp

from digest.curation.model import TopicModel
from digest.curation.terms import PaperText
from digest.curation.vectors import Vector, WordVectors, likeness, unit
from digest.models import Paper, Topic

STRENGTH, LIKENESS, ELSEWHERE, START = 4.0, 9.0, -4.3, -2.7
"""The logistic model: one weight for each of the three, and the intercept."""
_LEAST_MARGIN = -1.0
"""A profile is so short that its margins below this mean no more than this."""


class Profile:
    """One topic file as something papers can be compared with."""

    def __init__(
        self, topic: Topic, *, model: TopicModel, vectors: WordVectors, examples: Sequence[Paper] = ()
    ) -> None:
        """`examples` are the papers that `topic.examples` names, as far as they are known."""
        words = Paper(
            id="", title=f"{topic.title}; {'; '.join((*topic.rules.any, *topic.rules.all))}", abstract=topic.description
        )
        texts = [PaperText(paper) for paper in (words, *examples)]
        self._has_keywords = bool(topic.rules.any or topic.rules.all)
        self._place = _middle([vectors.of(text) for text in texts])
        margins = zip(*(model.margins(text) for text in texts), strict=True)
        self._margins = tuple(max(_LEAST_MARGIN, *of_topic) for of_topic in margins)

    def confidence(self, strength: float, place: Vector, margins: Sequence[float]) -> float:
        """How sure a paper belongs, 0 to 1, by its rule `strength`, its vector and its margins."""
        elsewhere = max(paper - mine for paper, mine in zip(margins, self._margins, strict=True))
        evidence = STRENGTH * strength + LIKENESS * likeness(place, self._place) + ELSEWHERE * elsewhere + START
        fit = 1 / (1 + exp(-evidence))
        if strength:
            return (1 + fit) / 2
        return fit / 2 if self._has_keywords else fit


def _middle(places: Sequence[Vector]) -> Vector:
    known = [place for place in places if place]
    return unit(tuple(map(sum, zip(*known, strict=True))))


def build_profiles(
    topics: Sequence[Topic], model: TopicModel, vectors: WordVectors, examples: Mapping[str, Paper]
) -> dict[str, Profile]:
    """A profile for each of `topics`, by slug; `examples` are known papers by id."""
    return {
        topic.slug: Profile(
            topic,
            model=model,
            vectors=vectors,
            examples=[examples[name] for name in topic.examples if name in examples],
        )
        for topic in topics
    }
