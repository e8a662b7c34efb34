"""Archives (RFC 5005 §4): a feed that only grows, in documents of bounded size that stop changing."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.render.feeds.archive import MOST_ENTRIES, Document, documents

START = datetime(2026, 1, 1, tzinfo=UTC)


def moments(count: int, *, hours: int = 24 * 30) -> list[datetime]:
    """`count` moments, `hours` apart."""
    return [START + timedelta(hours=hours * number) for number in range(count)]


def by_name(count: int, size: int) -> dict[str, Document]:
    """The documents of a feed of `count` entries."""
    return {document.name: document for document in documents("all", moments(count), size)}


def test_a_short_feed_is_one_document() -> None:
    """What fits in the subscription document needs no archive."""
    (only,) = documents("all", moments(10), 10)
    assert (only.name, only.start, only.stop, only.paging.previous) == ("all", 0, 10, None)


def test_an_empty_feed_is_one_document() -> None:
    """Also a feed of nothing has its subscription document."""
    (only,) = documents("all", [], 10)
    assert (only.start, only.stop) == (0, 0)


def test_the_last_week_is_whole() -> None:
    """The subscription document holds all of the last seven days, however many they are, up to the limit."""
    assert documents("all", moments(500, hours=1), 10)[0].start == 500 - 24 * 7
    assert documents("all", moments(5000, hours=0), 10)[0].start == 5000 - MOST_ENTRIES


@given(count=st.integers(0, 300), more=st.integers(0, 100), size=st.integers(1, 40))
def test_full_archives_never_change(count: int, more: int, size: int) -> None:
    """Whatever is added later, an archive document keeps its entries, its links and its mark."""
    before, after = by_name(count, size), by_name(count + more, size)
    for name, document in before.items():
        if document.paging.archive:
            assert after[name] == document


@given(count=st.integers(0, 300), size=st.integers(1, 40), hours=st.integers(0, 100))
def test_the_chain_holds_every_entry(count: int, size: int, hours: int) -> None:
    """By prev-archive every entry is reached and the chain ends; every link leads to a document there is."""
    found = {document.name: document for document in documents("all", moments(count, hours=hours), size)}
    seen: set[int] = set()
    name: str | None = "all"
    visited: list[str] = []
    while name:
        assert name not in visited
        visited.append(name)
        seen |= set(range(found[name].start, found[name].stop))
        name = found[name].paging.previous
    assert seen == set(range(count))
    for document in found.values():
        assert {document.paging.previous, document.paging.following, document.paging.current} <= {None, *found}
