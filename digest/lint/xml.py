"""XML read strictly and without danger: no entities, no network, no document type."""

from __future__ import annotations

import re

from lxml import etree

from digest.lint.finding import Finding
from digest.lint.rules import found

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"


def read_xml(data: bytes) -> tuple[etree._Element | None, list[Finding]]:
    """The root of a well-formed document, or what is wrong with it."""
    if re.search(rb"<!DOCTYPE", data[:10_000]):
        return None, [found("doctype", "line 1", "a document type is declared")]
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        return etree.fromstring(data, parser), []
    except etree.XMLSyntaxError as error:
        line, column = error.position or (1, 1)
        return None, [found("xml", f"line {line}, column {column}", (error.msg or "it is not well-formed"))]


def text_of(parent: etree._Element, name: str) -> str:
    """The text of the first child of that name, without white space around it; empty when there is none."""
    return (parent.findtext(name) or "").strip()
