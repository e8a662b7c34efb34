"""The offline recipe on a small made-up literature."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import date

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from digest.curation.labels import Label
from digest.curation.model import TopicModel, parse_model
from digest.curation.terms import PaperText
from digest.errors import SettingsError
from digest.models import Paper, Rules, Topic
from tests.builders import make_paper

pytest.importorskip("sklearn", reason="training needs the extra `train`")

from digest.training.export import export
from digest.training.fit import build_corpus, fit
from digest.training.offsets import fit_offsets
from digest.training.titles import taught_by_titles
from digest.training.train import Material, Trained, train
from digest.training.vectors import parted

WORDS = {
    "audio": "speech voice music singer melody sound acoustic phoneme",
    "code": "program compiler bug repository software test function debugging",
    "science": "protein molecule cell drug patient clinical genome disease",
}
COMMON = ("study", "large", "data", "learning", "better", "neural")
CATEGORIES = {"audio": "cs.SD", "code": "cs.SE", "science": "q-bio.BM"}
TOPICS = [Topic(slug=slug, title=slug, rules=Rules(any=tuple(words.split()[:2]))) for slug, words in WORDS.items()]


def paper(number: int, slug: str) -> Paper:
    """A paper made of the words of a topic and of words everybody uses."""
    chance = random.Random(number)  # noqa: S311 - nothing secret
    own = WORDS[slug].split()
    title = " ".join(chance.sample(own, 2))
    abstract = " ".join([*chance.sample(own, 3), *chance.sample(COMMON, 4)])
    return make_paper(number, title=title, abstract=abstract, categories=(CATEGORIES[slug],), keywords=())


SLUGS = [list(WORDS)[number % 3] for number in range(240)]
PAPERS = [paper(number, slug) for number, slug in enumerate(SLUGS)]
OTHERS = [paper(number, list(WORDS)[number % 3]) for number in range(300, 360)]


@pytest.fixture(scope="module")
def trained() -> Trained:
    """The recipe on half judged, half further labels."""
    labels = {known.id: Label(slug) for known, slug in zip(PAPERS, SLUGS, strict=True)}
    judged = dict(list(labels.items())[:120])
    material = Material({known.id: known for known in PAPERS}, judged, labels, OTHERS)
    return train(material, TOPICS, trained_on=date(2026, 5, 18))


@pytest.fixture(scope="module")
def model(trained: Trained) -> TopicModel:
    """What the run time reads of it."""
    return parse_model(json.loads(trained.model))


def test_the_run_time_computes_what_was_fitted() -> None:
    """The exported whole numbers give the margins of scikit-learn's matrices, but for rounding."""
    corpus = build_corpus(PAPERS, SLUGS, OTHERS)
    fitted = fit(corpus, np.arange(len(PAPERS)))
    plain = parse_model(json.loads(export(fitted, {})))
    assert plain.topics == fitted.topics
    for known, margins in zip(PAPERS, fitted.margins(PAPERS), strict=True):
        assert plain.margins(PaperText(known)) == pytest.approx(tuple(margins), abs=0.02)


def test_new_papers_find_their_topic(model: TopicModel) -> None:
    """Papers nobody labelled, without categories, are placed by their words."""
    for number in range(400, 430):
        slug = list(WORDS)[number % 3]
        text = PaperText(make_paper(1, title=paper(number, slug).title, abstract=paper(number, slug).abstract))
        margins = dict(zip(model.topics, model.margins(text), strict=True))
        assert max(margins, key=lambda topic: margins[topic]) == slug


