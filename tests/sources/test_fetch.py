"""What the network sources ask for, and what they make of the answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.errors import SourceRefused, SourceUnavailable
from digest.models import Reading
from digest.settings import IngestSettings
from digest.sources import UNCHANGED, ReadContext, resolve
from tests.sources.clients import patient
from tests.sources.misbehaving import Server, answers, by_query, in_turn, knows

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def context(server: Server, *, on: date | None = None, said: list[Any] | None = None, **settings: Any) -> ReadContext:
    """A context whose sources are all on the local server."""
    said = [] if said is None else said
    addresses = {
        "hf_url": server.url("/api/daily_papers"),
        "arxiv_api_url": server.url("/api/query"),
        "arxiv_feed_url": server.url("/atom"),
        "arxiv_oai_url": server.url("/oai"),
    }
    return ReadContext(
        client=patient(),
        now=NOW,
        on=on,
        settings=IngestSettings(**{**addresses, **settings}),
        progress=lambda done, total, what: said.append((done, total, what)),
    )


def read(text: str, with_: ReadContext) -> list[Reading]:
    """All readings of a source."""
    return list(resolve(text).read(with_))


def ids(readings: list[Reading]) -> list[str]:
    """The ids of all papers, in order."""
    return [paper.id for reading in readings for paper in reading.papers]


def number(position: int) -> str:
    """The arXiv id of a made-up paper."""
    return f"2611.{position:05}"


# Daily Papers


def item(position: int, day: str = "2026-11-21") -> dict[str, Any]:
    """A record of the Daily Papers API."""
    return {
        "paper": {
            "id": number(position),
            "title": f"Paper {position}",
            "summary": "Words.",
            "authors": [],
            "upvotes": position,
            "publishedAt": f"{day}T00:00:00.000Z",
            "submittedOnDailyAt": f"{day}T01:00:00.000Z",
        },
        "title": f"Paper {position}",
        "publishedAt": f"{day}T00:00:00.000Z",
    }


class Lists:
    """The Daily Papers API: lists by day, given out in pages of at most `page` records."""

    def __init__(self, sizes: Mapping[str, int], page: int = 50) -> None:
        self.sizes, self.page = sizes, page

    def __call__(self, query: dict[str, str]) -> bytes:
        """The answer to a query; pages count from 0."""
        size = min(self.page, int(query["limit"]))
        start = int(query["p"]) * size
        every = range(1, self.sizes.get(query["date"], 0) + 1)
        return json.dumps([item(position, query["date"]) for position in every[start : start + size]]).encode()


@pytest.mark.parametrize(
    ("size", "page"),
    [(0, 50), (1, 50), (49, 50), (50, 50), (51, 50), (100, 50), (120, 50), (120, 100), (99, 100), (7, 3), (50, 1)],
)
def test_a_list_is_read_to_its_end_whatever_a_page_holds(server: Server, size: int, page: int) -> None:
    """No paper is missed and none comes twice, whether the server gives out 50 or 100 at once, or fewer."""
    server.on("/api/daily_papers", by_query(Lists({"2026-11-21": size}, page)))
    assert ids(read("hf", context(server))) == [f"arxiv:{number(position)}" for position in range(1, size + 1)]


def test_a_server_that_ignores_pages_is_not_asked_for_ever(server: Server) -> None:
    """A page that holds nothing new is the end."""
    server.on("/api/daily_papers", answers(json.dumps([item(1), item(2)]).encode()))
    assert len(ids(read("hf", context(server)))) == 2
    assert len(server.requests) == 2


def test_a_list_without_end_is_given_up(server: Server) -> None:
    """Fifty pages are believed, and no more."""
    server.on("/api/daily_papers", by_query(lambda query: json.dumps([item(int(query["p"]) + 1)]).encode()))
    assert len(ids(read("hf", context(server)))) == 50


def test_today_is_the_day_that_was_named_or_that_it_is(server: Server) -> None:
    """`--on` wins over the clock."""
    server.on("/api/daily_papers", answers(b"[]"))
    read("hf", context(server))
    read("hf", context(server, on=date(2026, 11, 19)))
    assert [request.query["date"] for request in server.requests] == ["2026-11-21", "2026-11-19"]


def test_an_empty_list_is_an_answer(server: Server) -> None:
    """No papers today is no error."""
    server.on("/api/daily_papers", answers(b"[]\n"))
    (reading,) = read("hf", context(server))
    assert (reading.papers, reading.rejected, reading.form) == ((), (), "daily-papers")


def test_a_week_is_read_up_to_today(server: Server) -> None:
    """Day by day; days that have not come are not asked for; progress counts the days."""
    server.on("/api/daily_papers", by_query(Lists({"2026-11-16": 2, "2026-11-20": 1})))
    said: list[Any] = []
    readings = read("hf:2026-W47", context(server, said=said))
    assert [paper.listed_on for reading in readings for paper in reading.papers] == [
        date(2026, 11, 16),
        date(2026, 11, 16),
        date(2026, 11, 20),
    ]
    assert max(request.query["date"] for request in server.requests) == "2026-11-21"
    assert said[0] == (0, 6, "Daily Papers of 2026-11-16")
    assert said[-1][:2] == (5, 6)


def test_days_that_were_read_survive_a_day_that_fails(server: Server) -> None:
    """What came before a failure has been yielded when the error is raised."""
    good = answers(json.dumps([item(1)]).encode())
    server.on("/api/daily_papers", in_turn(good, answers(b"[]"), answers(status=503)))
    source = resolve("hf:2026-11-20").read(context(server))
    assert len(next(source).papers) == 1
    list(source)
    with pytest.raises(SourceUnavailable, match="503"):
        read("hf:2026-11-20", context(server))


def test_signals_are_filed_under_one_name(server: Server) -> None:
    """Whichever day or week a list was asked for by, its votes are votes of one source."""
    server.on("/api/daily_papers", by_query(Lists({"2026-11-20": 1})))
    (reading,) = read("hf:2026-11-20", context(server))
    assert {signal.source for signal in reading.papers[0].signals} == {"hf"}


def test_a_pause_is_shown(server: Server) -> None:
    """Who watches sees why nothing moves."""
    server.on("/api/daily_papers", in_turn(answers(status=429, headers={"Retry-After": "9"}), answers(b"[]")))
    said: list[Any] = []
    read("hf", context(server, said=said))
    assert any("waiting 9 s" in what and "429" in what for _, _, what in said)


# arXiv

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"
 xmlns:arxiv="http://arxiv.org/schemas/atom"><id>https://arxiv.org/api/x</id><title>arXiv Query: x</title>
<updated>2026-11-21T00:00:00Z</updated><opensearch:totalResults>{total}</opensearch:totalResults>{entries}</feed>"""
ENTRY = """<entry><id>http://arxiv.org/abs/{id}v1</id><title>Paper {id}</title><summary>Words.</summary>
<published>2026-11-20T10:00:00Z</published><updated>2026-11-20T10:00:00Z</updated>
<author><name>Ada Author</name></author></entry>"""


