"""Words and phrases: what counts as the same spelling, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.curation.words import Passage, Phrases, singular, spell


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("agents", "agent"),
        ("llms", "llm"),
        ("policies", "policy"),
        ("losses", "loss"),
        ("benchmarks", "benchmark"),
        ("boxes", "box"),
        ("bias", "bia"),
        ("analysis", "analysis"),
        ("loss", "loss"),
        ("corpus", "corpus"),
        ("gas", "gas"),
    ],
)
def test_a_simple_plural_is_its_singular(word: str, expected: str) -> None:
    """Only simple English plurals are undone; what is undone wrongly is so on both sides of a comparison."""
    assert singular(word) == expected


def test_words_are_lower_case_and_parted_at_hyphens() -> None:
    """Full-width letters, capitals, hyphens and underscores do not matter; C++ and C# are words."""
    assert spell("Ｖision-Language_Models in C++ and C#!") == ["vision", "language", "model", "in", "c++", "and", "c#"]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("world model", "Scaling World Models"),
        ("world models", "a world model"),
        ("pre-training", "pretraining at scale"),
        ("pretraining", "Pre-Training at scale"),
        ("pre training", "pre\u2010training"),
        ("text-to-image", "text to image synthesis"),
        ("multiagent system", "multi-agent systems"),
        ("state space model", "State-Space-Models"),
        ("Gaussian splatting", "GAUSSIAN\nSPLATTING"),
        ("kv cache", "the KV-cache"),
    ],
)
def test_a_phrase_is_found_in_other_spellings(phrase: str, text: str) -> None:
    """Case, simple plurals and hyphens do not hide a phrase."""
    assert Phrases([phrase]).found(Passage(text)) == {phrase}


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("rag", "fragments of storage"),
        ("train", "training"),
        ("world model", "model of the world"),
        ("world model", "world, then models: world big model"),
        ("", "anything"),
        ("--", "a -- b"),
    ],
)
def test_a_phrase_is_not_found_in_parts_of_words(phrase: str, text: str) -> None:
    """Words are matched whole and next to each other."""
    assert Phrases([phrase]).found(Passage(text)) == set()


def test_phrases_spelled_alike_are_all_found() -> None:
    """Two topics may write the same keyword differently."""
    assert Phrases(["LLMs", "llm"]).found(Passage("An LLM")) == {"LLMs", "llm"}


@given(st.lists(st.text(alphabet="abcdef ghij-", min_size=1, max_size=12), max_size=6), st.text(max_size=80))
def test_a_phrase_put_into_a_text_is_found(phrases: list[str], text: str) -> None:
    """Whatever stands around it."""
    wanted = {phrase for phrase in phrases if spell(phrase)}
    assert wanted <= Phrases(phrases).found(Passage(f"{text} ; " + " ; ".join(phrases) + f" ; {text}"))


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), min_size=1, max_size=4))
def test_words_that_follow_one_another_are_found(text: list[str], wanted: list[str]) -> None:
    """A passage has exactly the runs of words that stand in it."""
    runs = [text[start : start + len(wanted)] for start in range(len(text))]
    assert Passage(" ".join(text)).has(wanted) == (wanted in runs)
