"""arXiv's feeds, API answers and harvests."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digest.errors import SourceRefused
from digest.models import Announcement
from digest.sources.arxiv import categories, is_withdrawn, total_results
from digest.sources.oai import resumption_token
from tests.sources.reading import names, only, read, read_file

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>
<title>cs.AI updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.AI</link>
<item><title>A title with $x &lt; y$ and
  a break</title><link>https://arxiv.org/abs/2604.21935</link>
<description>arXiv:2604.21935v{version} Announce Type: {kind}
Abstract: An abstract &amp; more.</description>
<guid isPermaLink="false">oai:arXiv.org:2604.21935v{version}</guid>
<category>cs.LG</category><category>cs.AI</category><category>68T07</category>
<pubDate>Mon, 27 Apr 2026 00:00:00 -0400</pubDate>
<arxiv:announce_type>{kind}</arxiv:announce_type>
<arxiv:DOI>10.1103/X</arxiv:DOI><arxiv:journal_reference>A Journal 1 (2026)</arxiv:journal_reference>
<dc:creator>Ren\\'e One, B. Two (1 and 2), C. Three Jr.</dc:creator></item></channel></rss>"""


def rss(kind: str, version: int = 1) -> str:
    """A feed of one announcement."""
    return RSS.replace("{kind}", kind).replace("{version}", str(version))


def test_an_announcement_in_full() -> None:
    """Preamble stripped, authors split, primary category first, dated by arXiv's own day."""
    paper = only(rss("new"))
    assert paper.id == "arxiv:2604.21935"
    assert "doi:10.1103/x" in paper.aliases
    assert paper.title == "A title with $x < y$ and a break"
    assert paper.abstract == "An abstract & more."
    assert names(paper) == ["René One", "B. Two", "C. Three Jr."]
    assert paper.categories == ("cs.LG", "cs.AI")
    assert paper.listed_on == date(2026, 4, 27)
    assert paper.published_at == datetime(2026, 4, 27, 4, tzinfo=UTC)
    assert (paper.version, paper.announcement, paper.venue) == (1, "new", "A Journal 1 (2026)")


@pytest.mark.parametrize("kind", ["new", "cross", "replace", "replace-cross"])
def test_kinds_of_announcement(kind: Announcement) -> None:
    """Each kind is told; a replacement is an update, and no first publication."""
    paper = only(rss(kind, 3))
    assert (paper.announcement, paper.version) == (kind, 3)
    assert (paper.updated_at is None) == (not kind.startswith("replace"))
    assert (paper.published_at is None) == (kind != "new")


def test_the_preamble_tells_the_kind_where_the_field_is_missing() -> None:
    """Copies of the feed often lose arXiv's own elements."""
    text = rss("cross").replace("<arxiv:announce_type>cross</arxiv:announce_type>", "")
    assert only(text).announcement == "cross"


@pytest.mark.parametrize(
    ("name", "form", "papers"),
    [
        ("rss2_arxiv_org_cs.AI_2026-04-27.xml", "arxiv-rss", 3),
        ("rss_arxiv_org_atom_cs.AI_2025-08-20.xml", "arxiv-atom", 7),
        ("api_2017_id_1111.2011v2.xml", "arxiv-api", 1),
        ("api_2017_search_checkerboard.xml", "arxiv-api", 1),
        ("api_2020_id_1601.00001.xml", "arxiv-api", 1),
        ("api_2026_id_not_found.xml", "arxiv-api", 0),
        ("api_2026_id_single.xml", "arxiv-api", 1),
        ("api_2026_search_overlapping_5_15.xml", "arxiv-api", 15),
        ("api_2026_search_page0_10.xml", "arxiv-api", 10),
        ("api_2026_search_page1_10.xml", "arxiv-api", 10),
        ("oai_arXivRaw_cs_2019-10_first150.xml", "arxiv-oai", 150),
    ],
)
def test_real_answers(shared_data: Path, name: str, form: str, papers: int) -> None:
    """Every record of arXiv's own answers since 2017 is a whole paper."""
    reading = read_file(shared_data / "arxiv" / name)
    assert (reading.form, len(reading.papers), reading.rejected) == (form, papers, ())
    for paper in reading.papers:
        assert paper.id.startswith("arxiv:")
        assert paper.version
        assert paper.categories
        assert paper.authors
        assert not paper.abstract.startswith(("arXiv:", "Abstract"))
        assert "\n" not in paper.title + paper.abstract


