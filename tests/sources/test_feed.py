"""Anybody's feeds: RSS, RDF, Atom, JSON Feed, odd and hostile ones."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digest.errors import SourceRefused
from digest.sources.markup import plain_text
from tests.sources.reading import names, only, read, read_file


def rss(item: str, version: str = "2.0") -> str:
    """A feed of one item."""
    return (
        f'<rss version="{version}" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>F</title>'
        f"<item>{item}</item></channel></rss>"
    )


def test_odd_feeds_are_survived(shared_data: Path) -> None:
    """Every one of them is read or refused with a reason, and no script gets through."""
    forms = set()
    for path in sorted((shared_data / "odd_feeds").glob("*.xml")):
        try:
            reading = read_file(path)
        except SourceRefused:
            forms.add("refused")
            continue
        forms.add(reading.form)
        for paper in reading.papers:
            text = f"{paper.title} {paper.abstract} {names(paper)}".lower()
            assert "<script" not in text
            assert "javascript:" not in f"{paper.url} {paper.pdf_url} {paper.thumbnail_url}"
    assert {"refused", "rss", "rss10", "rss20", "atom03", "atom10"} <= forms


@pytest.mark.parametrize("version", ["0.91", "0.92", "2.0"])
def test_rss_in_full(version: str) -> None:
    """Title, text, date, author and link of an item, with HTML as plain text."""
    paper = only(
        rss(
            "<title>A Title &amp;amp; More</title><link>https://example.org/a</link>"
            "<dc:creator>Ada One and Bea Two</dc:creator>"
            "<description>&lt;p&gt;First &lt;b&gt;words&lt;/b&gt;.&lt;/p&gt;"
            "&lt;script&gt;alert(1)&lt;/script&gt;</description>"
            "<pubDate>Mon, 27 Apr 2026 20:00:00 -0400</pubDate>",
            version,
        )
    )
    assert (paper.title, paper.abstract, paper.url) == ("A Title & More", "First words.", "https://example.org/a")
    assert names(paper) == ["Ada One", "Bea Two"]
    assert paper.listed_on == date(2026, 4, 27)
    assert paper.published_at == datetime(2026, 4, 28, tzinfo=UTC)
    assert paper.id.startswith("title:")


def test_rdf_and_atom() -> None:
    """RSS 1.0 and both Atoms are read alike."""
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="https://example.org/a"><title>A Title</title>'
        "<link>https://example.org/a</link><dc:date>2026-04-27</dc:date></item></rdf:RDF>"
    )
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A Title</title><link href="https://example.org/a"/>'
        "<id>tag:x</id><updated>2026-04-27T00:00:00Z</updated></entry></feed>"
    )
    old = (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>A Title</title>'
        '<link rel="alternate" href="https://example.org/a"/><issued>2026-04-27T00:00:00Z</issued></entry></feed>'
    )
    for text, form in [(rdf, "rss10"), (atom, "atom10"), (old, "atom03")]:
        assert read(text).form == form
        paper = only(text)
        assert (paper.title, paper.url, paper.listed_on) == ("A Title", "https://example.org/a", date(2026, 4, 27))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("<guid>https://huggingface.co/papers/2401.01234</guid>", "arxiv:2401.01234"),
        ("<link>https://arxiv.org/abs/2401.01234v2</link>", "arxiv:2401.01234"),
        ("<guid>oai:arXiv.org:hep-th/9901001v1</guid>", "arxiv:hep-th/9901001"),
        ("<link>https://doi.org/10.1103/X</link>", "doi:10.1103/x"),
        ("<link>https://openreview.net/forum?id=rJl-b3RcF7</link>", "openreview:rJl-b3RcF7"),
    ],
)
def test_identities_in_links_and_guids(item: str, expected: str) -> None:
    """A feed that points at a known paper merges with it."""
    assert only(rss(f"<title>A Title</title>{item}")).id == expected


def test_arxivs_old_titles() -> None:
    """Before 2024 arXiv's RSS had the id in the title."""
    paper = only(rss("<title>A Title. (arXiv:2301.01234v2 [cs.CL] UPDATED)</title>"))
    assert (paper.title, paper.id, paper.version) == ("A Title.", "arxiv:2301.01234", 2)


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Family, Given", ["Family, Given"]),
        ("Smith, John", ["John Smith"]),
        ("Ada One, Bea Two, Cy Three", ["Ada One", "Bea Two", "Cy Three"]),
        ("editor@example.org", []),
        ("&lt;b&gt;Ada One&lt;/b&gt;", ["Ada One"]),
    ],
)
def test_authors_of_items(author: str, expected: list[str]) -> None:
    """Lists are split, markup and addresses left out."""
    found = names(only(rss(f"<title>A Title</title><dc:creator>{author}</dc:creator>")))
    assert found == (["Given Family"] if expected == ["Family, Given"] else expected)


