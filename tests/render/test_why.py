"""The line "why" says why a paper is there, and nothing that its counts say beside it."""

from datetime import timedelta

import pytest

from digest.curation.trend import trend
from digest.models import Assignment, EditionPaper, Signal
from digest.render.view import view_paper
from tests.builders import NOON, make_paper


@pytest.mark.parametrize(
    ("upvotes", "before", "comments", "stars", "why"),
    [
        (None, None, 0, 0, "“agent” in the source’s keywords"),
        (1, None, 0, 0, "“agent” in the source’s keywords"),
        (106, None, 2, 1_834, "“agent” in the source’s keywords"),
        (106, 106, 1, 1, "“agent” in the source’s keywords"),
        (1_106, 94, 2, 8, "“agent” in the source’s keywords; +1,012 upvotes since yesterday"),
        (2, 1, 0, 8, "“agent” in the source’s keywords; +1 upvote since yesterday"),
    ],
)
def test_why(upvotes: int | None, before: int | None, comments: int, stars: int, why: str) -> None:
    """Of what the score says, only the growth is added: votes, comments and stars stand in the line of counts."""
    values = {"upvotes": upvotes, "comments": comments, "github_stars": stars}
    signals = [Signal(metric=metric, value=value, observed_at=NOON) for metric, value in values.items() if value]  # type: ignore[arg-type]
    if before is not None:
        signals.append(Signal(metric="upvotes", value=before, observed_at=NOON - timedelta(days=1)))
    paper = make_paper(1, signals=tuple(signals))
    assignment = Assignment(topic="agents", confidence=0.9, why='"agent" in the source\'s keywords')
    entry = EditionPaper(paper=paper, assignments=(assignment,), score=trend(paper, NOON))
    view = view_paper(entry, rank=1)
    assert why == view.why
    assert [count.value for count in view.counts] == [value for value in values.values() if value]