def test_the_api_in_full(shared_data: Path) -> None:
    """Old-style id, version, DOI, journal, dates."""
    (paper,) = read_file(shared_data / "arxiv" / "api_2017_search_checkerboard.xml").papers
    assert paper.aliases[:2] == ("arxiv:cond-mat/0603029", "doi:10.1103/physrevb.74.024520")
    assert paper.url == "https://arxiv.org/abs/cond-mat/0603029"
    assert paper.venue == "Phys. Rev. B 74, 024520 (2006)"
    assert paper.published_at == datetime(2006, 3, 2, 2, 22, 45, tzinfo=UTC)
    assert paper.listed_on is None


def test_error_answers_are_refused_in_arxivs_words(shared_data: Path) -> None:
    """An error that comes as a feed is no paper called Error."""
    with pytest.raises(SourceRefused, match="arXiv answered with an error: incorrect id format for abc"):
        read_file(shared_data / "arxiv" / "api_2026_id_malformed_error.xml")


def test_how_much_there_is(shared_data: Path) -> None:
    """The total of a search and the token of a harvest can be read without reading the papers."""
    folder = shared_data / "arxiv"
    assert total_results((folder / "api_2026_search_page0_10.xml").read_bytes()) == 214881
    assert total_results((folder / "api_2026_id_not_found.xml").read_bytes()) == 0
    assert total_results((folder / "rss2_arxiv_org_cs.AI_2026-04-27.xml").read_bytes()) is None
    assert resumption_token((folder / "oai_arXivRaw_cs_2019-10_first150.xml").read_bytes()) == "3996692|1001"
    assert resumption_token(b"<OAI-PMH><ListRecords><resumptionToken/></ListRecords></OAI-PMH>") is None
    assert resumption_token(b"garbage") is None


HARVEST = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{}</ListRecords></OAI-PMH>"""
ARXIV_FORMAT = """<record><header><identifier>oai:arXiv.org:2401.01234</identifier></header><metadata>
<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2401.01234</id><created>2024-01-02</created><updated>2024-02-03</updated>
<authors><author><keyname>G\\"odel</keyname><forenames>Kurt</forenames><suffix>Jr.</suffix></author>
<author><keyname>The ATLAS Collaboration</keyname></author></authors><title>A Title</title>
<categories>cs.LG stat.ML</categories><comments>12 pages</comments><abstract> An abstract. </abstract></arXiv>
</metadata></record>"""
DUBLIN_CORE = """<record><header><identifier>oai:arXiv.org:math/0309136</identifier></header><metadata>
<oai_dc:dc xmlns:oai_dc="x" xmlns:dc="y"><dc:title>A Title</dc:title><dc:creator>One, Ada</dc:creator>
<dc:creator>Two, Bea</dc:creator><dc:subject>Mathematics - Geometry</dc:subject>
<dc:description>An abstract.</dc:description>
<dc:description>Comment: withdrawn</dc:description><dc:date>2003-09-08</dc:date><dc:date>2004-01-01</dc:date>
<dc:identifier>http://arxiv.org/abs/math/0309136</dc:identifier><dc:identifier>doi:10.1103/X</dc:identifier>
</oai_dc:dc></metadata></record>"""


def test_harvest_in_arxivs_format() -> None:
    """Names are put together of their parts, accents decoded, dates told apart."""
    paper = only(HARVEST.format(ARXIV_FORMAT))
    assert names(paper) == ["Kurt Gödel Jr.", "The ATLAS Collaboration"]
    assert paper.categories == ("cs.LG", "stat.ML")
    assert paper.published_at == datetime(2024, 1, 2, tzinfo=UTC)
    assert paper.updated_at == datetime(2024, 2, 3, tzinfo=UTC)


def test_harvest_in_dublin_core() -> None:
    """The first description is the abstract, the comment tells that the paper is withdrawn."""
    paper = only(HARVEST.format(DUBLIN_CORE))
    assert paper.aliases[:2] == ("arxiv:math/0309136", "doi:10.1103/x")
    assert (names(paper), paper.abstract, paper.withdrawn) == (["Ada One", "Bea Two"], "An abstract.", True)


def test_deleted_and_unknown_records_are_set_aside() -> None:
    """They are named with their reason; the others are read."""
    deleted = '<record><header status="deleted"><identifier>oai:arXiv.org:2401.00001</identifier></header></record>'
    unknown = "<record><header><identifier>oai:x:1</identifier></header><metadata><marc/></metadata></record>"
    reading = read(HARVEST.format(deleted + unknown + ARXIV_FORMAT))
    assert len(reading.papers) == 1
    assert [rejection.record for rejection in reading.rejected] == ["oai:arXiv.org:2401.00001", "oai:x:1"]
    assert "deleted" in reading.rejected[0].reason


def test_errors_of_a_harvest() -> None:
    """No records in a range is an empty list; any other error is the repository's refusal."""
    empty = '<OAI-PMH><error code="noRecordsMatch">none</error></OAI-PMH>'
    assert read(empty).papers == ()
    with pytest.raises(SourceRefused, match="badResumptionToken: expired"):
        read('<OAI-PMH><error code="badResumptionToken">expired</error></OAI-PMH>')


