"""Facts about the link beside a paper in the mail: who may mark what, and that only a button does."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

import pytest

from digest.models import Mark, Paper
from digest.subscribe import erase, revoke_links
from digest.subscribe.marks import set_personal
from tests.web.conftest import NOW, Running


def paper_of(web: Running, number: int = 0) -> Paper:
    """A paper of the last edition."""
    last = web.store.last_edition()
    assert last is not None
    return last.papers[number].paper


def wishes(web: Running, reader: str) -> dict[str, str]:
    """What a reader wants more and less of."""
    return {mark.paper.id: mark.wish for mark in web.store.marks.of(reader)}


def test_a_button_marks_and_the_page_says_so(web):
    """More, then less, then neither; each page shows the paper, what was said of it, and how many marks there are."""
    reader, paper = web.reader(), paper_of(web)
    path = web.path("mark", reader)
    page = web.client.get(path, params={"paper": paper.id}).text
    assert re.findall('name="wish" value="([a-z]+)"', page) == ["more", "less"]
    for wish, said, buttons, left in (
        ("more", "Noted: more like this.", ["less", "forget"], 1),
        ("less", "Noted: less like this.", ["more", "forget"], 1),
        ("forget", "Taken back", ["more", "less"], 0),
    ):
        done = web.client.post(path, data={"paper": paper.id, "wish": wish})
        assert done.status_code == 303
        page = web.client.get(path.rpartition("/")[0] + "/" + done.headers["location"]).text
        assert said in page
        assert re.findall('name="wish" value="([a-z]+)"', page) == buttons
        assert f"{left} paper" in page
        assert wishes(web, reader.id) == ({paper.id: wish} if left else {})


def test_it_leads_to_the_marks_and_the_preferences(web):
    """Both links are the reader's own, and open."""
    reader = web.reader()
    path = web.path("mark", reader)
    page = web.client.get(path, params={"paper": paper_of(web).id}).text
    links = re.findall(r'href="\.\./(preferences/[^"]+)"', page)
    assert len(set(links)) == 2
    assert [web.client.get(f"/{link}").status_code for link in links] == [200] * len(links)


def test_it_says_when_nothing_follows_from_it(web):
    """With the own order off the page says so; with it on, from when it counts."""
    reader, asked = web.reader(), {"paper": paper_of(web).id}
    path = web.path("mark", reader)
    assert "Your own order is off" in web.client.get(path, params=asked).text
    set_personal(web.store, reader, on=True)
    assert "from your next digest" in web.client.get(path, params=asked).text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_marks_nothing(web, method):
    """A scanner that follows the links of a mail, with any query, changes nothing."""
    reader, paper = web.reader(), paper_of(web)
    for query in ({"paper": paper.id}, {"paper": paper.id, "wish": "more"}, {"paper": paper.id, "done": "less"}):
        answer = web.client.request(method, web.path("mark", reader), params=query)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert "set-cookie" not in answer.headers
    assert wishes(web, reader.id) == {}


@pytest.mark.parametrize("wish", ["more", "less", "forget"])
def test_another_spelling_of_an_id_is_the_same_paper(web, wish):
    """An address or a versioned id in the form marks the paper under its own id; marks of old ids give way."""
    reader, paper = web.reader(), paper_of(web)
    old = replace(paper, id=paper.aliases[-1])
    web.store.marks.save(reader.id, [Mark(paper=old, wish="more", at=NOW)])
    name = f"https://arxiv.org/abs/{paper.id.removeprefix('arxiv:')}v2"
    assert web.client.post(web.path("mark", reader), data={"paper": name, "wish": wish}).status_code == 303
    assert wishes(web, reader.id) == ({} if wish == "forget" else {paper.id: wish})


UNKNOWN = ["", "arxiv:9999.99999", "nobody", "<script>alert(1)</script>", "x" * 60_000, "\x00", "doi:10.1/\ud7ff"]