def test_scraped_summaries_are_taken_apart(shared_data: Path) -> None:
    """Scrapers of Hugging Face's pages run summary and abstract together; both are found again."""
    for name in ("hf_papers_jsonfeed_2026-05-03.json", "hf_papers_rss2_2026-05-03.xml"):
        reading = read_file(shared_data / "arxiv" / name)
        assert len(reading.papers) == 24
        assert all(paper.id.startswith("arxiv:") for paper in reading.papers)
        assert not any("AI-generated summary" in paper.abstract for paper in reading.papers)
        assert sum(paper.summary is not None for paper in reading.papers) > 12


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_json_feed(version: str) -> None:
    """Both versions, with one author or several."""
    author = {"author": {"name": "Ada One"}} if version == "1" else {"authors": [{"name": "Ada One"}]}
    item = {
        "id": "1",
        "url": "https://arxiv.org/abs/2401.01234",
        "title": "A Title",
        "content_html": "<p>Words &amp; more</p><script>x</script>",
        "date_published": "2026-04-27T10:00:00Z",
        "tags": ["a"],
        **author,
    }
    feed = {"version": f"https://jsonfeed.org/version/{version}", "title": "F", "items": [item, 3, {"id": "2"}]}
    reading = read(json.dumps(feed))
    (paper,) = reading.papers
    assert (reading.form, len(reading.rejected)) == ("json-feed", 2)
    assert (paper.id, paper.abstract, names(paper)) == ("arxiv:2401.01234", "Words & more", ["Ada One"])
    assert (paper.listed_on, paper.keywords) == (date(2026, 4, 27), ("a",))


def test_a_broken_feed_is_read_as_far_as_it_goes() -> None:
    """Unclosed elements and bare ampersands do not cost the items."""
    reading = read(
        "<rss version='2.0'><channel><item><title>One & Only Title</title></item>"
        "<item><title>Second Title</title><description>x"
    )
    assert [paper.title for paper in reading.papers] == ["One & Only Title", "Second Title"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<note><to>you</to></note>", "no feed that is known"),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "no feed that is known"),
        ("<rss version='2.0'>" + "<item/>" * 100_001, "ask its address for fewer entries"),
    ],
)
def test_other_xml_is_refused(text: str, reason: str) -> None:
    """XML that is no feed, or too much of one, is refused with the reason."""
    with pytest.raises(SourceRefused, match=reason):
        read(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a < b and c > d", "a < b and c > d"),
        ("<p>one</p><p>two</p>", "one two"),
        ("x<br>y", "x y"),
        ("<b>bo</b>ld", "bold"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;after", "after"),
        ("<style>p{}</style><iframe src=x></iframe>text", "text"),
        ("<img src=x onerror=alert(1)>text", "text"),
        ("AT&amp;T", "AT&T"),
        ("$a_b^c$", "$a_b^c$"),
        (None, ""),
    ],
)
def test_plain_text(value: object, expected: str) -> None:
    """Only the words of HTML remain; a bare `<` stays."""
    assert plain_text(value) == expected
