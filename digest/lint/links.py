"""Where the links of an HTML document lead: safe schemes only, and nothing that is not there."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from digest.lint.finding import Finding
from digest.lint.markup import SAFE, Element, elements, has_host, place, scheme_of
from digest.lint.rules import found


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The files a document stands among, so that its local links can be followed."""

    path: str
    """The document's own, relative to the folder, with `/`."""
    files: Collection[str]
    """All of the folder's, so named."""


def mail_links(root: Element, allowed: Collection[str] = ()) -> Iterator[Finding]:
    """In a mail there is nothing beside it: links are absolute, or lead to a place within. `allowed` are let by."""
    ids = _ids(root)
    for element, address in _links(root):
        if address.partition("?")[0] in allowed:
            continue
        if address.startswith("#"):
            yield from _fragment(element, address, ids)
        else:
            yield from _absolute(element, address)


def page_links(root: Element, neighbours: Neighbours | None) -> Iterator[Finding]:
    """On a page local links are followed as far as `neighbours` are known."""
    ids = _ids(root)
    for element, address in _links(root):
        if address.startswith("#"):
            yield from _fragment(element, address, ids)
        elif scheme_of(address) or address.startswith("//"):
            yield from _absolute(element, address)
        elif neighbours is not None and (missing := _missing(address, neighbours)):
            yield found("link-dead", place(element), f"{address!r:.120}: there is no {missing}")


def web_links(root: Element) -> list[str]:
    """The http and https addresses of a mail's links, without the place within, in order, each once.

    Left out are those of its table of contents (`<nav>`), which lead to what follows anyway.
    """
    found_ = (
        (address or "").partition("#")[0].strip()
        for element, address in _links(root)
        if element.tag == "a" and next(element.iterancestors("nav"), None) is None
    )
    return list(dict.fromkeys(address for address in found_ if scheme_of(address) in {"http", "https"}))


def _links(root: Element) -> Iterator[tuple[Element, str]]:
    for element in elements(root):
        name = "src" if element.tag in {"img", "script", "source", "video", "audio"} else "href"
        address = element.get(name)
        if address is not None and not (name == "src" and scheme_of(address) == "cid"):
            yield element, address.strip()


def _ids(root: Element) -> set[str]:
    return {value for element in elements(root) for name in ("id", "name") if (value := element.get(name))}


def _fragment(element: Element, address: str, ids: set[str]) -> Iterator[Finding]:
    if address not in {"#", "#top"} and unquote(address[1:]) not in ids:
        yield found("link-dead", place(element), f"nothing here has the id {address[1:]!r:.80}")


def _absolute(element: Element, address: str) -> Iterator[Finding]:
    scheme = scheme_of(address)
    if not address:
        yield found("link-dead", place(element), "an empty address")
    elif scheme not in SAFE:
        yield found(
            "link-scheme", place(element), f"{address!r:.120} is {'relative' if not scheme else f'a {scheme}:'}"
        )
    elif scheme != "mailto" and not has_host(address):
        yield found("link-dead", place(element), f"{address!r:.120} names no host")


def _missing(address: str, neighbours: Neighbours) -> str | None:
    """The file a relative address asks for when it is not there."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return address
    if not path or path.startswith("/"):  # the document itself; or counted from a root that is not known
        return None
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(neighbours.path), path))
    candidates = {wanted, posixpath.normpath(posixpath.join(wanted, "index.html"))}
    return None if candidates & set(neighbours.files) else wanted
