"""Which topics a paper belongs to, how sure that is, and why.

A paper gets one primary topic and up to two secondary ones, or `OTHER` when nothing fits. For the topics the model was
trained on, its margins and the evidence of the topic's own rules add up and become probabilities; any other topic file
stands on its rules and on how like its description a paper is. The order of papers within a topic is
`digest.curation.trend`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from math import exp

from digest.curation.model import MODEL_PATH, load_model
from digest.curation.profile import LEAST_LIKE, START, WEIGHTS, build_profiles
from digest.curation.rules import Judgement, RuleBook, strength
from digest.curation.terms import PaperText
from digest.curation.vectors import VECTORS_PATH, load_vectors
from digest.models import OTHER, Assignment, Paper, Topic

RULE_WEIGHT = 0.8
"""How much full evidence of the rules adds to a margin; where cross-validated accuracy is highest (docs/quality.md)."""
SHARPNESS = 4.0
"""Margins times this, through softmax, are probabilities as often right as they say (docs/quality.md)."""
LEAST_PRIMARY = 0.25
"""Below this a paper is `OTHER`, as about one in two hundred judged papers is."""
LEAST_SECONDARY = 0.08
"""A topic at least this sure is a secondary one, if it is among the next two."""
MOST_SECONDARY = 2

_NOTHING = (Assignment(topic=OTHER, confidence=0.0, why="no topic fits"),)


class Classifier:
    """Assigns papers to the topics of a site."""

    def __init__(self, topics: Sequence[Topic], examples: Mapping[str, Paper] | None = None) -> None:
        """`topics` in digest order; of two topics that fit equally well the earlier one wins.

        `examples` are papers by id, those that topics name as examples as far as they are known.
        """
        self._place = {topic.slug: place for place, topic in enumerate(topics)}
        self._rules = RuleBook(topics)
        self._model = load_model()
        self._trained = {slug: place for place, slug in enumerate(self._model.topics)}
        own = [topic for topic in topics if topic.slug not in self._model.topics]
        self._vectors = load_vectors() if own else None
        self._profiles = build_profiles(own, self._model, self._vectors, examples or {}) if self._vectors else {}

    def assign(self, paper: Paper) -> tuple[Assignment, ...]:
        """The primary assignment, then up to two secondary ones, surest first; `OTHER` alone when nothing fits."""
        text = PaperText(paper)
        judgement = self._rules.judge(text)
        chosen = self._choose(self._rank(text, judgement, LEAST_SECONDARY), judgement)
        return tuple(self._assignment(slug, sure, text, judgement) for slug, sure in chosen) or _NOTHING

    def explain(self, paper: Paper) -> tuple[Assignment, ...]:
        """Every topic that is not ruled out, surest first."""
        text = PaperText(paper)
        judgement = self._rules.judge(text)
        return tuple(self._assignment(slug, sure, text, judgement) for slug, sure in self._rank(text, judgement))

    def rank(self, paper: Paper) -> tuple[tuple[str, float], ...]:
        """Every topic that is not ruled out with its confidence, surest first; `explain` without reasons."""
        text = PaperText(paper)
        return tuple(self._rank(text, self._rules.judge(text)))

    def belonging(self, paper: Paper, slug: str) -> Assignment | None:
        """How sure the paper belongs to one topic, and why; None when the topic is unknown or its rules forbid it."""
        text = PaperText(paper)
        judgement = self._rules.judge(text)
        sure = dict(self._rank(text, judgement)).get(slug)
        return None if sure is None else self._assignment(slug, sure, text, judgement)

    def _choose(self, ranked: Sequence[tuple[str, float]], judgement: Judgement) -> list[tuple[str, float]]:
        """Of topics with their confidence, surest first, those the paper is in.

        A paper within the rules of a topic of the site's own is in it, however unsure.
        """
        ruled = [entry for entry in ranked if entry[0] in self._profiles and entry[0] in judgement.evidence]
        likely = takewhile(lambda entry: entry[1] >= LEAST_SECONDARY, ranked)
        fitting = [entry for entry in likely if self._is_open(entry) and entry not in ruled]
        surest = max([*ruled[:1], *fitting[:1]], key=lambda entry: entry[1], default=("", 0.0))
        if surest[1] < LEAST_PRIMARY:
            return ruled[: 1 + MOST_SECONDARY]
        others = [entry for entry in (*ruled, *fitting) if entry != surest][:MOST_SECONDARY]
        return [surest, *(entry for entry in ranked if entry in others)]

    def _is_open(self, entry: tuple[str, float]) -> bool:
        slug, sure = entry
        return slug not in self._profiles or self._profiles[slug].takes_alike(sure)

    def _rank(self, text: PaperText, judgement: Judgement, least: float = 0.0) -> list[tuple[str, float]]:
        """The site's topics that the paper may be in, with how sure that is, surest first.

        Trained topics that are less sure than `least` are left out.
        """
        strengths = {slug: strength(pieces) for slug, pieces in judgement.evidence.items()}
        margins = self._model.margins(text)
        sure = {slug: value for slug, value in self._probabilities(margins, strengths) if value >= least}
        if self._vectors:
            place = self._vectors.of(text)
            sure |= {
                slug: profile.confidence(strengths.get(slug, 0.0), place, margins)
                for slug, profile in self._profiles.items()
            }
        ranked = [
            (slug, value) for slug, value in sure.items() if slug in self._place and slug not in judgement.forbidden
        ]
        return sorted(ranked, key=lambda entry: (-entry[1], self._place[entry[0]]))

    def _probabilities(self, margins: Sequence[float], strengths: Mapping[str, float]) -> Iterable[tuple[str, float]]:
        """The trained topics, with their margins, raised by the rules' evidence, as probabilities that sum to one."""
        raised = list(margins)
        for slug, evidence in strengths.items():
            if (place := self._trained.get(slug)) is not None:
                raised[place] += RULE_WEIGHT * evidence
        weights = [exp(SHARPNESS * margin) for margin in raised]
        total = sum(weights)
        return zip(self._trained, [weight / total for weight in weights], strict=True)

    def _assignment(self, slug: str, sure: float, text: PaperText, judgement: Judgement) -> Assignment:
        reasons = [piece.why for piece in judgement.evidence.get(slug, ())[:2]]
        if not any(reason.startswith('"') for reason in reasons):
            reasons = [*self._words_for(slug, text), *reasons]
        why = ", ".join(reasons)
        if not why:
            why = "like the topic's description" if slug in self._profiles else "nothing fits better"
        return Assignment(topic=slug, confidence=round(sure, 3), why=why)

    def _words_for(self, slug: str, text: PaperText) -> list[str]:
        """The words of the paper that the model goes by, where no keyword of the topic occurs."""
        words = self._model.strongest(text, slug, 3) if slug in self._model.topics else ()
        named = ", ".join(f'"{word}"' for word in words if ":" not in word)
        return [f"words such as {named}"] if named else []


def fingerprint(topics: Sequence[Topic], examples: Mapping[str, Paper] | None = None) -> str:
    """A short text that changes whenever assignments could.

    That is with a topic's file, the words of a known example, the model or the constants above.
    """
    constants = (RULE_WEIGHT, SHARPNESS, LEAST_PRIMARY, LEAST_SECONDARY, MOST_SECONDARY, LEAST_LIKE, WEIGHTS, START)
    known = sorted(
        (name, paper.title, paper.abstract, paper.keywords, paper.categories)
        for name, paper in (examples or {}).items()
    )
    digest = hashlib.sha256(MODEL_PATH.read_bytes() + VECTORS_PATH.read_bytes())
    digest.update(repr((constants, tuple(topics), known)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]
