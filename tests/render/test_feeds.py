"""RSS and Atom: what is written is what readers, strict parsers and the standards expect."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from digest.models import Author
from digest.render.feeds import RENDERERS
from digest.render.feeds.feed import EMPTY_SINCE, MEDIA_TYPES, Entry, Feed, Paging, distinct
from digest.render.math import to_text
from digest.render.safety import plain
from tests.builders import make_edition, make_entry
from tests.golden_files import check_golden
from tests.render.published import HOSTILE, editions, entries_of, make_feed, make_imprint, sample_feed

XML = ("rss", "atom")
NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
}


def parse(data: bytes) -> etree._Element:
    """The root, by a parser that forgives nothing."""
    return etree.fromstring(data, etree.XMLParser(recover=False, resolve_entities=False))


@pytest.mark.parametrize("extension", RENDERERS)
def test_golden(extension: str) -> None:
    """The bytes of a feed with everything in it are those that were reviewed."""
    check_golden(f"feeds.{extension}", RENDERERS[extension](sample_feed()))


@pytest.mark.parametrize("extension", RENDERERS)
def test_same_values_same_bytes(extension: str) -> None:
    """Nothing of the moment of writing gets into a feed."""
    assert RENDERERS[extension](sample_feed()) == RENDERERS[extension](sample_feed())


@pytest.mark.parametrize("extension", XML)
def test_feedparser_reads_titles_literally(extension: str) -> None:
    """Titles with markup, LaTeX and Unicode come out of a feed reader as the text they are."""
    read = feedparser.parse(RENDERERS[extension](sample_feed()), sanitize_html=False)
    assert not read.bozo
    titles = [entry.title for entry in read.entries]
    assert titles[0] == "Learning in O(n log n) with ℓ₂ and Schrödinger"
    assert titles[2] == to_text(plain(HOSTILE))
    assert "</title><script>" in titles[2]
    assert read.feed.title == "Papers < & >"


@pytest.mark.parametrize("extension", XML)
def test_feedparser_reads_all_of_an_entry(extension: str) -> None:
    """Authors, categories, dates, summary and content arrive."""
    entry = feedparser.parse(RENDERERS[extension](sample_feed())).entries[0]
    assert [author["name"] for author in entry.authors] == ["Ada Lovelace", "Zoë <b>Ångström</b>"]
    labels = [tag.get("label") or tag["term"] for tag in entry.tags]
    assert labels == ["Agents", "Code", "cs.LG", "stat.ML"]
    assert entry.published_parsed[:3] == (2026, 5, 18)
    assert entry.link == "https://arxiv.org/abs/2605.00001"
    assert entry.summary.startswith("We show that")
    assert "<math" in entry.content[0].value


def test_rss_profile() -> None:
    """One self link, guids that are no addresses, summary before content, page (not feed) as link, dates in RFC 822."""
    channel = parse(RENDERERS["rss"](sample_feed())).find("channel")
    assert channel is not None
    selves = channel.xpath("atom:link[@rel='self']", namespaces=NAMES)
    assert [(link.get("href"), link.get("type")) for link in selves] == [
        ("https://papers.example/all.rss", MEDIA_TYPES["rss"])
    ]
    assert channel.findtext("link") == "https://papers.example/editions.html"
    assert channel.findtext("ttl") == "60"
    assert channel.findtext("language") == "en"
    assert parsedate_to_datetime(channel.findtext("lastBuildDate") or "") == datetime(2026, 5, 19, 12, tzinfo=UTC)
    for item in channel.findall("item"):
        tags = [child.tag for child in item]
        assert tags.index("description") < tags.index(f"{{{NAMES['content']}}}encoded")
        guid = item.find("guid")
        assert guid is not None
        assert guid.get("isPermaLink") == "false"
        assert item.find("author") is None
        assert (item.findtext("link") or "").startswith("https://")


def test_rss_description_is_escaped_html() -> None:
    """A `<` of a summary is still one after a reader has decoded the description as HTML."""
    feed = make_feed(make_imprint(), make_entry_with_summary("a < b & c"))
    assert parse(RENDERERS["rss"](feed)).findtext("channel/item/description") == "a &lt; b &amp; c"
    summary = parse(RENDERERS["atom"](feed)).find("atom:entry/atom:summary", NAMES)
    assert summary is not None
    assert (summary.text, summary.get("type", "text")) == ("a < b & c", "text")


def make_entry_with_summary(summary: str, **fields: object) -> Entry:
    """An entry that is plain but for its summary."""
    (entry,) = entries_of(make_edition(1, make_entry(1)), make_imprint())
    return replace(entry, summary=summary, **fields)  # type: ignore[arg-type]


def test_atom_requirements() -> None:
    """RFC 4287: one id, title and updated each; a self link; an alternate link; an author; no date without offset."""
    root = parse(RENDERERS["atom"](sample_feed()))
    for element in (root, *root.findall("atom:entry", NAMES)):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"atom:{name}", NAMES)) == 1
        assert len(element.xpath("atom:link[@rel='alternate']", namespaces=NAMES)) == 1
        assert datetime.fromisoformat(element.findtext("atom:updated", "", NAMES)).tzinfo
    assert root.xpath("string(atom:link[@rel='self']/@href)", namespaces=NAMES) == "https://papers.example/all.atom"
    assert root.findtext("atom:author/atom:name", "", NAMES) == "Daily Papers Digest"
    ids = root.xpath("atom:entry/atom:id/text()", namespaces=NAMES)
    assert len(ids) == len(set(ids)) == 4


def test_ids_survive_a_move() -> None:
    """Ids depend on `id_prefix`, not on the site's address, the votes or the titles of topics."""
    here, there = sample_feed(), sample_feed(base_url="https://elsewhere.example/digest")
    assert (here.id, [entry.id for entry in here.entries]) == (there.id, [entry.id for entry in there.entries])
    assert here.entries[0].id == "tag:papers.example,2026:paper:arxiv:2605.00001"
    assert here.id == "tag:papers.example,2026:feed:all"


