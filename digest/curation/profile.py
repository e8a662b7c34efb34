"""Topics nobody trained: how sure we are that a paper belongs to one, from its file alone.

What a topic file says in words, and the example papers it names where they are known, make a *profile*. A paper fits
the more, the stronger the evidence of the file's rules is, the more like the whole file and like one thing of those
that its description lists it is (`digest.curation.vectors`), and the less surely it is about a trained topic that the
profile is not about. The weights of the four were fitted by leaving each trained topic out in
turn (docs/quality.md).

Rules decide, fit orders: a paper within the rules belongs to the topic however little it fits, and one that is not
belongs to it only where the file has no keywords.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import exp
from typing import NamedTuple

from digest.curation.model import TopicModel
from digest.curation.terms import PaperText
from digest.curation.vectors import Directions, Vector, WordVectors, unit
from digest.models import Paper, Topic

LEAST_LIKE = 0.5
"""Where a file has no keywords, a paper that fits this well belongs to its topic."""
_LEAST_MARGIN = -0.5
"""A profile with a margin below this is not about the trained topic; texts as short as profiles often lie near it."""
_BETWEEN = re.compile(r"[,;:.()]|\band\b")
"""What stands between the things that a description lists."""
_LEAST_KNOWN = 0.5
"""With fewer of the keywords' words known, a subject is foreign."""


class Fit(NamedTuple):
    """What speaks for and against a paper, or with what weight each does."""

    strength: float
    """The evidence of the rules, 0 to 1."""
    whole: float
    """The likeness to all that the file says and to its examples, -1 to 1."""
    part: float
    """The likeness to the nearest of the things that the description lists, or to the nearest example."""
    elsewhere: float
    """How much more the paper is about some trained topic than the profile is."""


WEIGHTS, START = Fit(strength=2.5, whole=5.4, part=4.7, elsewhere=-5.9), -4.9
"""The logistic model: a weight for each, and the intercept."""


class Profile:
    """One topic file as something papers can be compared with."""

    def __init__(
        self, topic: Topic, *, model: TopicModel, vectors: WordVectors, examples: Sequence[Paper] = ()
    ) -> None:
        """`examples` are the papers that `topic.examples` names, as far as they are known."""
        keywords = (*topic.rules.any, *topic.rules.all)
        # A title alone says little: without a description the keywords stand in for it, or the examples.
        said = topic.description or "; ".join(keywords)
        like = [PaperText(paper) for paper in examples]
        described = [PaperText(Paper(id="", title=topic.title, abstract=said))] if said or not like else []
        whole = PaperText(Paper(id="", title="; ".join((topic.title, *keywords)), abstract=topic.description))
        self._has_keywords = bool(keywords)
        self._names_its_papers = bool(keywords or topic.rules.authors or topic.rules.organizations)
        words = PaperText(Paper(id="", title="; ".join(keywords), abstract=""))
        shown = [vectors.of(text) for text in like]
        meant = _middle([*map(vectors.of, described), *shown])
        about = _middle([meant, meant, vectors.of(words)])
        parts = [_middle([place, place, meant]) for place in _listed(topic.description, vectors)]
        self._directions = Directions([about, *([*parts, *shown] or [about])])
        self._is_foreign = vectors.share_known(words) < _LEAST_KNOWN
        margins = zip(*(model.margins(text) for text in (whole, *like)), strict=True)
        self._margins = tuple(max(_LEAST_MARGIN, *of_topic) for of_topic in margins)

    def fit(self, strength: float, place: Vector, margins: Sequence[float]) -> Fit:
        """What speaks for a paper, by its rule `strength`, its vector and its margins."""
        whole, *parts = self._directions.likeness(place)
        return Fit(
            strength=strength,
            whole=whole,
            part=max(parts),
            elsewhere=max(paper - mine for paper, mine in zip(margins, self._margins, strict=True)),
        )

    def confidence(self, strength: float, place: Vector, margins: Sequence[float]) -> float:
        """How sure a paper belongs, 0 to 1.

        Rules without keywords (people, categories, votes) say nothing about a subject, so a paper within them is at
        least half sure. Of a subject whose words no paper taught, likeness says nothing, and evidence stands alone.
        """
        found = self.fit(strength, place, margins)
        sure = 1 / (1 + exp(-START - sum(weight * value for weight, value in zip(WEIGHTS, found, strict=True))))
        if strength and not self._has_keywords:
            return (1 + sure) / 2
        return max(strength, sure) if self._is_foreign else sure

    def takes_alike(self, sure: float) -> bool:
        """Whether a paper outside the rules belongs to the topic: not where words, people or organisations decide."""
        return not self._names_its_papers and sure >= LEAST_LIKE


def _listed(description: str, vectors: WordVectors) -> list[Vector]:
    """Where the things lie that a description lists, as far as their words are known."""
    places = (vectors.of(PaperText(Paper(id="", title="", abstract=part))) for part in _BETWEEN.split(description))
    return [place for place in places if place]


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
