"""What papers are about: topics, their rules, and a paper's belonging to them."""

from __future__ import annotations

from dataclasses import dataclass, field

OTHER = "other"
"""The topic of a paper that fits none of the site's topics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What decides by itself that a paper belongs to a topic. Words are matched whole, case-insensitively."""

    categories: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    min_upvotes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One file of `feeds/`: a section of the digest, a feed, a page."""

    slug: str
    title: str
    description: str = ""
    order: int = 100
    rules: Rules = field(default_factory=Rules)
    examples: tuple[str, ...] = ()
    """Ids of papers that belong to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A paper's belonging to a topic; the first of a paper's assignments is its primary one."""

    topic: str
    confidence: float
    """0 to 1."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A paper's place in the order of the day, with the line that explains it."""

    value: float
    why: str
