"""Judging the morning order against the evening order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from digest.curation.foresight import evaluate_trend, mornings, ndcg, spearman
from digest.curation.traffic import parse_readings, parse_signals
from tests.builders import make_paper

IDS = [f"2605.0000{number}" for number in range(1, 7)]
PAPERS = {paper.id: paper for paper in (make_paper(number, title="x") for number in range(1, 7))}
DAY = "2026-05-18"
NOTHING = {"unknown_papers": 0, "late_papers": 0, "papers_off_the_page": 0, "small_days": 0}


def count(upvotes: int, at: str = "09:00", day: str = DAY) -> dict[str, Any]:
    """One entry of `api`."""
    return {"at": f"{day}T{at}:00Z", "list_date": day, "upvotes": upvotes}


def reading(at: str, order: list[str]) -> dict[str, Any]:
    """One line of page_order.jsonl."""
    return {"seen_at": f"{at}Z", "order": order}


def judge(signals: dict[str, list[dict[str, Any]]], readings: Iterable[dict[str, Any]]) -> Any:
    """The report on six known papers."""
    lines = "\n".join(json.dumps({"id": name, "api": seen}) for name, seen in signals.items())
    orders = "\n".join(map(json.dumps, readings))
    pages = parse_readings(orders).found
    return evaluate_trend(mornings(PAPERS, parse_signals(lines).found, pages), pages)


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
    assert ndcg([3, 2, 1], [3, 2, 1]) == 1.0
    assert ndcg([3, 2, 1], [1, 2, 3]) < ndcg([3, 2, 1], [2, 3, 1]) < 1.0
    assert ndcg(range(11, 0, -1), [0] * 10 + [1]) == 0.0


def test_ties_are_worth_the_mean_of_all_their_orders() -> None:
    """How a tie is broken neither helps nor harms: the value is the mean over every order of the papers that tie."""
    worths = [0.25, 1.0, 0.5, 0.75]
    orders = [(4, *order) for order in permutations((3, 2, 1))]
    assert ndcg([2, 1, 1, 1], worths) == pytest.approx(sum(ndcg(order, worths) for order in orders) / len(orders))


def test_a_day_is_judged_by_the_last_reading_of_the_day_after() -> None:
    """Morning votes that foresee the evening's order exactly are worth one on both scales."""
    readings = [
        reading(f"{DAY}T09:30:00", IDS[::-1]),
        reading(f"{DAY}T15:00:00", IDS[::-1]),
        reading(f"{DAY}T21:00:00", [*IDS, "2605.99999"]),
        reading("2026-05-20T09:00:00", IDS[::-1]),
    ]
    report = judge({name: [count(10 - number)] for number, name in enumerate(IDS)}, readings)
    best = {"spearman": 1.0, "ndcg_at_10": 1.0}
    used = {"days": 1, "papers": 6, "hours_later": 12.0}
    assert report == best | used | {"baseline": best, "left_out": NOTHING | {"days_without_later_order": 0}}


def test_later_counts_do_not_exist_in_the_morning() -> None:
    """A count of the evening changes neither order, and one within the morning is the newer."""
    readings = [reading(f"{DAY}T21:00:00", IDS)]
    morning = {name: [count(25 - 4 * number)] for number, name in enumerate(IDS)}
    evening = {name: [*seen, count(number, "20:00")] for number, (name, seen) in enumerate(morning.items())}
    assert judge(evening, readings) == judge(morning, readings)
    again = {name: [count(number, "08:00"), *seen] for number, (name, seen) in enumerate(morning.items())}
    assert judge(again, readings) == judge(morning, readings)
    night = morning | {IDS[0]: [count(1, "01:00"), *morning[IDS[0]]]}
    assert judge(night, readings) == judge(morning, readings)


def test_a_page_before_the_morning_says_since_when_a_paper_is_listed() -> None:
    """Of papers with as many votes those that were not yet listed some hours ago come first, and rightly here."""
    signals = {name: [count(5)] for name in IDS}
    evening = reading(f"{DAY}T18:00:00", IDS)
    report = judge(signals, [reading(f"{DAY}T06:00:00", IDS[3:]), evening])
    assert report["spearman"] > report["baseline"]["spearman"] == 0.0
    assert report["ndcg_at_10"] > report["baseline"]["ndcg_at_10"]
    assert judge(signals, [reading(f"{DAY}T06:00:00", IDS), evening])["spearman"] == 0.0


def test_what_is_left_out_is_counted() -> None:
    """Papers that are not known, counted late or off the page; small days, and those nobody looked at later."""
    signals = {name: [count(10 - number)] for number, name in enumerate(IDS)}
    signals[IDS[5]] = [count(50, "14:00")]
    signals["2605.77777"] = [count(3), count(3, day="2026-05-12")]
    for name in IDS[:5]:
        signals[name].append(count(1, day="2026-05-22"))
    report = judge(signals, [reading(f"{DAY}T18:00:00", IDS), reading(f"{DAY}T06:00:00", IDS)])
    assert report["days"] == 1
    assert report["papers"] == 5
    left_out = NOTHING | {"unknown_papers": 2, "late_papers": 1, "small_days": 1, "days_without_later_order": 1}
    assert report["left_out"] == left_out
    shown = judge({name: [count(5)] for name in IDS}, [reading(f"{DAY}T18:00:00", IDS[:5])])
    assert shown["left_out"]["papers_off_the_page"] == 1


def test_a_folder_that_was_never_looked_at_later_judges_nothing() -> None:
    """Every reading before the morning, or none: no day, and both measures are 0."""
    signals = {name: [count(5)] for name in IDS}
    for readings in ([reading(f"{DAY}T06:00:00", IDS)], []):
        report = judge(signals, readings)
        assert (report["days"], report["spearman"], report["ndcg_at_10"]) == (0, 0.0, 0.0)
        assert report["left_out"]["days_without_later_order"] == 1


def test_a_paper_on_two_lists_is_judged_on_each() -> None:
    """Each list day knows what was counted for it."""
    days = (DAY, "2026-05-25")
    signals = {name: [count(10 - number, day=day) for day in days] for number, name in enumerate(IDS)}
    report = judge(signals, [reading(f"{day}T18:00:00", IDS) for day in days])
    assert (report["days"], report["papers"], report["spearman"]) == (2, 12, 1.0)


def test_trend_foresees_better_than_votes_alone(shared_data: Path) -> None:
    """On the development days the morning order is nearer the evening's than raw upvotes are, in either half."""
    papers = {}
    for path in sorted((shared_data / "hf_daily").glob("20*.json")):
        for item in json.loads(path.read_text(encoding="utf-8")):
            published = datetime.fromisoformat(item["paper"]["publishedAt"]).astimezone(UTC)
            name = f"arxiv:{item['paper']['id']}"
            papers[name] = make_paper(1, id=name, published_at=published)
    folder = shared_data / "traffic"
    readings = parse_readings((folder / "page_order.jsonl").read_text(encoding="utf-8")).found
    known = mornings(papers, parse_signals((folder / "signals.jsonl").read_text(encoding="utf-8")).found, readings)
    for days in (known, known[: len(known) // 2], known[len(known) // 2 :]):
        report = evaluate_trend(days, readings)
        baseline = report["baseline"]
        assert isinstance(baseline, dict)
        assert report["ndcg_at_10"] > baseline["ndcg_at_10"]
        assert report["spearman"] >= baseline["spearman"]
