"""Judging the morning order against the evening order."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.curation.foresight import evaluate_trend, mornings, ndcg, parse_readings, parse_signals, spearman
from digest.errors import SettingsError
from tests.builders import make_paper


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1, 2, 3], [10, 20, 30], 1.0),
        ([1, 2, 3], [3, 2, 1], -1.0),
        ([1, 1, 2], [1, 1, 2], 1.0),
        ([1, 2, 2, 3], [1, 2, 3, 4], 0.9487),
        ([5, 5, 5], [1, 2, 3], 0.0),
    ],
)
def test_spearman_shares_the_rank_of_ties(first: list[float], second: list[float], expected: float) -> None:
    """The usual definition: Pearson's correlation of the ranks."""
    assert spearman(first, second) == pytest.approx(expected, abs=1e-4)


def test_ndcg_rewards_the_best_first() -> None:
    """The best order is worth one, and what stands after the tenth place counts for nothing."""
    assert ndcg([3, 2, 1]) == 1.0
    assert ndcg([1, 2, 3]) < ndcg([2, 3, 1]) < 1.0
    assert ndcg([0] * 10 + [1]) == 0.0


def test_a_day_is_judged_by_the_last_reading_of_the_day_after() -> None:
    """Morning votes that foresee the evening's order exactly are worth one on both scales."""
    ids = [f"2605.0000{number}" for number in range(6)]
    votes = {name: 10 - number for number, name in enumerate(ids)}
    signals = "\n".join(
        json.dumps({"id": name, "api": [{"at": "2026-05-18T09:00:00Z", "list_date": "2026-05-18", "upvotes": count}]})
        for name, count in votes.items()
    )
    readings = [
        {"seen_at": "2026-05-18T09:30:00Z", "order": ids[::-1]},
        {"seen_at": "2026-05-18T15:00:00Z", "order": ids[::-1]},
        {"seen_at": "2026-05-18T21:00:00Z", "order": [*ids, "2605.99999"]},
        {"seen_at": "2026-05-20T09:00:00Z", "order": ids[::-1]},
    ]
    papers = {paper.id: paper for paper in (make_paper(number, title="x") for number in range(6))}
    known = mornings(papers, parse_signals(signals))
    report = evaluate_trend(known, parse_readings("\n".join(json.dumps(reading) for reading in readings)))
    best = {"spearman": 1.0, "ndcg_at_10": 1.0}
    assert report == {"days": 1, **best, "baseline": best}


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        "3",
        '{"seen_at": "2026-05-18T09:00:00Z"}',
        '{"seen_at": "yesterday", "order": []}',
        '{"seen_at": "2026-05-18T09:00:00", "order": []}',
        '{"seen_at": "2026-05-18T09:00:00Z", "order": null}',
    ],
)
def test_a_broken_line_is_named(text: str) -> None:
    """The error says which line of which file, and what it lacks."""
    with pytest.raises(SettingsError, match=r"page_order\.jsonl, line 1: "):
        parse_readings(text)


@pytest.mark.parametrize(
    "seen",
    [
        '{"at": "2026-05-18T09:00:00Z"}',
        '{"at": "2026-05-18T09:00:00Z", "list_date": "Monday"}',
        '{"at": "2026-05-18T09:00:00Z", "list_date": "2026-05-18", "upvotes": "many"}',
        "null",
    ],
)
def test_a_broken_signal_is_named(seen: str) -> None:
    """A day, a moment or a count that is none."""
    with pytest.raises(SettingsError, match=r"signals\.jsonl, line 2: "):
        parse_signals(f'{{"id": "2605.00001", "api": []}}\n{{"id": "2605.00002", "api": [{seen}]}}')


def test_a_paper_nobody_voted_for_has_no_votes() -> None:
    """A count of 0 is an observation, so GitHub stars do not stand in for it; what a line leaves out is unknown."""
    seen = {"at": "2026-05-18T09:00:00Z", "list_date": "2026-05-18", "upvotes": 0, "github_stars": 900}
    signals = parse_signals(json.dumps({"id": "2605.00001", "api": [seen]}))
    assert [(signal.metric, signal.value) for signal in next(iter(signals.values()))] == [
        ("upvotes", 0),
        ("github_stars", 900),
    ]


def test_trend_foresees_better_than_votes_alone(shared_data: Path) -> None:
    """On the development days the morning order is nearer the evening's than raw upvotes are, in either half."""
    papers = {}
    for path in sorted((shared_data / "hf_daily").glob("20*.json")):
        for item in json.loads(path.read_text(encoding="utf-8")):
            published = datetime.fromisoformat(item["paper"]["publishedAt"]).astimezone(UTC)
            name = f"arxiv:{item['paper']['id']}"
            papers[name] = make_paper(1, id=name, published_at=published)
    folder = shared_data / "traffic"
    known = mornings(papers, parse_signals((folder / "signals.jsonl").read_text(encoding="utf-8")))
    readings = parse_readings((folder / "page_order.jsonl").read_text(encoding="utf-8"))
    for days in (known, known[: len(known) // 2], known[len(known) // 2 :]):
        report = evaluate_trend(days, readings)
        baseline = report["baseline"]
        assert isinstance(baseline, dict)
        assert report["ndcg_at_10"] > baseline["ndcg_at_10"]
        assert report["spearman"] >= baseline["spearman"]