@pytest.mark.parametrize("name", UNKNOWN)
def test_only_papers_that_were_read_can_be_marked(web, name):
    """What is no paper of the site is not found, however it is asked for, and nothing is kept of it."""
    reader = web.reader()
    path = web.path("mark", reader)
    shown = web.client.get(f"{path}?paper={quote(name[:8000])}")
    assert shown.status_code == 404
    assert "<script" not in shown.text
    assert web.client.post(path, data={"paper": name, "wish": "more"}).status_code in {400, 404}
    assert wishes(web, reader.id) == {}


def test_what_others_marked_is_not_told(web):
    """A paper of another reader's library is as unknown as any other; one's own can be taken back."""
    ada, bob = web.reader(), web.reader("bob@example.org")
    mine = Paper(id="title:0123456789abcdef", title="A paper of my own", aliases=("title:0123456789abcdef",))
    web.store.marks.save(ada.id, [Mark(paper=mine, wish="more", at=NOW)])
    asked = {"paper": mine.id}
    others = web.client.get(web.path("mark", bob), params=asked)
    unknown = web.client.get(web.path("mark", bob), params={"paper": "title:fedcba9876543210"})
    assert (others.status_code, others.text) == (404, unknown.text)
    assert "A paper of my own" in web.client.get(web.path("mark", ada), params=asked).text
    web.client.post(web.path("mark", ada), data={**asked, "wish": "forget"})
    assert wishes(web, ada.id) == {}


def test_a_forged_link_marks_nothing(web):
    """A link of another purpose, of another site, cut or changed opens nothing and says nothing of the reader."""
    reader, paper = web.reader(), paper_of(web)
    good = web.path("mark", reader)
    others = [web.path(purpose, reader).rpartition("/")[2] for purpose in ("preferences", "unsubscribe", "feed")]
    for token in (*others, good.rpartition("/")[2][:-1], good.rpartition("/")[2] + "x", "x", "%00", "a" * 5000):
        answers = {web.client.get(f"/mark/{token}", params={"paper": name}).text for name in (paper.id, "nobody")}
        assert len(answers) == 1
        assert reader.address not in answers.pop()
        assert web.client.post(f"/mark/{token}", data={"paper": paper.id, "wish": "more"}).status_code == 404
    assert wishes(web, reader.id) == {}


def test_a_mark_link_opens_nothing_else(web):
    """Its token is neither that of the preferences nor one to leave."""
    token = web.path("mark", web.reader()).rpartition("/")[2]
    for purpose in ("preferences", "unsubscribe", "confirm"):
        assert web.client.get(f"/{purpose}/{token}").status_code == 404


def test_a_revoked_or_orphaned_link_marks_nothing(web):
    """After `--revoke-links`, after erasure, and before the address was confirmed."""
    reader, asked = web.reader(), {"paper": paper_of(web).id}
    path = web.path("mark", reader)
    web.store.subscribers.change(reader.id, lambda known: replace(known, status="pending"))
    assert web.client.get(path, params=asked).status_code == 404
    web.store.subscribers.change(reader.id, lambda known: replace(known, status="active"))
    revoke_links(web.store, reader.id)
    assert web.client.post(path, data=asked | {"wish": "more"}).status_code == 404
    erase(web.store, reader)
    assert web.client.get(path, params=asked).status_code == 404


@pytest.mark.parametrize("wish", ["", "love", "more less"])
def test_a_wish_there_is_not_is_refused(web, wish):
    """422, and nothing is kept."""
    reader = web.reader()
    data = {"paper": paper_of(web).id, "wish": wish}
    assert web.client.post(web.path("mark", reader), data=data).status_code == 422
    assert wishes(web, reader.id) == {}


def test_links_of_a_preview_lead_somewhere(web):
    """`/mark` without a token explains itself."""
    assert "in the mails of readers" in web.client.get("/mark", params={"paper": "arxiv:2401.01234"}).text
