"""References as a list in Markdown (CommonMark), for a page, an issue or a letter."""

from __future__ import annotations

from collections.abc import Sequence

from digest.models import Paper
from digest.render.citations.reference import Reference, references
from digest.render.math import to_text
from digest.render.safety import plain
from digest.render.text import escape_markdown

_SHOWN_AUTHORS = 3


def render_listing(papers: Sequence[Paper]) -> str:
    """One line for each paper: title and link, authors, venue, year, identifier."""
    return "".join(f"- {_line(reference)}\n" for reference in references(papers))


def _line(reference: Reference) -> str:
    title = escape_markdown(reference.plain_title)
    # Angle brackets take any address; those `safe_url` lets through hold neither of them nor white space.
    linked = f"[{title}](<{reference.url}>)" if reference.url else title
    names = [escape_markdown(to_text(plain(author.name))) for author in reference.paper.authors]
    more = len(names) - _SHOWN_AUTHORS
    authors = ", ".join(names[:_SHOWN_AUTHORS]) + (f" and {more} more" if more > 0 else "")
    venue = escape_markdown(to_text(plain(reference.paper.venue or "")))
    year = str(reference.published_on.year) if reference.published_on else ""
    identifier = f"arXiv:{reference.arxiv}" if reference.arxiv else f"doi:{reference.doi}" if reference.doi else ""
    parts = (linked, authors, venue, year, escape_markdown(identifier) if identifier else "")
    return ". ".join(part.rstrip(".") for part in parts if part) + "."
