"""Topics found beside: the same as those found here, whatever becomes of the process."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

import pytest

from digest.assigning import _WORDS, Assigner
from digest.curation.topics import Classifier
from digest.ingest.reader import Reader
from digest.models import Author, Paper, Rules, Signal, Topic
from digest.site import Site
from digest.sources import resolve
from digest.store import Store
from tests.builders import NOON, make_paper
from tests.test_ingest import item, write

WORDS = ("agents", "robot", "diffusion", "video", "protein", "speech", "code", "theorem", "planning", "retrieval")
OWN = (
    Topic(slug="people", title="People", order=900, rules=Rules(authors=("Grace Hopper",))),
    Topic(slug="loved", title="Loved", order=901, rules=Rules(min_upvotes=90)),
    Topic(slug="birds", title="Birds", description="Birdsong, flight and plumage.", order=902),
)


def paper(number: int) -> Paper:
    """A paper with words, people, categories and votes of its own."""
    words = [WORDS[(number * step + step) % len(WORDS)] for step in (1, 3, 7, 9, 11)]
    return make_paper(
        number,
        title=f"{words[0].title()} for {words[1]} number {number}",
        abstract=f"We study {words[2]} and {words[3]} with {words[4]}; " * 3,
        authors=(Author(name="Grace Hopper", organization="Navy" if number % 2 else None),) if number % 9 == 0 else (),
        categories=("cs.CL", "cs.RO")[: number % 3],
        keywords=(words[4],) * (number % 2),
        signals=(Signal(metric="upvotes", value=number % 100, observed_at=NOON, source="hf"),),
    )


@pytest.fixture(scope="module")
def topics(tmp_path_factory: pytest.TempPathFactory) -> tuple[Topic, ...]:
    """The shipped topics and some that the trained model does not know."""
    return (*Site.open(tmp_path_factory.mktemp("site")).topics(), *OWN)


@pytest.fixture
def assigner(topics: tuple[Topic, ...]) -> Iterator[Assigner]:
    """With a process beside."""
    with Assigner(topics, {}, beside=True) as opened:
        yield opened


def found_here(topics: Sequence[Topic], papers: Sequence[Paper]) -> list[object]:
    classifier = Classifier(topics)
    return [classifier.assign(one) for one in papers]


def test_topics_are_the_same_wherever_they_are_found(assigner: Assigner, topics: tuple[Topic, ...]) -> None:
    """Topics, confidence to the last bit and reasons, in the order of the papers; foreseen or not, in part or all."""
    papers = [paper(number) for number in range(900)]
    assigner.foresee(papers[:430])
    assert assigner._helper is not None
    found = assigner.assign(papers[:700]) + assigner.assign(papers[700:])
    assert found == found_here(topics, papers)
    assert len({one[0].topic for one in found}) > 5


def test_the_process_does_a_part_of_it(assigner: Assigner, topics: tuple[Topic, ...]) -> None:
    """What is foreseen is found while something else is done: here, while nobody asks."""
    papers = [paper(number) for number in range(400)]
    assigner.foresee(papers)
    parts = [part for part, _ in assigner._foreseen.values()]
    beside = [part.beside.result(60) for part in dict.fromkeys(parts)]
    assert [one for part in beside for one in part] == found_here(topics, papers)
    assert assigner.assign(papers) == found_here(topics, papers)
    assert "_classifier" not in vars(assigner)


def test_topics_depend_on_nothing_that_is_not_handed_over(topics: tuple[Topic, ...]) -> None:
    """The process is given what the classifier looks at, so that it never knows less than who asks."""
    looked_at: set[str] = set()

    class Watched(Paper):
        def __getattribute__(self, name: str) -> object:
            looked_at.add(name)
            return super().__getattribute__(name)

    plain = paper(9)
    watched = Watched(**{field.name: getattr(plain, field.name) for field in fields(Paper)})
    assert Classifier(topics).assign(watched) == Classifier(topics).assign(plain)
    assert looked_at - {"latest", "signals", "__class__"} <= {*_WORDS, "authors"}


def test_another_description_has_topics_of_its_own(assigner: Assigner, topics: tuple[Topic, ...]) -> None:
    """A foreseen paper that turns out to be known already is merged, and asked for as what it then is."""
    papers = [paper(number) for number in range(300)]
    assigner.foresee(papers)
    merged = [replace(one, title="Birdsong and the plumage of birds", abstract="Flight.") for one in papers]
    assert assigner.assign(merged) == found_here(topics, merged)


def test_few_papers_start_no_process(assigner: Assigner, topics: tuple[Topic, ...]) -> None:
    """Neither few at once nor few at a time."""
    for start in range(0, 600, 100):
        papers = [paper(number) for number in range(start, start + 100)]
        assigner.foresee(papers)
        assigner.forget(papers)
        assert assigner.assign(papers) == found_here(topics, papers)
    assert assigner._helper is None


def test_nothing_is_remembered_of_what_was_asked_for(assigner: Assigner) -> None:
    """So that a hundred thousand papers take no more memory than a few."""
    for start in range(0, 900, 300):
        assigner.assign([paper(number) for number in range(start, start + 300)])
        assert not assigner._foreseen


def test_when_the_process_dies_the_rest_is_found_here(
    assigner: Assigner, topics: tuple[Topic, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """Not a paper is without topics, those in its hands included, and the log says what happened."""
    papers = [paper(number) for number in range(900)]
    assigner.foresee(papers)
    assert assigner._helper is not None
    next(iter(assigner._foreseen.values()))[0].beside.result(60)
    os.kill(assigner._helper._process.process.pid, signal.SIGKILL)
    assert assigner.assign(papers) == found_here(topics, papers)
    more = [paper(number) for number in range(1000, 1300)]
    assert assigner.assign(more) == found_here(topics, more)
    assert caplog.text.count("it goes on without it") == 1


def test_where_there_can_be_no_process_all_is_found_here(
    assigner: Assigner, topics: tuple[Topic, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Such as when no more may be started."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    papers = [paper(number) for number in range(300)]
    assert assigner.assign(papers) == found_here(topics, papers)
    assert assigner._helper is None


def test_what_cannot_be_assigned_is_an_error_here_too(assigner: Assigner, capfd: pytest.CaptureFixture[str]) -> None:
    """An error in the process is not swallowed: it comes again where somebody sees it."""
    papers = [make_paper(number, title=None) for number in range(300)]
    assigner.foresee(papers)
    assert assigner._helper is not None
    assigner._helper._thread.join(60)
    with pytest.raises(AttributeError):
        assigner.assign(papers)
    assert "AttributeError" in capfd.readouterr().err


def test_leaving_it_ends_the_process(topics: tuple[Topic, ...]) -> None:
    """Whether or not everything was asked for."""
    with Assigner(topics, {}, beside=True) as assigner:
        assigner.foresee([paper(number) for number in range(2000)])
        helper = assigner._helper
    assert helper is not None
    assert helper._process.process.returncode is not None
    assert not helper._thread.is_alive()


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux tells of the end of a process that is no child")
def test_it_ends_with_its_parent() -> None:
    """Also where the parent is killed and could not say so."""
    code = """
