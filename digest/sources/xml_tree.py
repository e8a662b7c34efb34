"""The records of a well-formed XML document of ordinary size, read in one go by the C parser of `xml.etree`.

It is the fast way of `digest.sources.xml_records`, which reads everything else: what is large, damaged, or has a
document type. No entity is ever declared here, so none is expanded; nothing outside the document is opened.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from xml.etree import ElementTree as ET

_BYTES = 16 * 1024 * 1024
_TAGS = 400_000
"""Opening and closing; as a tree they take some 60 MB."""
_FEW = 2
"""Children that are looked through rather than sorted by name, as those of an author."""
_PIECES = 16
"""Pieces of text looked at of one element that has others between its words."""


class ParsedNode:
    """An element of a tree; as `digest.sources.xml_records.Node`."""

    __slots__ = ("_children", "_element", "name")

    def __init__(self, element: ET.Element, name: str) -> None:
        self._element, self.name = element, name
        self._children: dict[str, list[ET.Element]] | None = None

    @property
    def attributes(self) -> dict[str, str]:
        """By name; those of a namespace as `{namespace}name`."""
        return self._element.attrib

    @property
    def text(self) -> str:
        """The text directly in the element, without the blanks around it."""
        return _text(self._element)

    def all(self, name: str) -> list[ParsedNode]:
        """The child elements of that local name."""
        return [ParsedNode(element, name) for element in self._by_name().get(name, ())]

    def first(self, name: str) -> ParsedNode | None:
        """The first child element of that local name."""
        found = self._by_name().get(name)
        return ParsedNode(found[0], name) if found else None

    def get(self, name: str) -> str:
        """The text of the first child element of that local name; empty when there is none."""
        if self._children is None and len(self._element) <= _FEW:
            return next((_text(child) for child in self._element if _local(child.tag) == name), "")
        found = self._by_name().get(name)
        return _text(found[0]) if found else ""

    def _by_name(self) -> dict[str, list[ET.Element]]:
        if self._children is None:
            children: dict[str, list[ET.Element]] = {}
            for element in self._element:
                children.setdefault(_local(element.tag), []).append(element)
            self._children = children
        return self._children


def parsed(data: bytes, names: frozenset[str]) -> list[ParsedNode] | None:
    """The elements of `data` (UTF-8) with one of the local `names`, in order, those within others aside.

    None when this is not a document for the fast way.
    """
    if len(data) > _BYTES or data.count(b"<") > _TAGS or b"<!DOCTYPE" in data:
        return None
    parser = ET.XMLParser(encoding="utf-8")  # noqa: S314 - without a document type there is no entity to expand
    try:
        parser.feed(data)  # whatever encoding it declares: it has been brought to UTF-8
        root = parser.close()
    except ET.ParseError:
        return None
    return list(_records(root, names))


def _records(root: ET.Element, names: frozenset[str]) -> Iterator[ParsedNode]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        name = _local(element.tag)
        if name in names:
            yield ParsedNode(element, name)
        elif len(element):
            waiting += reversed(element)


@functools.lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag[tag.rfind("}") + 1 :]


def _text(element: ET.Element) -> str:
    text = element.text or ""
    if len(element):
        text += "".join(child.tail or "" for child in element[:_PIECES])
    return text.strip()
