"""A Zotero library as RDF."""

from __future__ import annotations

import pytest

from digest.errors import SourceRefused
from digest.sources.zotero import is_zotero, parse_zotero

HEAD = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#"'
    ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:bib="http://purl.org/net/biblio#" xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/">'
)
LIBRARY = f"""{HEAD}
 <rdf:Description rdf:about="http://arxiv.org/abs/2605.01234v2">
  <z:itemType>preprint</z:itemType>
  <dc:title>Fast inference by
    speculative decoding</dc:title>
  <dcterms:abstract>A small model drafts.</dcterms:abstract>
 </rdf:Description>
 <bib:Article rdf:about="#item_2">
  <z:itemType>journalArticle</z:itemType>
  <dcterms:isPartOf rdf:resource="urn:issn:0028-0836"/>
  <dc:title>Folding &amp; proteins</dc:title>
  <dc:identifier>DOI 10.1038/s41586-021-03819-2</dc:identifier>
 </bib:Article>
 <bib:Book rdf:about="#item_3">
  <z:itemType>book</z:itemType>
  <dc:title>A book</dc:title>
  <dc:identifier><dcterms:URI><rdf:value>https://arxiv.org/abs/2605.04321</rdf:value></dcterms:URI></dc:identifier>
 </bib:Book>
 <bib:Journal rdf:about="urn:issn:0028-0836"><dc:title>Nature</dc:title></bib:Journal>
 <z:Attachment rdf:about="#item_5"><z:itemType>attachment</z:itemType><dc:title>PDF</dc:title></z:Attachment>
 <bib:Memo rdf:about="#item_6"><z:itemType>note</z:itemType><dc:title>Read this</dc:title></bib:Memo>
 <bib:Article rdf:about="#item_7"><z:itemType>journalArticle</z:itemType></bib:Article>
</rdf:RDF>""".encode()


def test_papers_have_their_words_and_names() -> None:
    """Items with a title, by arXiv id or DOI; journals, attachments and notes are none."""
    papers = parse_zotero(LIBRARY)
    assert [(paper.id, paper.title) for paper in papers] == [
        ("arxiv:2605.01234", "Fast inference by speculative decoding"),
        ("doi:10.1038/s41586-021-03819-2", "Folding & proteins"),
        ("arxiv:2605.04321", "A book"),
    ]
    assert papers[0].abstract == "A small model drafts."


@pytest.mark.parametrize(
    ("data", "is_one"),
    [(LIBRARY, True), (b"<rss/>", False), (b"@article{a, title={b}}", False), (b"", False)],
)
def test_it_is_told_by_its_content(data: bytes, is_one: bool) -> None:  # noqa: FBT001
    """By its namespace."""
    assert is_zotero(data) is is_one


@pytest.mark.parametrize(
    "data",
    [
        LIBRARY[:300],
        b'<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + LIBRARY,
        b'<!DOCTYPE r SYSTEM "file:///etc/passwd">' + LIBRARY,
        b"",
    ],
)
def test_what_is_broken_or_hostile_is_refused(data: bytes) -> None:
    """Cut off, or with a document type."""
    with pytest.raises(SourceRefused):
        parse_zotero(data)