def results(wanted: list[str], total: int) -> bytes:
    """An answer of the arXiv API."""
    return ATOM.format(total=total, entries="".join(ENTRY.format(id=one) for one in wanted)).encode()


def test_papers_are_asked_for_a_hundred_at_a_time(server: Server) -> None:
    """Every id is asked for once."""
    server.on(
        "/api/query", by_query(lambda query: results(query["id_list"].split(","), len(query["id_list"].split(","))))
    )
    wanted = [number(position) for position in range(1, 251)]
    assert ids(read("arxiv:id:" + ",".join(wanted), context(server))) == [f"arxiv:{one}" for one in wanted]
    assert [request.query["max_results"] for request in server.requests] == ["100", "100", "50"]


def search(total: int) -> Any:
    """The arXiv API with so many results."""

    def choose(query: dict[str, str]) -> bytes:
        start, size = int(query["start"]), int(query["max_results"])
        return results([number(one + 1) for one in range(start, min(start + size, total))], total)

    return by_query(choose)


@pytest.mark.parametrize(("total", "wanted", "requests"), [(0, 1000, 1), (99, 1000, 1), (201, 1000, 3), (500, 150, 2)])
def test_a_search_is_read_to_its_end_or_its_limit(server: Server, total: int, wanted: int, requests: int) -> None:
    """The newest results, page by page, and no page more than needed."""
    server.on("/api/query", search(total))
    found = ids(read("arxiv:search:all:x AND cat:cs.CL", context(server, search_results=wanted)))
    assert len(found) == len(set(found)) == min(total, wanted)
    assert len(server.requests) == requests
    assert server.requests[0].query["search_query"] == "all:x AND cat:cs.CL"
    assert server.requests[0].query["sortBy"] == "submittedDate"


