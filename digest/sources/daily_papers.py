"""Hugging Face's Daily Papers: the items of `GET /api/daily_papers` in every form since 2024, and `/api/papers/ID`.

An item wraps a `paper` and says itself only what belongs to the list: comments, picture, outer date. Optional keys are
absent. It takes plain values; JSON, pages and lists around them are undone elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from digest.models import Author
from digest.sources import limits
from digest.sources.record import Found, Names, Origin, build, observe, people, reject, unite, with_value

_PAPER_KEYS = frozenset(("upvotes", "submittedOnDailyAt", "submittedOnDailyBy", "discussionId", "ai_summary"))
_LISTED_IN = ZoneInfo("America/New_York")
_SAME_MOMENT = timedelta(minutes=1)
_REPR = re.compile(r"\s*\{\s*'")
_REPR_ID = re.compile(r"'id': '([\w./-]{1,60})'")
_PAPER_PAGE = "https://huggingface.co/papers/"
_SAFE_ID = re.compile(r"[\w.-]{1,60}(?:/\d{7})?", re.ASCII)


def is_item(value: object) -> bool:
    """Whether a value is an item of the list, a paper by itself, or an item that was written as Python text."""
    if isinstance(value, str):
        return _REPR.match(value) is not None
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("paper"), dict) or (
        "id" in value and "title" in value and not _PAPER_KEYS.isdisjoint(value)
    )


def parse_list(values: Iterable[object], origin: Origin, *, day: date | None = None) -> list[Found]:
    """The papers of one list, each once. `day` is the list's own date, for items that do not say theirs."""
    return unite(with_value(parse_item(value, origin, day=day), value) for value in values)


def parse_item(value: object, origin: Origin, *, day: date | None = None) -> Found:
    """The paper of one item."""
    if isinstance(value, str):
        piece = _REPR_ID.search(value[:2000])
        return reject(
            piece[1] if piece else value, "it is Python text instead of a JSON object; write it with json.dumps"
        )
    if not isinstance(value, dict):
        return reject(str(value)[:60], "it is no object")
    paper = value.get("paper", value)
    if not isinstance(paper, dict):
        return reject(value.get("title"), "its `paper` is no object")
    return _paper(value, paper, origin, day)


def _paper(item: Mapping[str, Any], paper: Mapping[str, Any], origin: Origin, day: date | None) -> Found:
    get = paper.get
    number = get("id")
    names = Names.among(number)
    signals = observe(
        origin,
        {
            "upvotes": get("upvotes"),
            "comments": item.get("numComments"),
            "github_stars": get("githubStars"),
        },
    )
    return build(
        origin,
        names,
        get("title") or item.get("title"),
        abstract=get("summary") or item.get("summary"),
        authors=_authors(get("authors")),
        organizations=_organizations(get("organization"), item.get("organization")),
        keywords=limits.labels(get("ai_keywords")),
        summary=get("ai_summary"),
        code_url=get("githubRepo"),
        project_url=get("projectPage"),
        discussion_url=_PAPER_PAGE + number if isinstance(number, str) and _SAFE_ID.fullmatch(number) else None,
        thumbnail_url=item.get("thumbnail") or get("thumbnail"),
        listed_on=_list_day(item, paper, origin, day),
        published_at=limits.moment(get("publishedAt")),
        signals=signals,
    )


def _authors(values: object) -> tuple[Author, ...]:
    """Their names, without those Hugging Face hides; an older form gives names only."""
    if not isinstance(values, list):
        return ()
    return people(_person(value) for value in values if not (isinstance(value, dict) and value.get("hidden") is True))


def _person(value: object) -> object:
    if not isinstance(value, dict):
        return value
    user = value.get("user")
    return value.get("name") or value.get("fullname") or (user.get("fullname") if isinstance(user, dict) else user)


def _organizations(*values: object) -> tuple[str, ...]:
    names = (value.get("fullname") or value.get("name") for value in values if isinstance(value, dict))
    return tuple(dict.fromkeys(name for value in names if (name := limits.text(value, limits.NAME))))


def _list_day(item: Mapping[str, Any], paper: Mapping[str, Any], origin: Origin, day: date | None) -> date | None:
    """The day whose list the item is on: `submittedOnDailyAt` has it; older forms only hint at it.

    The outer `publishedAt` is a US-Eastern wall clock labelled Z. Until early 2025 it was the time of listing, later
    the paper's own publication, which says nothing about the list.
    """
    if submitted := limits.moment(paper.get("submittedOnDailyAt") or item.get("submittedOnDailyAt")):
        return submitted.date()
    if origin.on or day:
        return origin.on or day
    outer = limits.moment(item.get("publishedAt")) if item is not paper else None
    if outer is None:
        return None
    listed = outer.replace(tzinfo=_LISTED_IN).astimezone(UTC)
    published = limits.moment(paper.get("publishedAt"))
    return None if published and abs(listed - published) < _SAME_MOMENT else listed.date()
