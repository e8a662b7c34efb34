"""How well assigned topics agree with labels: the numbers of `digest topics evaluate`.

*Accuracy* counts the papers whose primary topic is the label's, *acceptable* those whose primary topic is the label's
primary or a secondary one, *macro-F1* is the mean F1 of the topics that have at least `LEAST_PAPERS` labelled papers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from digest.curation.categories import topics_of_category
from digest.curation.labels import Label
from digest.curation.topics import Classifier
from digest.models import Paper

LEAST_PAPERS = 5


def judge(assigned: Mapping[str, str], labels: Mapping[str, Label]) -> dict[str, object]:
    """The report on the papers that have both an assigned primary topic and a label, as plain JSON values.

    Keys: `papers`, `without_paper` (labels nothing was assigned for), `accuracy`, `acceptable`, `macro_f1`,
    `per_topic` (slug → `papers`, `precision`, `recall`, `f1`), `confusions` (the commonest mistakes, most first),
    `matrix` (right primary topic → topic assigned → papers).
    """
    pairs = [(labels[paper], topic) for paper, topic in assigned.items() if paper in labels]
    right = Counter(label.primary for label, topic in pairs)
    given = Counter(topic for _, topic in pairs)
    hits = Counter(topic for label, topic in pairs if topic == label.primary)
    per_topic = {topic: _quality(right[topic], given[topic], hits[topic]) for topic in sorted(right | given)}
    counted = [per_topic[topic]["f1"] for topic in right if right[topic] >= LEAST_PAPERS]
    cells = Counter((label.primary, topic) for label, topic in pairs)
    mistakes = Counter({(label, topic): count for (label, topic), count in cells.items() if label != topic})
    return {
        "papers": len(pairs),
        "without_paper": len(labels) - len(pairs),
        "accuracy": _share(hits.total(), len(pairs)),
        "acceptable": _share(sum(topic in label.acceptable for label, topic in pairs), len(pairs)),
        "macro_f1": round(sum(counted) / len(counted), 4) if counted else 0.0,
        "per_topic": per_topic,
        "confusions": [
            {"label": label, "assigned": topic, "papers": count}
            for (label, topic), count in sorted(mistakes.items(), key=lambda entry: (-entry[1], entry[0]))[:20]
        ],
        "matrix": {
            label: {topic: cells[label, topic] for topic in sorted(given) if cells[label, topic]}
            for label in sorted(right)
        },
    }


def evaluate_topics(classifier: Classifier, papers: Iterable[Paper], labels: Mapping[str, Label]) -> dict[str, object]:
    """`judge` what the classifier makes of those of `papers` that have a label."""
    named = {alias: paper for paper in papers for alias in (paper.id, *paper.aliases) if alias in labels}
    return judge({name: classifier.assign(paper)[0].topic for name, paper in named.items()}, labels)


def evaluate_by_category(classifier: Classifier, papers: Iterable[Paper]) -> dict[str, object]:
    """`judge` by `digest.curation.categories`: any topic of the paper's primary arXiv category is right.

    `without_label` counts the papers that are left out, because their category says nothing or there is none.

    The classifier does not see the categories. A wrongly placed paper counts for the topic, of those that were right,
    that the classifier thought likeliest.
    """
    assigned, labels, left_out = {}, {}, 0
    for paper in papers:
        right = topics_of_category(paper.categories[0]) if paper.categories else frozenset()
        if not right:
            left_out += 1
            continue
        ranked = [topic for topic, _ in classifier.rank(replace(paper, categories=()))]
        assigned[paper.id] = ranked[0]
        labels[paper.id] = Label(next(topic for topic in (*ranked, *sorted(right)) if topic in right), right)
    return judge(assigned, labels) | {"without_label": left_out}


def _quality(right: int, given: int, hits: int) -> dict[str, float]:
    return {
        "papers": right,
        "precision": _share(hits, given),
        "recall": _share(hits, right),
        "f1": _share(2 * hits, right + given),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
