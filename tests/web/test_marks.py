"""Facts about the page of a reader's marks: the list, adding, libraries, taking along, forgetting, on and off."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from digest.models import Mark
from digest.subscribe import revoke_links
from digest.web.guard import MAX_BODY, MAX_UPLOAD
from tests.builders import make_paper
from tests.cli.test_marks import BIBTEX
from tests.sources.test_zotero import LIBRARY
from tests.web.conftest import NOW, Running
from tests.web.test_marking import paper_of, wishes

IDS = "2605.99991\nhttps://arxiv.org/abs/2605.99992\n"


def page_of(web: Running, reader: object) -> str:
    """The path of a reader's marks."""
    return f"{web.path('preferences', reader)}/marks"


def marked(web: Running, reader: str, count: int) -> None:
    """So many marks, one a minute."""
    marks = [Mark(paper=make_paper(number), wish="more", at=NOW + timedelta(minutes=number)) for number in range(count)]
    web.store.marks.save(reader, marks)


def test_the_newest_come_first_and_page_by_page(web):
    """Fifty on a page; every mark is on exactly one."""
    reader = web.reader()
    marked(web, reader.id, 120)
    path, titles = page_of(web, reader), []
    page = web.client.get(path).text
    assert "120 papers" in page
    while True:
        titles += re.findall(r"Paper number (\d+)<", page)
        older = re.search(r'href="[^"]*(\?start=\d+)">Older', page)
        if older is None:
            break
        page = web.client.get(path + older[1]).text
    assert titles == [str(number) for number in reversed(range(120))]


@pytest.mark.parametrize(("wish", "kept"), [("more", "more"), ("less", "less"), ("", "more")])
def test_papers_are_added_by_id_or_address(web, wish, kept):
    """Any spelling, one a line; the page says how many."""
    reader, papers = web.reader(), [paper_of(web, number) for number in (0, 1)]
    number = papers[1].id.removeprefix("arxiv:")
    text = f"{papers[0].id}\r\n  https://huggingface.co/papers/{number}\r\n\r\n"
    done = web.client.post(page_of(web, reader), data={"papers": text, "wish": wish})
    assert (done.status_code, done.headers["location"]) == (303, "marks?marked=2")
    assert wishes(web, reader.id) == {paper.id: kept for paper in papers}
    assert "2 papers marked." in web.client.get(f"{page_of(web, reader)}?marked=2").text


def test_what_is_unknown_is_named_as_it_was_typed(web):
    """In a sentence, its capitals kept."""
    answer = web.client.post(page_of(web, web.reader()), data={"papers": "OpenReview:AbC"})
    assert "OpenReview:AbC" in answer.text.split('id="papers-error">')[1].split(".</p>")[0]


@pytest.mark.parametrize("text", ["", " \n", "2605.99999", "x" * 900, "<b>"])
def test_a_mistake_is_said_at_its_place_and_nothing_is_marked(web, text):
    """422, a summary that links the field, the text as it was; also when one of two papers is not known."""
    reader = web.reader()
    for given in (text, f"{paper_of(web).id}\n{text}") if text.strip() else (text,):
        answer = web.client.post(page_of(web, reader), data={"papers": given})
        assert answer.status_code == 422
        assert 'href="#papers"' in answer.text
        assert 'aria-describedby="papers-error papers-hint"' in answer.text
        assert "<b>" not in answer.text
    assert wishes(web, reader.id) == {}


@pytest.mark.parametrize(
    ("content", "count", "unknown"),
    [(BIBTEX.encode(), 3, 0), (LIBRARY, 3, 0), (IDS.encode(), 0, 2), (b"\xef\xbb\xbf" + BIBTEX.encode(), 3, 0)],
    ids=["bibtex", "zotero", "ids", "bibtex with a mark"],
)
def test_a_library_is_a_beginning(web, content, count, unknown):
    """BibTeX, Zotero RDF and lists of ids; what of a list is not known is counted."""
    reader = web.reader()
    done = web.client.post(f"{page_of(web, reader)}/import", files={"file": ("library", content)})
    assert (done.status_code, done.headers["location"]) == (303, f"../marks?marked={count}&unknown={unknown}")
    assert list(wishes(web, reader.id).values()) == ["more"] * count
    page = web.client.get(f"{page_of(web, reader)}?marked={count}&unknown={unknown}").text
    assert ("of the list" in page) is bool(unknown)


def test_what_a_library_has_wrong_is_counted(web):
    """The other entries are marked."""
    reader = web.reader()
    library = BIBTEX.encode() + b"\n@article{broken, title={X"
    done = web.client.post(f"{page_of(web, reader)}/import", files={"file": ("library.bib", library)})
    assert done.headers["location"] == "../marks?marked=3&unknown=0&aside=1"
    assert "1 entry of the library cannot be read." in web.client.get(f"{page_of(web, reader)}?marked=3&aside=1").text


@pytest.mark.parametrize("content", [b"", b"  \n", b"{", b"<html>", b"@", b"[1, 2]"])
def test_a_file_that_is_no_library_is_refused(web, content):
    """At its place, with what is wrong; nothing is kept."""
    reader = web.reader()
    answer = web.client.post(f"{page_of(web, reader)}/import", files={"file": ("library", content)})
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert wishes(web, reader.id) == {}


