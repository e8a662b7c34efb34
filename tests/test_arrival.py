"""The order in which sources are read does not change what is known in the end: held through the real store."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.ingest import ingest
from digest.models import Paper, Query
from digest.site import Site
from digest.store import Store

START = datetime(2026, 5, 19, 9, tzinfo=UTC)
TITLES = [f"An invented paper whose title number {number} speaks for itself" for number in range(3)]
NAMES = {"arxiv": "2605.0000{}", "doi": "10.5555/invented.{}"}


def records() -> st.SearchStrategy[dict[str, Any]]:
    """A record of one of three papers: with an arXiv id, a DOI, both or only its title, and some of its fields."""
    return st.builds(
        make,
        number=st.integers(0, 2),
        names=st.sets(st.sampled_from(sorted(NAMES))),
        fields=st.fixed_dictionaries(
            {},
            optional={
                "abstract": st.sampled_from(["Short.", "Rather longer.", "Cut off …"]),
                "authors": st.sampled_from([["Ada Lovelace"], ["Ada Lovelace", "Emmy Noether"]]),
                "categories": st.sampled_from([["cs.LG"], ["cs.CL", "cs.LG"]]),
                "keywords": st.sampled_from([["agents"], ["agents", "tools"]]),
                "summary": st.sampled_from(["One line.", "Another line."]),
                "listed_on": st.sampled_from(["2026-05-18", "2026-05-19"]),
                "code_url": st.sampled_from(["https://github.com/a/b", "https://example.org/code"]),
                "version": st.integers(1, 3),
            },
        ),
        votes=st.none() | st.tuples(st.integers(0, 3), st.integers(0, 5)),
    )


def make(number: int, names: set[str], fields: dict[str, Any], votes: tuple[int, int] | None) -> dict[str, Any]:
    """The record; votes are a number and the hour it was counted."""
    record = {"title": TITLES[number], **fields}
    if "arxiv" in names:
        record["id"] = NAMES["arxiv"].format(number)
    if "doi" in names:
        record["doi"] = NAMES["doi"].format(number)
    if votes is not None:
        record["signals"] = [observed(*votes)]
    return record


def observed(votes: int, hour: int) -> dict[str, Any]:
    """An observation with a moment of its own."""
    return {"metric": "upvotes", "value": votes, "observed_at": (START + timedelta(hours=hour)).isoformat()}


@cache
def empty_database() -> bytes:
    """A database without papers; made once, because making one is slow."""
    with tempfile.TemporaryDirectory() as folder:
        Store.open(f"sqlite:///{folder}/digest.db").close()
        return (Path(folder) / "digest.db").read_bytes()


def known(readings: list[list[dict[str, Any]]]) -> list[Paper]:
    """What a fresh store knows after these readings, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site.open(Path(folder))
        (Path(folder) / "digest.db").write_bytes(empty_database())
        with Store.open(site.database_url) as store:
            for number, reading in enumerate(readings):
                path = Path(folder) / "list.jsonl"
                path.write_text("".join(json.dumps(record) + "\n" for record in reading))
                ingest(store, [str(path)], site=site, now=START + timedelta(days=1, hours=number))
            return [one.paper for one in store.find_papers(Query())]


def plain(papers: list[Paper]) -> list[Paper]:
    """Papers in the order of their ids."""
    return sorted(papers, key=lambda paper: paper.id)


@settings(max_examples=40)
@given(st.data(), st.lists(records(), min_size=1, max_size=6))
def test_the_order_of_arrival_does_not_matter(data: st.DataObject, given_records: list[dict[str, Any]]) -> None:
    """Any order, any division into readings and any repetition gives the same papers: ids, names, fields, signals."""
    shuffled = data.draw(st.permutations(given_records))
    cuts = data.draw(st.lists(st.integers(0, len(shuffled)), max_size=3).map(sorted))
    edges = [0, *cuts, len(shuffled)]
    parts = [shuffled[start:end] for start, end in pairwise(edges) if end > start]
    once, apart = known([given_records]), known([*parts, parts[0]])
    assert plain(apart) == plain(once)
    assert len(once) == len({paper.id for paper in once}) == len({paper.title for paper in once})


@settings(max_examples=15)
@given(st.permutations(range(6)), st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_observations_may_arrive_in_any_order(order: list[int], values: list[int]) -> None:
    """What was observed at a moment is told of it, also where values repeat and one between them comes last."""
    records = [make(0, {"arxiv"}, {}, (value, hour)) for hour, value in enumerate(values)]
    (paper,) = known([[records[hour]] for hour in order])
    assert [signal.value for signal in paper.signals] == values
    assert [signal.observed_at for signal in paper.signals] == [START + timedelta(hours=hour) for hour in range(6)]
