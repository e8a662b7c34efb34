"""What is new this week: phrases that papers suddenly put into their titles, with the papers.

A phrase is a pair of words that is new to the topic model or, as that has it, says something of a subject, or a single
word that neither the model nor any paper before has (a new name). It stands in the title of at least `LEAST_NAMED`
papers of the week (keywords that a source adds are too general). It emerges when `LEAST_PAPERS` papers of the week have
it anywhere and that is far more than the weeks before let expect: the log-likelihood ratio of the two rates (Dunning
1993) exceeds 2 ln(m / `CHANCE`), and `LEAST_SURPRISE`, where m phrases were looked at, so that chance names one in less
than one of ten weeks. A single word that is not new emerges in the same way by titles alone, if it says something.
Phrases that stand in much the same papers are one cluster, under the most surprising of them, and are named as the
papers write them (`digest.curation.wording`). When nothing emerges, nothing is returned.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import log

from digest.curation.model import load_model
from digest.curation.terms import PaperText
from digest.curation.wording import worded
from digest.curation.words import spell
from digest.models import Edition, Emerging, Paper

WEEK, WEEKS_BEFORE = timedelta(days=7), 4
REACH = (WEEKS_BEFORE + 1) * WEEK
"""How far back the papers have to go."""
LEAST_NAMED, LEAST_PAPERS, LEAST_SURPRISE, LEAST_RISE = 2, 3, 6.63, 3.0
"""6.63 is the 1 % point of chi-squared with one degree of freedom; the rate must also have risen threefold."""
CHANCE = 0.1
"""Phrases a week that may be named by chance: P(chi-squared > x) is below exp(-x / 2), times the phrases looked at."""
LEAST_BEFORE = 30
"""With fewer papers in the weeks before there is nothing to compare with."""
LEAST_TITLES, LEAST_SAID = 5, 1.5
"""Titles of the week that must have a word that is not new, and what the topic model must say a known term says."""
_FASHIONS = frozenset(
    [
        "benchmarking",
        "bridging",
        "dynamic",
        "evaluating",
        "exploring",
        "rethinking",
        "revisiting",
        "scalable",
        "scaling",
    ]
)
"""Words that rise in titles as well and are no subject."""
_SAME_PAPERS = 0.5
_MOST_ALSO = 2
"""Further phrases a cluster is named by."""


def emerging(papers: Iterable[Paper], until: date, count: int = 5) -> tuple[Emerging, ...]:
    """The phrases that rose in the week before `until` (not included), most surprising first."""
    now: list[Paper] = []
    before: list[Paper] = []
    for paper in papers:
        age = until - paper.listed_on if paper.listed_on else None
        if age is not None and timedelta(0) < age <= WEEK:
            now.append(paper)
        elif age is not None and WEEK < age <= REACH:
            before.append(paper)
    if len(before) < LEAST_BEFORE:
        return ()
    named, subjects = _named(now), _subjects(now)
    earlier = _holders(before, named)
    fresh = {
        phrase: holders for phrase, holders in _holders(now, named).items() if " " in phrase or not earlier[phrase]
    }
    risen = _risen(fresh | _titled(now, subjects), earlier | _titled(before, subjects), len(now), len(before))
    texts = {paper.id: paper for paper in now}
    return tuple(_worded(cluster, texts) for cluster in _clusters(risen)[:count])


def unnamed(found: Iterable[Emerging], editions: Iterable[Edition], dated_on: date, count: int) -> tuple[Emerging, ...]:
    """The first `count` of what was found for the edition of `dated_on` that no edition of its week has named."""
    past = [entry for edition in editions if dated_on - edition.dated_on < WEEK for entry in edition.emerging]
    named = [set(spell(phrase)) for entry in past for phrase in (entry.phrase, *entry.also)]
    return tuple(entry for entry in found if not any(_says_the_same(entry, words) for words in named))[:count]


def _says_the_same(entry: Emerging, words: set[str]) -> bool:
    """Whether it is the phrase of these words, or a longer or shorter form of it."""
    mine = set(spell(entry.phrase))
    return mine <= words or words <= mine


def line(entry: Emerging) -> str:
    """One line: how many papers now, how many before."""
    return f"{len(entry.papers)} papers this week, {entry.before} in the {WEEKS_BEFORE} weeks before"


def _risen(
    now: dict[str, list[str]], before: dict[str, list[str]], papers_now: int, papers_before: int
) -> list[Emerging]:
    least = max(LEAST_SURPRISE, 2 * log((len(now) or 1) / CHANCE))
    risen = []
    for phrase, holders in now.items():
        earlier = len(before.get(phrase, ()))
        rate, rate_before = len(holders) / papers_now, earlier / papers_before
        if len(holders) >= LEAST_PAPERS and rate >= LEAST_RISE * rate_before:
            surprise = _log_likelihood_ratio(len(holders), papers_now, earlier, papers_before)
            if surprise >= least:
                risen.append(
                    Emerging(phrase=phrase, papers=tuple(holders), before=earlier, surprise=round(surprise, 2))
                )
    return sorted(risen, key=lambda entry: (-entry.surprise, -len(entry.phrase), entry.phrase))


def _clusters(risen: Sequence[Emerging]) -> tuple[Emerging, ...]:
    """Every phrase by itself, or with the first before it that has half of its papers, where it says something more."""
    clusters: list[Emerging] = []
    for entry in risen:
        mine = set(entry.papers)
        for place, cluster in enumerate(clusters):
            if len(mine.intersection(cluster.papers)) >= _SAME_PAPERS * len(mine):
                if len(cluster.also) < _MOST_ALSO and not set(entry.phrase.split()) <= set(cluster.name.split()):
                    clusters[place] = replace(cluster, also=(*cluster.also, entry.phrase))
                break
        else:
            clusters.append(entry)
    return tuple(clusters)


def _worded(cluster: Emerging, papers: Mapping[str, Paper]) -> Emerging:
    """The cluster with its phrases as papers write them; a further one that says nothing more then is left out."""
    mine = [papers[paper] for paper in cluster.papers]
    phrase, also = worded(cluster.phrase, mine) or cluster.phrase, []
    said = set(spell(phrase))
    for other in (worded(other, mine) or other for other in cluster.also):
        if not set(spell(other)) <= said:
            also.append(other)
            said.update(spell(other))
    return replace(cluster, phrase=phrase, also=tuple(also))


def _named(papers: Iterable[Paper]) -> set[str]:
    """The phrases that enough titles name: single words that are new, and pairs that are new or say something."""
    counts = Counter(term for paper in papers for term in PaperText(paper).title_terms)
    says = load_model().says
    named = {phrase for phrase, count in counts.items() if count >= LEAST_NAMED}
    return {
        phrase
        for phrase in named
        for said in (says(phrase),)
        if (said is None or (" " in phrase and said >= LEAST_SAID)) and not phrase.replace(" ", "").isdigit()
    }


def _subjects(papers: Iterable[Paper]) -> set[str]:
    """The single words of many titles that say something of a subject."""
    counts = Counter(term for paper in papers for term in PaperText(paper).title_terms if " " not in term)
    says = load_model().says
    often = {word for word, count in counts.items() if count >= LEAST_TITLES}
    return {word for word in often - _FASHIONS if (says(word) or 0) >= LEAST_SAID}


def _titled(papers: Iterable[Paper], words: set[str]) -> dict[str, list[str]]:
    """Which papers have each of `words` in their title."""
    found: dict[str, list[str]] = {word: [] for word in sorted(words)}
    for paper in papers:
        for word in PaperText(paper).title_terms & words:
            found[word].append(paper.id)
    return found


def _holders(papers: Iterable[Paper], phrases: set[str]) -> defaultdict[str, list[str]]:
    """Which papers have each phrase; those with it in their title first."""
    in_title: defaultdict[str, list[str]] = defaultdict(list)
    elsewhere: defaultdict[str, list[str]] = defaultdict(list)
    for paper in papers:
        text = PaperText(paper)
        for phrase in text.all_terms & phrases:
            (in_title if phrase in text.title_terms else elsewhere)[phrase].append(paper.id)
    both = {phrase: in_title[phrase] + elsewhere[phrase] for phrase in in_title | elsewhere}
    return defaultdict(list, both)


def _log_likelihood_ratio(hits: int, papers: int, hits_before: int, papers_before: int) -> float:
    """Twice the log of how much likelier two rates are than one."""
    shared = (hits + hits_before) / (papers + papers_before)

    def likelihood(found: int, among: int, rate: float) -> float:
        missed = among - found
        return (found * log(rate) if found else 0.0) + (missed * log(1 - rate) if missed else 0.0)

    apart = likelihood(hits, papers, hits / papers) + likelihood(
        hits_before, papers_before, hits_before / papers_before
    )
    return 2 * (apart - likelihood(hits, papers, shared) - likelihood(hits_before, papers_before, shared))
