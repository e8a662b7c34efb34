"""A reader's own order, from marks to the mail."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import pytest

from digest.deliver import deliver
from digest.site import Site
from digest.store import Store
from tests.cli.conftest import Command, record
from tests.deliver.sites import Sent
from tests.sources.test_zotero import LIBRARY

ADA = "ada@example.org"
SUBJECTS = ("speculative decoding", "GUI control", "web browsing")
BIBTEX = """
@article{a, title={Speculative decoding with drafts}, eprint={2401.00001}, archiveprefix={arXiv}}
@article{b, title={Speculative decoding on phones}, eprint={2401.00002}, archiveprefix={arXiv}}
@article{c, title={More speculative decoding}, eprint={2401.00003}, archiveprefix={arXiv}}
"""


@pytest.fixture
def reader(digest: Command, write_papers: Callable[..., str]) -> str:
    """A site with three papers of one topic, the third best, and a reader."""
    papers = [
        record(
            number,
            title=f"Tool use agents for {subject}",
            abstract="Agents use tools.",
            signals={"upvotes": 3 * number + 3},
        )
        for number, subject in enumerate(SUBJECTS, start=1)
    ]
    digest("ingest", write_papers(*papers))
    assert digest("subscribers", "add", ADA).code == 0
    return ADA


def test_marks_are_kept_listed_and_forgotten(digest: Command, reader: str) -> None:
    """The later wish for a paper holds; any spelling of an id is understood."""
    assert digest("marks", "add", reader, "2605.00001", "https://arxiv.org/abs/2605.00002v3").out.startswith("2 marked")
    digest("marks", "add", reader, "2605.00002", "--less", "--now", "2026-05-19")
    assert digest("marks", "list", reader).out == (
        "2026-05-18\tmore\tarxiv:2605.00001\tTool use agents for speculative decoding\n"
        "2026-05-19\tless\tarxiv:2605.00002\tTool use agents for GUI control\n"
    )
    data = digest("subscribers", "show", reader, "--json").document
    assert [(mark["paper"], mark["wish"]) for mark in data["marks"]] == [
        ("arxiv:2605.00001", "more"),
        ("arxiv:2605.00002", "less"),
    ]
    assert digest("marks", "remove", reader, "2605.00001").out == "1 forgotten\n"
    assert digest("marks", "remove", reader, "2605.00001").code == 1
    assert digest("marks", "remove", reader, "--all").out == "1 forgotten\n"
    assert digest("marks", "list", reader, "--json").document == {"personal": False, "marks": []}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", ADA, "2605.99999"), 1),
        (("add", "bo@example.org", "2605.00001"), 1),
        (("remove", ADA), 2),
        (("import", ADA, "missing.bib"), 1),
        (("on", "bo@example.org"), 1),
    ],
)
def test_what_cannot_be_marked_is_said(digest: Command, reader: str, words: tuple[str, ...], code: int) -> None:
    """Unknown papers, readers and files, in one line."""
    done = digest("marks", *words)
    assert (done.code, done.err.count("\n")) == (code, 1), reader


@pytest.mark.parametrize(
    ("content", "code", "marked", "unknown"),
    [
        (BIBTEX.encode(), 0, 3, []),
        (LIBRARY, 0, 3, []),
        (json.dumps([record(1)]).encode(), 0, 1, []),
        (b"2605.00001\nhttps://arxiv.org/abs/2605.00002\n\n2605.09999\n", 3, 2, ["2605.09999"]),
    ],
)
def test_a_library_is_a_beginning(
    digest: Command, reader: str, *, content: bytes, code: int, marked: int, unknown: list[str]
) -> None:
    """BibTeX, Zotero RDF, whatever can be ingested, and ids; its papers do not come into the digest."""
    done = digest("marks", "import", reader, "-", "--json", stdin=content)
    assert (done.code, done.document) == (code, {"marked": marked, "unknown": unknown, "set_aside": []})
    assert len(digest("papers", "--json").document) == 3


def test_what_a_library_has_wrong_is_said(digest: Command, reader: str) -> None:
    """The entry and its reason, with exit code 3; an empty file has none; control characters stay in the file."""
    done = digest("marks", "import", reader, "-", stdin=b"@article{broken, title={X")
    assert (done.code, "set aside: broken: the BibTeX entry does not end" in done.err) == (3, True)
    assert "no paper in it" in digest("marks", "import", reader, "-", stdin=b"\n").err
    assert "\x1b]0;title" not in digest("marks", "import", reader, "-", stdin=b"\x1b]0;title\x07").err


def test_digests_follow_the_marks_only_when_turned_on(digest: Command, reader: str, tmp_path: Path) -> None:
    """The reader's mail begins with what they keep and says why; everybody else's mail stays as it is."""
    (tmp_path / "library.bib").write_text(BIBTEX)
    digest("marks", "import", reader, "library.bib")
    digest("subscribers", "add", "bo@example.org")
    digest("marks", "on", reader)
    digest("publish")
    site, carrier = Site.open(tmp_path), Sent()
    with Store.open(site.database_url) as store:
        assert deliver(store, site, now=datetime(2026, 5, 19, 8, tzinfo=UTC), carrier=carrier).sent == 2
    for form in (0, 1):
        mine, everybodys = (shown(carrier, address, form) for address in (reader, "bo@example.org"))
        assert mine.index(SUBJECTS[0]) < mine.index(SUBJECTS[2])
        assert everybodys.index(SUBJECTS[2]) < everybodys.index(SUBJECTS[0])
        assert "because you kept 3 papers on speculative decoding" in mine
        assert "because you kept" not in everybodys


def shown(carrier: Sent, address: str, form: int) -> str:
    """What one reader was sent as text (0) or HTML (1), in one line, behind the subject."""
    (message,) = (message for message in carrier.messages if message["To"] == f"<{address}>")
    body = message.get_payload(form)
    assert isinstance(body, Message)
    written = body.get_payload(decode=True).decode()  # type: ignore[union-attr]
    return " ".join((written.partition("<main>")[2] or written).split())


def test_the_order_is_a_preference_to_set(digest: Command, reader: str) -> None:
    """`subscribers set` turns it on and off as `marks on` does; other words are refused, and `show` says it."""
    for word, on in (("on", True), ("off", False), ("on", True), ("", False)):
        assert digest("subscribers", "set", reader, f"personal={word}").code == 0
        assert digest("marks", "list", reader, "--json").document["personal"] is on
        assert ("personal  on, 0 marks" in digest("subscribers", "show", reader).out) is on
    done = digest("subscribers", "set", reader, "personal=perhaps")
    assert (done.code, done.err) == (1, "digest: personal: `perhaps` is not possible; write on or off\n")


def test_an_erased_reader_takes_the_marks_along(digest: Command, reader: str, tmp_path: Path) -> None:
    """Nothing of them stays in the database."""
    digest("marks", "add", reader, "2605.00001")
    digest("subscribers", "remove", reader, "--erase")
    with Store.open(Site.open(tmp_path).database_url) as store, store._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM marks").scalar() == 0
