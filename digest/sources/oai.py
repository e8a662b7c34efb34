"""Harvested records (OAI-PMH 2.0) in arXiv's formats `arXivRaw` and `arXiv`, and in Dublin Core (`oai_dc`).

It reads one answer; asking for the next with its `resumption_token` is for who fetches. Formats:
https://www.openarchives.org/OAI/openarchivesprotocol.html, https://info.arxiv.org/help/oa/index.html.
"""

from __future__ import annotations

from collections.abc import Iterator

from digest.errors import SourceRefused
from digest.sources import limits
from digest.sources.arxiv import categories, is_withdrawn
from digest.sources.author_names import decode_latex, family_last, split_names
from digest.sources.record import Found, Names, Origin, build, people, reject
from digest.sources.xml_records import BrokenOff, Node, records, value_of

_EMPTY = "noRecordsMatch"
_COMMENT = "Comment:"


def is_oai(data: bytes) -> bool:
    """Whether XML is an answer of an OAI-PMH repository."""
    return b"OAI-PMH" in data[:1024]


def resumption_token(data: bytes) -> str | None:
    """What to ask for the next part of the list with; None at its end."""
    return value_of(data, "resumptionToken") or None


def parse_oai(data: bytes, origin: Origin) -> Iterator[Found]:
    """The papers of one answer; a deleted record is set aside. No records at all is an empty answer, not an error.

    Raises:
        SourceRefused: the repository answered with an error, in its words; or as `xml_records.records`.
    """
    try:
        for node in records(data, "record", "error"):
            if node.name == "record":
                yield _record(node, origin)
            elif node.attributes.get("code") != _EMPTY:
                code = limits.text(node.attributes.get("code"), limits.NAME)
                raise SourceRefused(f"the repository answered {code}: {limits.text(node.text, limits.NAME)}")
    except BrokenOff as broken:
        yield reject("the rest of the harvest", str(broken))


def _record(record: Node, origin: Origin) -> Found:
    header, metadata = record.first("header"), record.first("metadata")
    identifier = header.get("identifier") if header else ""
    if header and header.attributes.get("status") == "deleted":
        return reject(identifier, "its repository has deleted it")
    formats = {"arXivRaw": _raw, "arXiv": _arxiv, "dc": _dublin_core}
    for name, read in formats.items():
        if metadata and (node := metadata.first(name)):
            return read(node, identifier, origin)
    known = ", ".join(formats)
    return reject(identifier, f"its metadata is in none of the formats read ({known})")


def _raw(node: Node, identifier: str, origin: Origin) -> Found:
    versions = node.all("version")
    dates = [moment for version in versions if (moment := limits.moment(version.get("date")))]
    return build(
        origin,
        Names.among(node.get("id"), identifier, node.get("doi")),
        node.get("title"),
        abstract=node.get("abstract"),
        authors=people(split_names(node.get("authors"))),
        categories=categories(node.get("categories").split()),
        venue=node.get("journal-ref"),
        version=max((_number(version) for version in versions), default=0) or None,
        published_at=min(dates, default=None),
        updated_at=max(dates, default=None),
        withdrawn=is_withdrawn(node.get("comments"), node.get("abstract")),
    )


def _number(version: Node) -> int:
    digits = version.attributes.get("version", "").removeprefix("v")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 4 else 0  # noqa: PLR2004 - v999


def _arxiv(node: Node, identifier: str, origin: Origin) -> Found:
    group = node.first("authors")
    names = (
        " ".join(filter(None, (author.get("forenames"), author.get("keyname"), author.get("suffix"))))
        for author in (group.all("author") if group else ())
    )
    return build(
        origin,
        Names.among(node.get("id"), identifier, node.get("doi")),
        node.get("title"),
        abstract=node.get("abstract"),
        authors=people(decode_latex(name) for name in names),
        categories=categories(node.get("categories").split()),
        venue=node.get("journal-ref"),
        published_at=limits.moment(node.get("created")),
        updated_at=limits.moment(node.get("updated") or node.get("created")),
        withdrawn=is_withdrawn(node.get("comments"), node.get("abstract")),
    )


def _dublin_core(node: Node, identifier: str, origin: Origin) -> Found:
    """Dublin Core has no field for comments: arXiv writes them as a second description."""
    descriptions = [description.text for description in node.all("description")]
    comments = [text for text in descriptions if text.startswith(_COMMENT)]
    abstracts = [text for text in descriptions if not text.startswith(_COMMENT)]
    addresses = [address.text for address in node.all("identifier")]
    dates = [moment for date in node.all("date") if (moment := limits.moment(date.text))]
    return build(
        origin,
        Names.among(identifier, *addresses),
        node.get("title"),
        abstract=abstracts[0] if abstracts else "",
        authors=people(family_last(decode_latex(creator.text)) for creator in node.all("creator")),
        keywords=limits.labels([subject.text for subject in node.all("subject")]),
        url=next((address for address in addresses if limits.web_address(address)), None),
        published_at=min(dates, default=None),
        updated_at=max(dates, default=None),
        withdrawn=is_withdrawn(" ".join(comments), abstracts[0] if abstracts else ""),
    )
