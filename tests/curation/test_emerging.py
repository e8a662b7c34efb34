"""What is new this week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from digest.curation.digest import build_digest
from digest.curation.emerging import emerging, line, unnamed
from digest.curation.model import load_model
from digest.models import Emerging, Paper, Selection
from tests.builders import TOPICS, make_edition, make_entry, make_paper

TODAY = date(2026, 5, 18)


def listed(number: int, days_ago: int, title: str) -> Paper:
    """A paper of an earlier list."""
    return make_paper(number, title=title, abstract="", listed_on=TODAY - timedelta(days=days_ago))


def usual(count: int = 60) -> list[Paper]:
    """Four weeks and the last one, always the same two subjects."""
    subjects = ("Video diffusion", "Speech recognition")
    return [listed(number, 1 + number * 34 // count, f"{subjects[number % 2]} {number}") for number in range(count)]


def test_a_new_phrase_is_named_with_its_papers() -> None:
    """A name four papers suddenly use, and nobody before, emerges; what is always there does not."""
    fresh = [listed(100 + number, 1 + number, f"OpenClaw skills {number}") for number in range(4)]
    (found,) = emerging([*usual(), *fresh], TODAY)
    assert found.phrase == "OpenClaw skills"
    assert set(found.papers) == {paper.id for paper in fresh}
    assert line(found) == "4 papers this week, 0 in the 4 weeks before"


def test_a_phrase_is_named_as_papers_write_it() -> None:
    """Whole, where most have a word before or after it; as in sentences, where a title has capitals."""
    fresh = [
        make_paper(
            100 + number,
            title=f"Test-Time Training for Robots {number}",
            abstract="We study test-time training." if number else "",
            listed_on=TODAY - timedelta(days=1 + number),
        )
        for number in range(4)
    ]
    (found,) = emerging([*usual(), *fresh], TODAY)
    assert found.name == "test-time training"


def test_a_subject_of_many_titles_emerges_though_its_word_is_old() -> None:
    """By titles alone, and never a word that says nothing of a subject."""
    old = [make_paper(200 + number, title=f"Paper {number}", abstract="Memory, once more.") for number in range(9)]
    before = [replace(paper, listed_on=TODAY - timedelta(days=9)) for paper in old]
    fresh = [
        listed(100 + number, 1 + number % 5, f"Rethinking of {word} memory {number}")
        for number, word in enumerate(("Cheap", "Shared", "Long", "Short", "Wide", "Deep", "Lost"))
    ]
    (found,) = emerging([*usual(), *before, *fresh], TODAY)
    assert (found.name, found.before, len(found.papers)) == ("memory", 0, 7)


def test_known_words_that_say_nothing_do_not_emerge() -> None:
    """However many titles have the pair: the topic model knows it and both words, and none of them says much."""
    rows, says = load_model().rows, load_model().says
    pairs = ((term, *term.split()) for term in rows if " " in term)
    idle, *_ = min((pair for pair in pairs if rows.keys() >= set(pair)), key=lambda pair: (max(map(says, pair)), pair))
    fresh = [listed(100 + number, 1 + number % 5, f"{idle} {number}") for number in range(9)]
    assert emerging([*usual(), *fresh], TODAY) == ()
    assert emerging([*usual(), *(replace(paper, title=f"Zyzzyva {paper.title}") for paper in fresh)], TODAY)


def test_a_longer_form_of_what_was_named_is_not_named_again() -> None:
    """From one day to the next a phrase may gain or lose a word."""
    earlier = make_edition(1, emerging=(rose("AI coding", 9),))
    found = [rose("AI coding agents", 1), rose("coding", 2), rose("coding theory", 3)]
    assert unnamed(found, [earlier], earlier.dated_on, 9) == (found[2],)


def test_phrases_of_the_same_papers_are_one_cluster() -> None:
    """What five papers say in two ways is one thing that rose, named by both; their papers are named once."""
    fresh = [
        listed(100 + number, 1 + number, f"OpenClaw skills under harness engineering {number}") for number in range(5)
    ]
    (found,) = emerging([*usual(), *fresh], TODAY)
    said = set(found.name.replace(" / ", " ").split())
    assert {"OpenClaw", "skills", "harness", "engineering"} <= said
    assert 1 <= len(found.also) <= 2
    assert sorted(found.papers) == sorted(paper.id for paper in fresh)
    edition = make_edition(1, make_entry(1, "agents"), emerging=(found,), dated_on=TODAY)
    again = Emerging(phrase=found.also[0], papers=("a", "b", "c"), before=0, surprise=50.0)
    assert unnamed([again], [edition], TODAY, 3) == ()


def test_a_usual_week_is_quiet() -> None:
    """When nothing rose, nothing is said."""
    assert emerging(usual(), TODAY) == ()


def test_two_papers_are_no_trend() -> None:
    """Fewer than three papers are chance."""
    fresh = [listed(100 + number, 1, f"OpenClaw skills {number}") for number in range(2)]
    assert emerging([*usual(), *fresh], TODAY) == ()


def test_without_a_past_nothing_is_new() -> None:
    """In its first weeks a site has nothing to compare with."""
    fresh = [listed(number, 1, f"OpenClaw skills {number}") for number in range(9)]
    assert emerging(fresh, TODAY) == ()
    assert emerging([], TODAY) == ()


def test_papers_of_another_time_do_not_count() -> None:
    """Papers listed today or later, long ago, or never, are not looked at."""
    others = [listed(100 + number, days, f"OpenClaw skills {number}") for number, days in enumerate((0, -1, 99))]
    undated = make_paper(200, title="OpenClaw skills", listed_on=None)
    assert emerging([*usual(), *others, undated], TODAY) == ()


def rose(phrase: str, *numbers: int) -> Emerging:
    """A phrase of some papers."""
    return Emerging(
        phrase=phrase, papers=tuple(f"arxiv:2605.{number:05}" for number in numbers), before=0, surprise=9.0
    )


def test_what_an_edition_of_the_week_named_is_not_named_again() -> None:
    """It may be a week later; of what is left only the first few."""
    found = [rose("first", 1), rose("second", 2), rose("third", 3)]
    earlier = make_edition(1, emerging=(rose("first", 9),))
    day = earlier.dated_on
    assert unnamed(found, [earlier], day + timedelta(days=6), 1) == (found[1],)
    assert unnamed(found, [earlier], day + timedelta(days=7), 9) == tuple(found)


def test_a_digest_names_what_it_has_papers_of() -> None:
    """Newest first, each phrase once as recorded last, narrowed with the papers."""
    editions = [
        make_edition(1, make_entry(1, "agents"), emerging=(rose("tool skill", 1, 7), rose("other", 8))),
        make_edition(2, make_entry(2, "science"), emerging=(rose("protein folding", 2), rose("tool skill", 1))),
    ]
    everything = build_digest(editions, Selection(), TOPICS)
    narrowed = build_digest(editions, Selection(topics=("agents",)), TOPICS)
    assert [entry.phrase for entry in everything.emerging] == ["protein folding", "tool skill"]
    assert narrowed.emerging == (rose("tool skill", 1),)


def test_dates_at_random_are_quiet() -> None:
    """Many subjects that come and go by chance name nothing."""
    subjects = [f"subject{letter} method{letter}" for letter in "abcdefghijklmnopqrst"]
    papers = [listed(number, 1 + number * 17 % 35, subjects[number * 7 % 20]) for number in range(350)]
    assert emerging(papers, TODAY) == ()
