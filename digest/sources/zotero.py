"""A Zotero library as its RDF export has it: papers with title, abstract and identifiers.

Attachments, notes and the journals papers are in are no papers. Nothing outside the document is opened, and a document
that declares a document type is refused. What is done with the papers is for others; no source is read this way.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from digest.errors import SourceRefused
from digest.identity import arxiv_id, doi, identities
from digest.models import Paper
from digest.search_text import clean

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ZOTERO = "http://www.zotero.org/namespaces/export#"
_NAMES = {
    "rdf": _RDF,
    "z": _ZOTERO,
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
}
_NO_PAPERS = {"attachment", "note", "webpage"}
_MAX_TITLE, _MAX_ABSTRACT = 2_000, 20_000


def is_zotero(data: bytes) -> bool:
    """Whether the beginning of `data` is that of such an export."""
    head = data[:4096]
    return b"<rdf:RDF" in head and _ZOTERO.encode() in head


def parse_zotero(data: bytes) -> tuple[Paper, ...]:
    """The papers of an export, in its order.

    Raises:
        SourceRefused: it is not well-formed, or declares a document type.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SourceRefused(f"is no well-formed Zotero RDF: {error.msg}") from error
    if b"<!DOCTYPE" in data:
        raise SourceRefused("declares a document type, which a Zotero RDF never does")
    return tuple(_papers(root))


def _papers(root: etree._Element) -> Iterator[Paper]:
    for item in root:
        kind = _text(item, "z:itemType")
        title = clean(_text(item, "dc:title"))[:_MAX_TITLE]
        if not kind or kind in _NO_PAPERS or not title:
            continue
        spellings = [str(item.get(f"{{{_RDF}}}about") or ""), *_identifiers(item)]
        arxiv = next((found[0] for spelling in spellings if (found := arxiv_id(spelling))), None)
        number = next((named for spelling in spellings if (named := doi(spelling))), None)
        aliases = identities(title=title, arxiv=arxiv, doi=number)
        abstract = clean(_text(item, "dcterms:abstract"))[:_MAX_ABSTRACT]
        yield Paper(id=aliases[0], aliases=aliases, title=title, abstract=abstract)


def _identifiers(item: etree._Element) -> Iterator[str]:
    for element in item.findall("dc:identifier", _NAMES):
        yield " ".join("".join(map(str, element.itertext())).split()).removeprefix("DOI ")


def _text(item: etree._Element, name: str) -> str:
    return " ".join((item.findtext(name, namespaces=_NAMES) or "").split())
