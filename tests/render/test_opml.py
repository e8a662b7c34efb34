"""OPML 2.0: every feed with what importers and validators ask for."""

from email.utils import parsedate_to_datetime

from lxml import etree

from digest.render.opml import render_opml
from tests.builders import NOON
from tests.render.published import HOSTILE, make_feed, make_imprint


def test_outlines() -> None:
    """Each outline has text, title, type, feed and page; the head a title and a date of RFC 822."""
    feed = make_feed(make_imprint(), title=HOSTILE + "\x00")
    data = render_opml("Papers & more", [feed], NOON)
    root = etree.fromstring(data)
    assert root.get("version") == "2.0"
    assert root.findtext("head/title") == "Papers & more"
    assert parsedate_to_datetime(root.findtext("head/dateCreated") or "") == NOON
    (outline,) = root.findall("body/outline")
    assert outline.attrib == {
        "text": HOSTILE,
        "title": HOSTILE,
        "type": "rss",
        "version": "RSS2",
        "description": "All of them.",
        "xmlUrl": "https://papers.example/all.rss",
        "htmlUrl": "https://papers.example/editions.html",
    }
    assert data == render_opml("Papers & more", [feed], NOON)