import os, sys
from digest.assigning import _WORDS, Assigner
from tests.builders import make_paper
assigner = Assigner((), {}, beside=True)
assigner.foresee([make_paper(number) for number in range(50_000)])
print(assigner._helper._process.process.pid, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        process = os.pidfd_open(int(parent.stdout.readline()))
        try:
            assert not select.select([process], [], [], 0)[0]
            parent.kill()
            assert select.select([process], [], [], 30)[0]
        finally:
            os.close(process)


def test_ingest_loses_no_paper_when_the_process_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The papers of a folder are all stored, with the topics they would have had."""
    monkeypatch.setattr("digest.papers.has_cores", lambda: True)
    lists = tmp_path / "lists"
    lists.mkdir()
    for number in range(30):
        write(lists / f"{number:02}.json", *(item(number * 100 + one) for one in range(1, 51)))
    site = Site.open(tmp_path)
    with Store.open(site.database_url) as store, Reader(store, site, now=NOON) as reader:

        def kill(done: int, _total: int | None, _what: str) -> None:
            if done == 12:
                assert reader._made is not None
                assert reader._made._helper is not None
                os.kill(reader._made._helper._process.process.pid, signal.SIGKILL)

        tally = reader.read(resolve(str(lists)), progress=kill)
        known = store.unpublished()
    assert (tally.read, tally.new, tally.message, len(known)) == (1500, 1500, "", 1500)
    assert [one.assignments for one in known] == found_here(site.topics(), [one.paper for one in known])
