"""Editions: closed once, all or nothing, and the same ever after."""

from __future__ import annotations

from datetime import date

import pytest

from digest.errors import StoreError
from digest.models import Mail, Rejection, SourceRun, Variant, Verdict
from digest.store import Store
from tests.builders import NOON, make_edition, make_entry, make_paper
from tests.store.saving import save


def test_an_edition_comes_back_as_it_was_closed(any_store: Store) -> None:
    """Every field of an edition and its papers survives, whatever is learned of the papers later."""
    save(any_store, make_paper(1, upvotes=3), make_paper(2))
    edition = make_edition(
        1,
        make_entry(1, "agents", "code", upvotes=3),
        make_entry(2, reason="late"),
        verdict=Verdict.PARTIAL,
        verdicts=(("hf", Verdict.PARTIAL), ("arxiv:cs.CL", Verdict.FRESH)),
        note="*Hello*",
        withdrawn=("arxiv:2605.00009",),
    )
    any_store.save_edition(edition)
    save(any_store, make_paper(1, upvotes=50, venue="Learned later"))
    assert any_store.edition(1) == edition
    assert any_store.last_edition() == edition
    assert any_store.edition(2) is None


def test_closing_publishes_its_papers(any_store: Store) -> None:
    """The papers of an edition wait no longer; one that only came back keeps its first edition."""
    save(any_store, *(make_paper(number) for number in range(1, 5)))
    any_store.save_edition(make_edition(1, make_entry(1), make_entry(2)))
    any_store.save_edition(make_edition(2, make_entry(3), make_entry(1, reason="rising", previous=1)))
    assert [known.paper.id for known in any_store.unpublished()] == ["arxiv:2605.00004"]
    assert [known.edition for known in any_store.published(since=NOON.date())] == [1, 1, 2]
    assert [known.edition for known in any_store.published(since=date(2026, 5, 19))] == [2]
    assert [edition.number for edition in any_store.editions()] == [1, 2]
    assert [edition.number for edition in any_store.editions(first=2, last=7)] == [2]


@pytest.mark.parametrize("number", [1, 3])
def test_numbers_are_unique_and_consecutive(any_store: Store, number: int) -> None:
    """A second closer, and one that skips a number, is refused and stores nothing."""
    save(any_store, make_paper(1), make_paper(2))
    any_store.save_edition(make_edition(1, make_entry(1)))
    with pytest.raises(StoreError, match="another process closed edition 1"):
        any_store.save_edition(make_edition(number, make_entry(2)))
    assert [known.paper.id for known in any_store.unpublished()] == ["arxiv:2605.00002"]


def test_runs(any_store: Store) -> None:
    """The newest run of each source is known, and a run that says the same on the same day takes its place."""

    def run(source: str, hour: int, *, new: int = 0) -> SourceRun:
        at = NOON.replace(hour=hour)
        rejected = (Rejection(record="r", reason="no title"),)
        verdict = Verdict.FRESH if new else Verdict.QUIET
        return SourceRun(source=source, started_at=at, finished_at=at, verdict=verdict, new=new, rejected=rejected)

    for one in (run("hf", 8, new=2), run("hf", 9), run("hf", 10), run("-", 8)):
        any_store.save_run(one)
    assert any_store.last_runs() == (run("-", 8), run("hf", 10))
    assert any_store.runs("hf", NOON.replace(hour=0)) == (run("hf", 8, new=2), run("hf", 10))
    assert any_store.runs("hf", NOON.replace(hour=9)) == (run("hf", 10),)
    assert [(one.source, one.record, one.rejected_at.hour) for one in any_store.rejections()] == [
        ("-", "r", 8),
        ("hf", "r", 8),
    ]
    assert len(any_store.rejections("hf")) == 1


def test_what_is_remembered_for_others(any_store: Store) -> None:
    """Variants, validators, readings and the topics' fingerprint are kept."""
    variant = Variant(key="k", first=1, last=2, mail=Mail(subject="s", preheader="p", html="<p>", text="t"))
    any_store.save_variant(variant)
    any_store.save_variant(variant)
    assert (any_store.variant("k"), any_store.variant("none")) == (variant, None)
    any_store.save_validators("https://a.example/", etag='"1"', last_modified=None)
    any_store.save_validators("https://a.example/", etag='"2"', last_modified=None)
    assert any_store.validators("https://a.example/") == ('"2"', None)
    assert any_store.topics_fingerprint() == ""
    any_store.set_topics_fingerprint("a")
    any_store.set_topics_fingerprint("b")
    assert any_store.topics_fingerprint() == "b"
