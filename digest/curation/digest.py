"""A digest: a run of consecutive editions, narrowed to a selection, ranked, grouped into sections and cut to a size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from digest.curation.search import matcher
from digest.models import OTHER, Digest, Edition, EditionPaper, Emerging, Section, Selection, Topic

Cadence = Literal["daily", "weekly", "monthly"]

_RISING = ("rising", "Rising")
_MOST_EMERGING = 5
_DAYS: dict[Cadence, int] = {"daily": 1, "weekly": 7, "monthly": 30}


def run_starts_on(last_on: date, cadence: Cadence) -> date:
    """The first date of the run of `cadence` that ends with the edition of `last_on`."""
    return last_on - timedelta(days=_DAYS[cadence] - 1)


def build_digest(editions: Sequence[Edition], selection: Selection, topics: Sequence[Topic]) -> Digest:
    """The digest of `editions` (consecutive, oldest first, at least one) for `selection`.

    Sections stand in the order of `topics`, with what is rising before and what fits none behind. A paper stands once:
    in the section of its primary topic, or of the first of its topics that was asked for. A paper that a search or a
    followed author brings stands in its primary topic's.
    """
    chooser = _Chooser(selection)
    matching = [entry for entry in _distinct(editions) if chooser.section_of(entry) is not None]
    matching.sort(key=lambda entry: (-entry.score.value, entry.paper.id))
    kept = matching[: selection.max_papers]
    last = editions[-1]
    return Digest(
        first=editions[0].number,
        last=last.number,
        since_on=editions[0].dated_on,
        dated_on=last.dated_on,
        closed_at=last.closed_at,
        verdict=last.verdict,
        verdicts=last.verdicts,
        selection=selection,
        sections=_sections(kept, chooser, topics),
        left_out=len(matching) - len(kept),
        note="\n\n".join(edition.note for edition in editions if edition.note),
        emerging=_emerging(editions, {entry.paper.id for entry in kept}),
    )


def _distinct(editions: Iterable[Edition]) -> list[EditionPaper]:
    """Every paper of the run once, as last printed, without what a later edition of the run says is withdrawn.

    A paper that is new and rises within the same run is simply new to this reader.
    """
    found: dict[str, EditionPaper] = {}
    for edition in editions:
        for entry in edition.papers:
            first = found.get(entry.paper.id)
            found[entry.paper.id] = replace(entry, reason=first.reason, previous=first.previous) if first else entry
        for gone in edition.withdrawn:
            found.pop(gone, None)
    return list(found.values())


def _emerging(editions: Sequence[Edition], shown: set[str]) -> tuple[Emerging, ...]:
    """What the run's editions say rose, newest first, each phrase once and only with a paper that is shown."""
    newest: dict[str, Emerging] = {}
    for edition in reversed(editions):
        for entry in edition.emerging:
            if not shown.isdisjoint(entry.papers):
                newest.setdefault(entry.phrase, entry)
    return tuple(newest.values())[:_MOST_EMERGING]


class _Chooser:
    """Says which papers a selection asks for, and in which section each stands."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._everything = not (selection.topics or selection.searches or selection.authors)
        self._follows = matcher(selection.searches, selection.authors)

    def section_of(self, entry: EditionPaper) -> str | None:
        """The first of its topics that was asked for, else its primary one if it was asked for otherwise, else None."""
        if (entry.paper.latest("upvotes") or 0) < self._selection.min_upvotes:
            return None
        slugs = [assignment.topic for assignment in entry.assignments] or [OTHER]
        asked_for = next((slug for slug in slugs if slug in self._selection.topics), None)
        if asked_for is None and (self._everything or self._follows(entry.paper)):
            return slugs[0]
        return asked_for


def _sections(entries: Sequence[EditionPaper], chooser: _Chooser, topics: Sequence[Topic]) -> tuple[Section, ...]:
    grouped: dict[str, list[EditionPaper]] = {}
    for entry in entries:
        slug = _RISING[0] if entry.reason == "rising" else chooser.section_of(entry) or OTHER
        grouped.setdefault(slug, []).append(entry)
    titles = dict([_RISING, *((topic.slug, topic.title) for topic in topics)])
    # A topic that was printed and later renamed or removed keeps its papers together under its slug.
    titles |= {slug: slug.replace("-", " ").title() for slug in sorted(grouped) if slug not in titles and slug != OTHER}
    titles[OTHER] = "Other"
    return tuple(
        Section(slug=slug, title=title, papers=tuple(grouped[slug]))
        for slug, title in titles.items()
        if slug in grouped
    )
