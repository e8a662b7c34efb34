"""Single fields of foreign JSON records: the first of several names, lists of texts or objects, abstracts, authors.

It looks at one record's plain values; what they make together is for `exports`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from digest.models import Author
from digest.sources import limits
from digest.sources.author_names import decode_latex, split_names
from digest.sources.jsonl import read_authors
from digest.sources.markup import plain_text

_TEXT_KEYS = ("value", "text", "url", "name", "display_name", "fullname", "title", "id")
_WORDS = 20_000
"""Most words of an abstract that comes as an index of words."""


def plain(value: object) -> Any:
    """A value out of what it is commonly wrapped in: `{"value": x}`, `{"name": x}`, the first of a list of texts."""
    if isinstance(value, dict):
        return next((value[key] for key in _TEXT_KEYS if key in value), None)
    if isinstance(value, list) and value and isinstance(value[0], str):
        return value if len(value) > 1 else value[0]
    return value


def first(record: Mapping[str, Any], *names: str) -> Any:
    """The first of the fields `names` that says anything, as a lone text or number."""
    for name in names:
        value = plain(record.get(name))
        if isinstance(value, list):
            value = value[0] if value and isinstance(value[0], str) else None
        if value not in (None, "", []):
            return value
    return None


def listed(record: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """The texts of the first of the fields `names` that has some: a list of texts or of objects, or one text."""
    for name in names:
        value = record.get(name)
        if isinstance(value, str):
            value = [part for part in value.replace(";", ",").split(",") if part.strip()]
        if isinstance(value, dict):
            value = [value]
        if isinstance(value, list) and (found := limits.labels([_label(item) for item in value[: limits.LABELS]])):
            return found
    return ()


def _label(item: object) -> object:
    if isinstance(item, dict):
        return item.get("fullname") or plain(item)
    return item


def abstract_of(record: Mapping[str, Any]) -> str:
    """The abstract as plain text; Crossref's is in JATS XML, OpenAlex's an index of words."""
    index = record.get("abstract_inverted_index")
    if isinstance(index, dict):
        return _uninverted(index)
    value = first(record, "abstract", "abstractText", "abstractNote", "paper_abstract", "description", "summary")
    if not isinstance(value, str):
        return ""
    return plain_text(value) if "<jats:" in value[:200] or value[:200].lstrip().startswith("<p") else value


def _uninverted(index: Mapping[str, Any]) -> str:
    """The text whose words stand at the places the index gives (https://docs.openalex.org, Work object)."""
    places: dict[int, str] = {}
    for word, positions in index.items():
        if isinstance(positions, list):
            places |= {place: word for place in positions[:_WORDS] if type(place) is int}
        if len(places) > _WORDS:
            break
    return " ".join(places[place] for place in sorted(places)[:_WORDS])


def authors_of(record: Mapping[str, Any]) -> tuple[Author, ...]:
    """The authors, however they are given: names, objects, one string, pairs of family and given name."""
    if isinstance(pairs := record.get("authors_parsed"), list):  # arXiv's metadata snapshot
        return read_authors(decode_latex(name) for name in _pairs(pairs))
    for key in ("authors", "authorships", "author", "creators"):
        value = record.get(key)
        if isinstance(value, str):
            return read_authors(split_names(value))
        if isinstance(value, list):
            return read_authors(map(_person, value))
    return ()


def _pairs(pairs: Iterable[object]) -> Iterator[str]:
    """`[family, given, suffix]` as one name."""
    for pair in pairs:
        if isinstance(pair, list):
            parts = [part for part in pair[:3] if isinstance(part, str)]
            yield " ".join(filter(None, (*parts[1:2], *parts[:1], *parts[2:])))


def _person(value: object) -> object:
    """A name or an object as `read_authors` takes it."""
    if not isinstance(value, dict):
        return value
    person = value["author"] if isinstance(value.get("author"), dict) else value
    name = person.get("name") or person.get("display_name") or person.get("fullname") or person.get("full_name")
    if not name:
        given = next((person[key] for key in ("given", "first", "firstName") if person.get(key)), None)
        family = next((person[key] for key in ("family", "last", "lastName") if person.get(key)), None)
        name = " ".join(part for part in (given, family) if isinstance(part, str))
    organization = person.get("organization")
    institutions = value.get("institutions")
    if isinstance(institutions, list) and institutions and isinstance(institutions[0], dict):
        organization = institutions[0].get("display_name")
    return {"name": name, "organization": organization}