def test_a_page_that_arxiv_leaves_out_is_no_end(server: Server) -> None:
    """An empty page in the middle is a failure, so that a partial answer is not taken for a whole one."""
    full = results([number(one + 1) for one in range(100)], 300)
    server.on("/api/query", in_turn(answers(full), answers(results([], 300))))
    with pytest.raises(SourceUnavailable, match="left out results 101 to 300"):
        read("arxiv:search:x", context(server))


OAI = """<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2026-11-21T00:00:00Z</responseDate><ListRecords><record><header>
<identifier>oai:arXiv.org:{id}</identifier><datestamp>2026-11-20</datestamp></header><metadata>
<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{id}</id><version version="v1">
<date>Fri, 20 Nov 2026 10:00:00 GMT</date></version><title>Paper</title><authors>Ada Author</authors>
<categories>cs.CL</categories><abstract>Words.</abstract></arXivRaw></metadata></record>{token}</ListRecords></OAI-PMH>"""


def part(position: int, token: str = "") -> bytes:
    """A part of a harvest."""
    end = f"<resumptionToken>{token}</resumptionToken>" if token else "<resumptionToken/>"
    return OAI.format(id=number(position), token=end).encode()


def test_a_harvest_follows_its_tokens(server: Server) -> None:
    """Each part is asked for with the token of the one before and nothing else; the last day is not included."""
    server.on("/oai", in_turn(answers(part(1, "a|b 1")), answers(part(2))))
    assert len(ids(read("arxiv:oai:cs/2026-11-01/2026-11-08", context(server)))) == 2
    first, second = (request.query for request in server.requests)
    assert (first["from"], first["until"], first["set"]) == ("2026-11-01", "2026-11-07", "cs")
    assert second == {"verb": "ListRecords", "resumptionToken": "a|b 1"}


def test_a_harvest_without_days_begins_yesterday(server: Server) -> None:
    """Records are dated by the day, so the day before is read again."""
    server.on("/oai", answers(part(1)))
    read("arxiv:oai:cs", context(server))
    assert server.requests[0].query["from"] == "2026-11-20"
    assert "until" not in server.requests[0].query


