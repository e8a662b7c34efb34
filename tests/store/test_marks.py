"""What readers said of papers, on both databases."""

from __future__ import annotations

from datetime import timedelta

from digest.models import Mark, Subscriber
from digest.store import Store
from tests.builders import NOON, make_paper


def marked(number: int, wish: str = "more", hours: int = 0) -> Mark:
    """A mark of one paper."""
    paper = make_paper(number)
    return Mark(paper=paper, wish="less" if wish == "less" else "more", at=NOON + timedelta(hours=hours))


def test_marks_are_each_readers_own(any_store: Store) -> None:
    """Saved with the paper's words, replaced by a later wish, removed one by one or all, gone with the reader."""
    readers = [
        Subscriber(id=name, address=f"{name}@example.org", status="active", created_at=NOON) for name in ("ada", "bo")
    ]
    any_store.subscribers.add(readers)
    any_store.marks.save("ada", [marked(1), marked(2), marked(1, "less", 1)])
    any_store.marks.save("bo", [marked(1)])
    any_store.marks.save("ada", [marked(2, "more", 2)])
    mine = any_store.marks.of("ada")
    assert [(mark.paper.id[-1], mark.wish, mark.at - NOON) for mark in mine] == [
        ("1", "less", timedelta(hours=1)),
        ("2", "more", timedelta(hours=2)),
    ]
    assert (mine[0].paper.title, mine[0].paper.abstract) == (make_paper(1).title, make_paper(1).abstract)
    assert any_store.marks.remove("ada", ["arxiv:2605.00001", "arxiv:2605.00009"]) == 1
    assert len(any_store.marks.of("bo")) == 1
    any_store.subscribers.remove(readers[1])
    assert any_store.marks.of("bo") == ()
    assert any_store.marks.remove("ada") == 1