def test_a_category_that_leaves_no_choice_teaches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers of a category for one topic are learned from, also those that no labelled paper is like."""
    monkeypatch.setattr("digest.training.fit.SURE_PER_TOPIC", 0)
    foreign = [
        make_paper(number, title="Whale song", abstract="Sonar of humpbacks", categories=("cs.SD",))
        for number in range(400, 430)
    ]
    fitted = fit(build_corpus(PAPERS, SLUGS, foreign), np.arange(len(PAPERS)))
    weights = fitted.weights[:, fitted.vocabulary.terms.index("sonar")]
    assert fitted.topics[weights.argmax()] == "audio"
    assert weights.max() > 0


def test_a_topic_given_too_seldom_is_raised() -> None:
    """Of papers whose margins leave two topics open, most are of the second: it gains on the first, within reason."""
    margins = np.tile([0.1, 0.0, -1.0], (40, 1))
    right = np.array([1] * 30 + [0] * 10)
    offsets = fit_offsets(margins, np.zeros_like(margins), right)
    assert (margins[0] + offsets).argmax() == 1
    assert np.abs(offsets).max() < 0.5


def test_a_topic_a_model_does_not_know_stays_unknown() -> None:
    """Minus infinity for a margin, in a fold without any paper of the topic, leaves the other offsets finite."""
    margins = np.tile([0.1, 0.0, -np.inf], (20, 1))
    offsets = fit_offsets(margins, np.zeros_like(margins), np.array([0, 1, 1, 2] * 5))
    assert np.isfinite(offsets).all()
    assert offsets[1] > offsets[0]


def test_offsets_become_part_of_the_bias() -> None:
    """Every margin of a raised model is higher by its topic's offset."""
    fitted = fit(build_corpus(PAPERS, SLUGS, []), np.arange(len(PAPERS)), None)
    raised = fitted.raised(np.array([0.1, -0.2, 0.0]))
    assert raised.margins(PAPERS[:2]) - fitted.margins(PAPERS[:2]) == pytest.approx(np.tile([0.1, -0.2, 0.0], (2, 1)))


def test_the_report_compares_with_simpler_ways(trained: Trained) -> None:
    """The same papers and folds for rules, plain TF-IDF, and the model with ever more labels."""
    assert {"rules", "plain TF-IDF", "model", "model and rules", "model, 10% of the labels"} <= set(trained.report)
    assert all(numbers["papers"] == 120 for numbers in trained.report.values())
    assert trained.report["model and rules"]["accuracy"] == 1.0


def test_the_files_say_where_they_come_from(trained: Trained, model: TopicModel) -> None:
    """Both carry their provenance; vectors have a place for every word."""
    assert model.provenance["trained_on"] == "2026-05-18"
    assert model.provenance["labelled_papers"] == 240
    vectors = json.loads(trained.vectors)
    assert vectors["provenance"] == model.provenance
    assert len({len(place) for place in vectors["places"].values()}) == 1


def test_titles_teach_where_their_terms_lie() -> None:
    """A word that stands in titles, and those the papers then have, come together; others stay as far apart."""
    titles = csr_matrix(np.tile([[1, 1, 0, 0], [0, 0, 1, 1]], (20, 1)) @ np.eye(4, 24))
    rests = csr_matrix(np.tile(np.repeat(np.eye(2), 10, axis=1), (20, 1)) @ np.eye(20, 24, k=4))
    places = np.random.default_rng(1).normal(size=(24, 8))

    def own_and_other(places: np.ndarray) -> tuple[float, float]:
        title, own, other = places[:2].sum(axis=0), places[4:14].sum(axis=0), places[14:].sum(axis=0)
        length = np.linalg.norm
        return title @ own / length(title) / length(own), title @ other / length(title) / length(other)

    before, after = own_and_other(places), own_and_other(taught_by_titles(places, titles, rests))
    assert after[0] > before[0]
    assert after[0] - after[1] > before[0] - before[1]
    assert np.array_equal(taught_by_titles(places, titles, rests), taught_by_titles(places, titles, rests))


def test_titles_are_told_from_the_rest() -> None:
    """By the value of a term a paper's row says whether it stands in the title."""
    corpus = build_corpus(PAPERS, SLUGS, [])
    titles, rests = parted(corpus.bare, corpus.vocabulary)
    for row, known in enumerate(PAPERS[:20]):
        text, names = PaperText(known), np.array(corpus.vocabulary.terms)
        elsewhere = text.all_terms - text.title_terms - set(text.categories)
        assert set(names[titles[row].indices]) == text.title_terms & set(names)
        assert set(names[rests[row].indices]) == elsewhere & set(names)


def test_nothing_at_run_time_needs_scikit_learn() -> None:
    """The classifier works without importing numpy, scipy or scikit-learn."""
    check = (
        "import sys; from digest.curation.topics import Classifier; from digest.models import Paper, Topic;"
        "Classifier([Topic(slug='mine', title='Mine')]).assign(Paper(id='x', title='A study'));"
        "print({'numpy', 'scipy', 'sklearn', 'digest.training'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_two_topics_are_too_few() -> None:
    """One against the rest needs a rest."""
    with pytest.raises(SettingsError, match="three topics"):
        build_corpus(PAPERS[:2], SLUGS[:2], [])
