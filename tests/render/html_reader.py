"""Reads HTML for the tests: what a reader would find in it."""

from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "img", "hr", "link", "input"}


@dataclass
class Page:
    """What stands in a page."""

    language: str = ""
    title: str = ""
    headings: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    levels: list[int] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[dict[str, str]] = field(default_factory=list)
    tables: list[dict[str, str]] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    balanced: bool = True


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page, self.text = Page(), ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.page.tags.add(tag)
        self.page.roles.add(values.get("role", ""))
        self.page.ids.add(values.get("id", ""))
        if tag == "html":
            self.page.language = values.get("lang", "")
        if tag == "a":
            self.page.links.append(values["href"])
        if tag == "img":
            self.page.images.append(values)
        if tag == "table":
            self.page.tables.append(values)
        if tag in {"h1", "h2", "h3", "title"}:
            self.text = ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.page.balanced &= bool(self.open) and self.open.pop() == tag
        if tag == "title":
            self.page.title = self.text
        if tag in {"h1", "h2", "h3"}:
            self.page.headings[tag].append(" ".join(self.text.split()))
            self.page.levels.append(int(tag[1]))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Page:
    """The page of `html`."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.page.balanced &= not reader.open
    return reader.page