def test_a_library_may_be_larger_than_a_form(web):
    """Up to 4 MB there and nowhere else; more is not read."""
    reader = web.reader()
    library = BIBTEX.encode() + b"% " + b"x" * (MAX_UPLOAD - 5_000)
    path = page_of(web, reader)
    assert web.client.post(f"{path}/import", files={"file": ("library", library)}).status_code == 303
    larger = {"file": ("library", library + b"x" * 5_000)}
    assert web.client.post(f"{path}/import", files=larger).status_code == 413
    assert web.client.post(path, files={"papers": (None, "x" * MAX_BODY)}).status_code == 413


def test_a_file_is_taken_only_from_who_has_a_link(web):
    """With a wrong link, and after twenty files within an hour, the answer comes without the file being looked at."""
    reader = web.reader()
    path, files = f"{page_of(web, reader)}/import", {"file": ("library", b"<html>")}
    wrong = path.replace("/marks", "x/marks")
    assert web.client.post(wrong, content=b"no form", headers={"content-type": "text/plain"}).status_code == 404
    assert [web.client.post(path, files=files).status_code for _ in range(21)] == [422] * 20 + [429]


def test_marks_are_forgotten_one_by_one_or_all(web):
    """A button for each, and one for all; a second press changes nothing."""
    reader = web.reader()
    marked(web, reader.id, 3)
    path = f"{page_of(web, reader)}/forget"
    done = web.client.post(path, data={"paper": make_paper(1).id})
    assert (done.status_code, done.headers["location"]) == (303, "../marks?forgotten=1")
    assert list(wishes(web, reader.id)) == [make_paper(0).id, make_paper(2).id]
    assert web.client.post(path, data={"paper": make_paper(1).id}).status_code == 404
    assert web.client.post(path, data={"all": "yes"}).headers["location"] == "../marks?forgotten=2"
    assert wishes(web, reader.id) == {}


def test_marks_are_taken_along(web):
    """As JSON with every wish; as BibTeX what is wanted more of, which reads in again to the same marks."""
    reader, other = web.reader(), web.reader("bob@example.org")
    path = page_of(web, reader)
    web.client.post(path, data={"papers": "\n".join(paper_of(web, number).id for number in (0, 1)), "wish": "more"})
    web.client.post(path, data={"papers": paper_of(web, 2).id, "wish": "less"})
    assert {mark["paper"]: mark["wish"] for mark in web.client.get(f"{path}.json").json()} == wishes(web, reader.id)
    library = web.client.get(f"{path}.bib")
    assert library.headers["content-disposition"] == 'attachment; filename="my-marks.bib"'
    web.client.post(f"{page_of(web, other)}/import", files={"file": ("my-marks.bib", library.content)})
    assert wishes(web, other.id) == {paper_of(web, number).id: "more" for number in (0, 1)}
    data = web.client.get(f"{web.path('preferences', reader)}/data").json()
    assert len(data["marks"]) == 3


def test_the_order_is_turned_on_and_off_by_a_button(web):
    """Off at first; the preferences and the marks say which, and saving preferences leaves it."""
    reader = web.reader()
    preferences = web.path("preferences", reader)
    assert "It is off: turn it on" in web.client.get(preferences).text
    done = web.client.post(f"{preferences}/marks/order", data={"on": "yes"})
    assert (done.status_code, done.headers["location"]) == (303, "../marks?order")
    web.client.post(preferences, data={"hour": "9"})
    stored = web.store.subscribers.get(reader.id).preferences
    assert (stored.personal, stored.hour) == (reader.id, 9)
    assert "on, from your next digest" in web.client.get(f"{preferences}/marks?order").text
    assert "Turn it off" in web.client.get(preferences).text
    web.client.post(f"{preferences}/marks/order")
    assert web.store.subscribers.get(reader.id).preferences.personal == ""


def test_the_sample_is_in_the_readers_own_order(web):
    """With the order on, the sample has its reasons; its links to mark papers lead to nobody's marks."""
    reader = web.reader()
    preferences = web.path("preferences", reader)
    alike = make_paper(900, title=paper_of(web).title)
    web.store.marks.save(reader.id, [Mark(paper=alike, wish="more", at=NOW)])
    assert "because you kept" not in web.client.get(f"{preferences}/sample").text
    web.client.post(f"{preferences}/marks/order", data={"on": "yes"})
    sample = web.client.get(f"{preferences}/sample").text
    assert "because you kept a paper on" in sample
    assert "/mark?paper=arxiv:" in sample


def test_looking_changes_nothing(web):
    """GET and HEAD of every address, and no cache keeps any of it."""
    reader = web.reader()
    marked(web, reader.id, 2)
    before = web.store.subscribers.get(reader.id), web.store.marks.of(reader.id)
    path = page_of(web, reader)
    for part in ("", "?start=1", ".json", ".bib", "?forgotten=2&order", "/import", "/forget", "/order"):
        for method in ("GET", "HEAD"):
            answer = web.client.request(method, path + part)
            assert answer.status_code == (405 if part.startswith("/") else 200), part
            assert answer.headers["cache-control"] == "no-store", part
            assert answer.headers["referrer-policy"] == "no-referrer", part
    assert (web.store.subscribers.get(reader.id), web.store.marks.of(reader.id)) == before


def test_a_revoked_link_opens_none_of_it(web):
    """Neither the list nor the files nor a button."""
    reader = web.reader()
    marked(web, reader.id, 1)
    path = page_of(web, reader)
    revoke_links(web.store, reader.id)
    assert [web.client.get(path + part).status_code for part in ("", ".json", ".bib")] == [404] * 3
    assert [web.client.post(path + part).status_code for part in ("", "/import", "/forget", "/order")] == [404] * 4
    assert len(wishes(web, reader.id)) == 1