@pytest.mark.parametrize("name", ["doi:10.1/<x> y", "title:é\x00", "doi:10.1/a?b#c%"])
def test_ids_are_iris(name: str) -> None:
    """Whatever a paper's identity holds, its id has no character that an IRI has not, and differs from others."""
    id_ = make_imprint().id("paper", name)
    assert not set(id_) & set(' <>"{}|\\^`\x00')
    assert make_imprint().id("paper", name + "x") != id_


def test_a_paper_that_comes_back_keeps_id_and_date() -> None:
    """Printed again, a paper is the same entry, published when it was, updated when the later edition closed."""
    imprint = make_imprint()
    first, second = editions()
    before = entries_of(first, imprint)[0]
    after = entries_of(second, imprint, first=first)[0]
    assert (after.id, after.published_at) == (before.id, before.published_at)
    assert after.updated_at == second.closed_at == before.updated_at + timedelta(days=1)
    assert "Rising" in after.content_html
    assert distinct([after, before]) == (after,)


def test_the_feed_is_as_new_as_its_newest_entry() -> None:
    """`updated` of the feed is that of its newest entry; without entries a fixed moment."""
    imprint = make_imprint()
    assert sample_feed().updated_at == editions()[1].closed_at
    assert make_feed(imprint).updated_at == EMPTY_SINCE


@pytest.mark.parametrize("extension", XML)
def test_empty_feed(extension: str) -> None:
    """A feed without entries is a feed: well-formed, with all that is required."""
    read = feedparser.parse(RENDERERS[extension](make_feed(make_imprint())))
    assert not read.bozo
    assert read.feed.title == "Papers < & >"
    assert read.feed.updated_parsed[:3] == (2026, 1, 1)
    assert read.entries == []


@pytest.mark.parametrize("extension", XML)
def test_hub_and_archive_links(extension: str) -> None:
    """Hub in the subscription document only; RFC 5005 links and mark in an archive; the types of the format."""
    imprint = make_imprint()
    assert links(make_feed(imprint), extension)["hub"] == "https://hub.example/"
    paging = Paging(current="all", previous="archive/all-0001", following="archive/all-0003", archive=True)
    feed = make_feed(imprint, name="archive/all-0002", paging=paging)
    assert links(feed, extension) == {
        "self": f"https://papers.example/archive/all-0002.{extension}",
        "current": f"https://papers.example/all.{extension}",
        "prev-archive": f"https://papers.example/archive/all-0001.{extension}",
        "next-archive": f"https://papers.example/archive/all-0003.{extension}",
    }
    root = parse(RENDERERS[extension](feed))
    assert len(root.findall(".//fh:archive", NAMES)) == 1
    assert b'href="../feed.css"' in RENDERERS[extension](feed)


def links(feed: Feed, extension: str) -> dict[str, str]:
    """Relation to address of the links of the whole document, but for the page."""
    root = parse(RENDERERS[extension](feed))
    found = root.findall("channel/atom:link", NAMES) or root.findall("atom:link", NAMES)
    return {link.get("rel", ""): link.get("href", "") for link in found if link.get("rel") != "alternate"}


@pytest.mark.parametrize("extension", RENDERERS)
def test_content_is_safe_and_absolute(extension: str) -> None:
    """No markup of a source reaches the content, and every address in it is absolute."""
    for entry in sample_feed().entries:
        tree = etree.fromstring(f"<div>{entry.content_html}</div>", etree.HTMLParser())
        assert not tree.xpath("//script | //img | //iframe | //@onerror")
        assert all(str(href).startswith(("https://", "http://")) for href in tree.xpath("//@href"))
    assert b"javascript:" not in RENDERERS[extension](sample_feed())


IMPRINT = make_imprint()
TEXT = st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF, exclude_categories=()), max_size=60)


@settings(max_examples=60)
@given(st.tuples(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT))
def test_hostile_papers_stay_well_formed(texts: tuple[str, ...]) -> None:
    """Any text at all in any field leaves both documents well-formed, and their titles what a reader may see."""
    title, abstract, author, category, url, id_ = texts
    entry = make_entry(
        1,
        title=title,
        abstract=abstract,
        authors=(Author(name=author),),
        categories=(category,),
        url=url,
        id=f"title:{id_.encode(errors='replace').decode()}",
    )
    feed = make_feed(IMPRINT, *entries_of(make_edition(1, entry), IMPRINT))
    for extension in XML:
        read = parse(RENDERERS[extension](feed))
        assert len(read.findall("channel/item") or read.findall("atom:entry", NAMES)) == 1
    RENDERERS["json"](feed).decode()


@settings(max_examples=60)
@given(text=TEXT)
def test_unchecked_text_stays_well_formed(text: str) -> None:
    """Even an entry that nobody cleaned cannot break a document."""
    entry = make_entry_with_summary(text, title=text or "x", content_html=text, authors=(text or "x",))
    for extension in XML:
        parse(RENDERERS[extension](make_feed(IMPRINT, entry, title=text or "x")))