def test_a_feed_that_breaks_off_gives_its_start(shared_data: Path) -> None:
    """Entries before the damage are kept, and the damage is said with its place."""
    data = (shared_data / "arxiv" / "api_2026_search_page0_10.xml").read_bytes()
    reading = read(data[: len(data) * 2 // 3])
    assert 4 <= len(reading.papers) < 10
    assert "breaks off" in reading.rejected[-1].reason


@pytest.mark.parametrize(
    ("damage", "title"),
    [
        ("a & b", "a & b"),
        ("a&nbsp;b", "a b"),
        ("caf&eacute;", "café"),
        ("a &lol; b", "a &lol; b"),
        ("a&#0;b&#x1F;c", "abc"),
        ("a\x00\x08b", "ab"),
        ("a &#x3b1; b", "a α b"),
        ("a &amp;lt; b", "a &lt; b"),
    ],
)
def test_small_damage_is_repaired(damage: str, title: str) -> None:
    """Bare ampersands, HTML's names and forbidden characters do not cost a feed."""
    assert only(rss("new").replace("A title with $x &lt; y$ and\n  a break", damage)).title == title


@pytest.mark.parametrize(
    ("comment", "abstract", "expected"),
    [
        ("This paper has been withdrawn by the authors", "x", True),
        ("Withdrawn", "", True),
        ("12 pages", "This paper has been withdrawn due to an error in Theorem 2.", True),
        ("", "This submission has been withdrawn by arXiv administrators", True),
        ("", "Withdrawn by the authors.", True),
        ("12 pages, accepted at ICML", "We study how funds are withdrawn by users.", False),
        ("", "This paper studies withdrawn articles.", False),
    ],
)
def test_withdrawn_papers(comment: str, abstract: str, *, expected: bool) -> None:
    """The comment, or the text put in the abstract's place, says so; the word in an abstract does not."""
    assert is_withdrawn(comment, abstract) is expected


def test_categories_are_arxivs() -> None:
    """All forms of arXiv's classes are kept, other schemes are not."""
    known = [
        "cs.CL",
        "stat.ML",
        "math-ph",
        "cond-mat.mes-hall",
        "physics.optics",
        "astro-ph.CO",
        "q-bio.NC",
        "hep-th",
        "nlin.AO",
    ]
    assert categories([*known, "68T07", "I.2.7", "cs.CL", "Machine Learning", "", "<b>"]) == tuple(known)


@pytest.mark.parametrize("damage", ["", "<entry><title>cut"], ids=["whole", "broken off"])
@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "windows-1251", "utf-8"])
def test_the_declared_encoding_is_undone_once(encoding: str, damage: str) -> None:
    """A feed in another encoding is read the same by the fast and by the robust way, broken off or not."""
    title = "Модели" if encoding == "windows-1251" else "Schöne Modelle"
    feed = (
        f"<?xml version='1.0' encoding='{encoding}'?><feed xmlns='http://www.w3.org/2005/Atom'"
        f" xmlns:arxiv='http://arxiv.org/schemas/atom'><entry><id>http://arxiv.org/abs/2401.01234v2</id>"
        f"<title>{title}</title></entry>{damage or '</feed>'}"
    )
    (paper,) = read(feed.encode(encoding)).papers
    assert (paper.id, paper.title, paper.version) == ("arxiv:2401.01234", title, 2)


def test_both_ways_of_reading_agree(shared_data: Path) -> None:
    """What is read in one go and what is read piece by piece (here for its document type) gives the same papers."""
    paths = sorted((shared_data / "arxiv").glob("*.xml"))
    assert len(paths) > 8
    for path in paths:
        declaration, mark, rest = path.read_bytes().rpartition(b"?>")
        slow = declaration + mark + b"<!DOCTYPE any>" + rest
        try:
            fast = read(path.read_bytes())
        except SourceRefused:
            with pytest.raises(SourceRefused):
                read(slow)
            continue
        assert fast == read(slow), path.name
