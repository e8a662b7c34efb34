"""The records of a large XML document, one by one: entries of a feed, items of a channel, records of a harvest.

Expat does the reading: in one go where that is safe (`xml_tree`), else piece by piece and with repairs. Nothing outside
the document is ever opened, entities are not expanded (a document type is refused where it declares any), and depth,
elements and sizes are bounded. What elements mean is for the callers.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol
from xml.parsers import expat

from digest.errors import SourceRefused
from digest.sources import limits
from digest.sources.xml_tree import parsed

_CHUNK = 2 * 1024 * 1024
"""Bytes given to expat at a time; records are handed on in between, so memory holds one chunk's worth."""
_BUFFER = 64 * 1024
_PIECES = 16
"""Pieces of text kept of one element, each as long as expat's buffer or up to the next child."""
_NAMES = 1_000
"""Element names remembered with their local part."""
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_REPAIRS = 200_000
"""Most references repaired; a document with more is left to break off where it is wrong."""
_REFERENCE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)(#[xX]?[0-9a-fA-F]{1,8};|[A-Za-z]\w{0,31};)?")


class Node(Protocol):
    """An element: its local name, attributes, own text, and child elements by local name."""

    @property
    def name(self) -> str:
        """Without a namespace or prefix."""

    @property
    def attributes(self) -> Mapping[str, str]:
        """By name as written."""

    @property
    def text(self) -> str:
        """The text directly in the element, without the blanks around it."""

    def all(self, name: str) -> Sequence[Node]:
        """The child elements of that local name."""

    def first(self, name: str) -> Node | None:
        """The first child element of that local name."""

    def get(self, name: str) -> str:
        """The text of the first child element of that local name; empty when there is none."""


class _Collected:
    """A `Node` as it is put together tag by tag."""

    __slots__ = ("attributes", "children", "name", "parts")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.parts: list[str] = []
        self.children: dict[str, list[_Collected]] = {}

    @property
    def text(self) -> str:
        """The text directly in the element, without the blanks around it."""
        return "".join(self.parts).strip()

    def all(self, name: str) -> list[_Collected]:
        """The child elements of that local name."""
        return self.children.get(name, [])

    def first(self, name: str) -> _Collected | None:
        """The first child element of that local name."""
        return self.children[name][0] if name in self.children else None

    def get(self, name: str) -> str:
        """The text of the first child element of that local name; empty when there is none."""
        return self.children[name][0].text if name in self.children else ""


class BrokenOff(Exception):  # noqa: N818 - reads as the fact it states
    """The XML cannot be read from some place on; records before it were handed out."""


class _Collector:
    """Expat's handlers: builds the nodes named, lets everything else pass by. Called for every tag, so kept lean."""

    __slots__ = ("depth", "done", "elements", "inside", "local", "names", "open")

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.local: dict[str, str] = {}
        self.open: list[_Collected] = []
        self.done: list[_Collected] = []
        self.depth = self.elements = self.inside = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > limits.XML_DEPTH:
            raise SourceRefused(f"nests XML more than {limits.XML_DEPTH} elements deep")
        if self.elements > limits.XML_ELEMENTS:
            raise SourceRefused(f"has more than {limits.XML_ELEMENTS:,} XML elements; split it")
        name = self.local.get(tag) or self._local_name(tag)
        if self.open:
            node = _Collected(name, attributes)
            self.inside += 1
            if self.inside <= limits.RECORD_ELEMENTS:
                siblings = self.open[-1].children
                if name in siblings:
                    siblings[name].append(node)
                else:
                    siblings[name] = [node]
            self.open.append(node)
        elif name in self.names:
            self.inside = 0
            self.open.append(_Collected(name, attributes))

    def _local_name(self, tag: str) -> str:
        name = tag.rpartition(":")[2] or tag
        if len(self.local) < _NAMES:
            self.local[tag] = name
        return name

    def end(self, _tag: str) -> None:
        self.depth -= 1
        if self.open:
            node = self.open.pop()
            if not self.open:
                self.done.append(node)

    def data(self, text: str) -> None:
        if self.open and len(parts := self.open[-1].parts) < _PIECES:
            parts.append(text)


def _refuse_entities(*_: object) -> None:
    raise SourceRefused("declares its own XML entities, which are never read; take the document type out")


def records(data: bytes, *names: str) -> Iterator[Node]:
    """The elements of `data` (UTF-8) with one of the local `names`, complete, in order, those within others aside.

    Raises:
        BrokenOff: the XML is damaged somewhere; what came before has been handed out.
        SourceRefused: it declares entities or exceeds a limit.
    """
    wanted = frozenset(names)
    if (found := parsed(data, wanted)) is not None:
        yield from found
        return
    collector = _Collector(wanted)
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.buffer_size = _BUFFER
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.data
    parser.EntityDeclHandler = _refuse_entities
    data = _readable(data)
    for start in range(0, max(len(data), 1), _CHUNK):
        try:
            parser.Parse(data[start : start + _CHUNK], start + _CHUNK >= len(data))
        except expat.ExpatError as error:
            yield from collector.done
            raise BrokenOff(f"the XML breaks off: {error}") from error
        done, collector.done = collector.done, []
        yield from done


def _readable(data: bytes) -> bytes:
    """`data` without the characters XML forbids, and with references expat does not know by name spelled out."""
    data = data.translate(None, _CONTROLS).lstrip()
    data = data.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")
    known = sum(data.count(name) for name in (b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&apos;"))
    if data.count(b"&") - known > _REPAIRS:
        return data
    return _REFERENCE.sub(_spell_out, data)


def _spell_out(reference: re.Match[bytes]) -> bytes:
    """The character a reference stands for, ready for XML; an unknown name as it is written."""
    if reference[1] is None:
        return b"&amp;"
    character = html.unescape(reference[0].decode("ascii"))
    if character.startswith("&") and len(character) > 1:
        return b"&amp;" + reference[0][1:]
    if not character.isprintable() or character == "\ufffd":
        return b" " if character.isspace() else b""
    return html.escape(character).encode()


def value_of(data: bytes, name: str) -> str | None:
    """The text of the first element of that local name anywhere in `data`; None when there is none."""
    try:
        for node in records(data, name):
            return node.text
    except (BrokenOff, SourceRefused):
        return None
    return None