ANNOUNCED = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><id>http://rss.arxiv.org/atom/cs.CL</id><title>cs.CL updates</title>
<updated>2026-11-20T05:00:00Z</updated>{entries}</feed>"""
ANNOUNCEMENT = """<entry><id>oai:arXiv.org:2611.0000{n}v1</id><title>Paper {n}</title>
<updated>2026-11-20T05:00:00Z</updated><link href="https://arxiv.org/abs/2611.0000{n}" rel="alternate"/>
<summary>arXiv:2611.0000{n}v1 Announce Type: {kind} Abstract: Words.</summary><category term="cs.CL"/>
<published>2026-11-20T00:00:00-05:00</published><arxiv:announce_type>{kind}</arxiv:announce_type>
<dc:creator>Ada Author</dc:creator></entry>"""
KINDS = ("new", "cross", "replace", "replace-cross")


@pytest.mark.parametrize("wanted", [("new",), ("new", "cross"), KINDS])
def test_only_the_announcements_the_site_wants_are_read(server: Server, wanted: tuple[str, ...]) -> None:
    """`[ingest] announcements` decides; the categories are asked for as they were named."""
    entries = "".join(ANNOUNCEMENT.format(n=n, kind=kind) for n, kind in enumerate(KINDS, 1))
    server.on("/atom/cs.CL+cs.LG", answers(ANNOUNCED.format(entries=entries).encode()))
    (reading,) = read("arxiv:cs.CL+cs.LG", context(server, announcements=wanted))
    assert tuple(paper.announcement for paper in reading.papers) == wanted


def test_announcements_are_always_sent_whole(server: Server) -> None:
    """Their day tells a stale list from a quiet one, so an unchanged answer would say too little."""
    entries = ANNOUNCEMENT.format(n=1, kind="new")
    server.on("/atom/cs.CL", knows(ANNOUNCED.format(entries=entries).encode(), etag='"1"'))
    with_ = context(server)
    for _ in range(2):
        assert len(ids(read("arxiv:cs.CL", with_))) == 1


# Any address

RSS = b"""<rss version="2.0"><channel><title>Any</title><link>https://example.org/</link><description/>
<item><title>A paper of some kind</title><link>https://example.org/1</link><description>Words.</description></item>
</channel></rss>"""


def test_any_feed_is_read_whatever_it_is_called(server: Server) -> None:
    """The content decides, not the media type or the address."""
    url = server.on("/picture.html", answers(RSS, headers={"Content-Type": "text/html"}))
    (reading,) = read(url, context(server))
    assert [paper.title for paper in reading.papers] == ["A paper of some kind"]


def test_an_unchanged_feed_is_said_to_be(server: Server) -> None:
    """The second time only the word `unchanged` is sent."""
    url = server.on("/feed", knows(RSS, etag='"1"'))
    with_ = context(server)
    assert [reading.form for reading in read(url, with_)] != [UNCHANGED]
    assert [(reading.form, reading.papers) for reading in read(url, with_)] == [(UNCHANGED, ())]


def test_a_feed_whose_papers_were_not_kept_is_sent_again(server: Server) -> None:
    """Who stops in the middle has not read it: the state is remembered only after the last reading was taken."""
    url = server.on("/feed", knows(RSS, etag='"1"'))
    with_ = context(server)
    interrupted = resolve(url).read(with_)
    assert next(interrupted).papers
    del interrupted
    assert read(url, with_)[0].papers


@pytest.mark.parametrize("body", [b"", b"<html><body>Log in</body></html>", b"\x00\x01\x02" * 100])
def test_what_is_no_list_is_refused(server: Server, body: bytes) -> None:
    """A log-in page, nothing, or rubbish with status 200 is not taken for a quiet day."""
    url = server.on("/feed", answers(body))
    with pytest.raises(SourceRefused, match="/feed"):
        read(url, context(server))


def test_a_password_in_an_address_is_sent_and_not_shown(server: Server) -> None:
    """The server gets it; neither the name nor a message has it."""
    server.on("/feed", answers(b"rubbish"))
    url = server.url("/feed").replace("://", "://me:secret@")
    source = resolve(url)
    with pytest.raises(SourceRefused) as caught:
        list(source.read(context(server)))
    assert server.requests[0].headers["authorization"].startswith("Basic ")
    assert "secret" not in f"{caught.value} {source.name}"


def test_real_answers_of_arxiv_are_read_over_the_network(server: Server, shared_data: Path) -> None:
    """Two real pages of one search come in as the twenty papers they hold."""
    pages = [answers((shared_data / "arxiv" / f"api_2026_search_page{n}_10.xml").read_bytes()) for n in (0, 1)]
    server.on("/api/query", in_turn(*pages))
    assert len(set(ids(read("arxiv:search:testing", context(server, search_results=200))))) == 20
