"""Source strings: the one notation in which a person names a source, on the command line and in `digest.toml`.

It decides what a string means and touches neither network nor disk.
"""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from pathlib import Path

from digest.errors import SettingsError, SourceRefused
from digest.identity import arxiv_id
from digest.sources.addresses import split, without_credentials
from digest.sources.fetch_arxiv import ArxivAnnouncements, ArxivHarvest, ArxivPapers, ArxivSearch
from digest.sources.fetch_hf import DailyPapers
from digest.sources.fetch_web import WebPage
from digest.sources.read_files import Files, StandardInput
from digest.sources.source import Source

FORMS = (
    "hf, hf:2026-11-20, hf:2026-W47, hf:2026-11, arxiv:cs.CL+cs.LG, arxiv:id:2401.01234, arxiv:search:QUERY, "
    "arxiv:oai:SET, https://…, a file or folder, or - for standard input"
)
_CATEGORY = r"[a-z]+(?:-[a-z]+)*(?:\.(?:[A-Z]{2}|[a-z]+(?:-[a-z]+)*))?"
_CATEGORIES = re.compile(rf"{_CATEGORY}(?:\+{_CATEGORY})*")
_SET = re.compile(r"([\w.-]+(?::[\w.-]+)*)(?:/(\d{4}-\d\d-\d\d)(?:/(\d{4}-\d\d-\d\d))?)?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def resolve(text: str) -> Source:
    """The source that `text` names. Whatever is of no other form is a path.

    Raises:
        SettingsError: it is of none of the forms, or says something impossible; tells what exists.
    """
    text = text.strip()
    kind, _, rest = text.partition(":")
    if not text or "\0" in text:
        raise _unknown(text)
    if text == "-":
        return StandardInput()
    if kind.lower() == "hf":
        return _daily_papers(text, rest)
    if kind.lower() == "arxiv":
        return _arxiv(text, rest)
    if _SCHEME.match(text):
        return _web_page(text)
    return Files(name=text, path=Path(os.path.expanduser(text)))  # noqa: PTH111 - a `~` nobody owns is a name


def _unknown(text: str, why: str = "is no source") -> SettingsError:
    return SettingsError(f"`{text}` {why}; a source is {FORMS}")


def _web_page(text: str) -> Source:
    try:
        split(text)
    except SourceRefused as error:
        raise SettingsError(f"{error}; a source is {FORMS}") from error
    return WebPage(name=without_credentials(text), url=text)


def _daily_papers(text: str, day: str) -> Source:
    if text.lower() == "hf":
        return DailyPapers(name="hf")
    try:
        return DailyPapers(name=f"hf:{day.upper()}", days=span(day.upper()))
    except (ValueError, OverflowError) as error:
        raise _unknown(text, "names no day, week or month") from error


def span(text: str) -> tuple[date, ...]:
    """The days of `2026-11-20`, of the ISO week `2026-W47` or of the month `2026-11`.

    Raises:
        ValueError: it is none of these.
        OverflowError: it is at the end of the calendar.
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return (date.fromisoformat(text),)
    if re.fullmatch(r"\d{4}-W\d\d", text):
        monday = date.fromisoformat(f"{text}-1")
        return days_between(monday, monday + timedelta(days=7))
    if re.fullmatch(r"\d{4}-\d\d", text):
        first = date.fromisoformat(f"{text}-01")
        return days_between(first, (first + timedelta(days=31)).replace(day=1))
    raise ValueError(f"{text} is no day, week or month")


def days_between(since: date, until: date) -> tuple[date, ...]:
    """The days of `[since, until)`."""
    return tuple(since + timedelta(days=number) for number in range((until - since).days))


def _arxiv(text: str, rest: str) -> Source:
    kind, _, argument = rest.partition(":")
    argument = argument.strip()
    if kind == "id" and argument:
        return _arxiv_papers(text, argument)
    if kind == "search" and argument:
        return ArxivSearch(name=f"arxiv:search:{argument}", query=argument)
    if kind == "oai" and (match := _SET.fullmatch(argument)):
        return _arxiv_harvest(text, argument, *match.groups())
    if _CATEGORIES.fullmatch(rest):
        return ArxivAnnouncements(name=f"arxiv:{rest}", categories=rest)
    if arxiv_id(rest):
        raise _unknown(text, f"is not how papers are named; write arxiv:id:{rest}")
    raise _unknown(text)


def _arxiv_papers(text: str, argument: str) -> Source:
    ids = []
    for spelling in filter(None, re.split(r"[,\s]+", argument)):
        found = arxiv_id(spelling)
        if found is None:
            raise _unknown(text, f"holds `{spelling}`, which is no arXiv id")
        number, version = found
        ids.append(number if version is None else f"{number}v{version}")
    if not ids:
        raise _unknown(text, "names no paper")
    unique = tuple(dict.fromkeys(ids))
    return ArxivPapers(name=f"arxiv:id:{','.join(unique)}", ids=unique)


def _arxiv_harvest(text: str, argument: str, subset: str, since: str | None, until: str | None) -> Source:
    try:
        first, last = (date.fromisoformat(day) if day else None for day in (since, until))
    except ValueError as error:
        raise _unknown(text, "holds an impossible date") from error
    if first and last and last <= first:
        raise _unknown(text, "ends before it begins (the last day is not included)")
    return ArxivHarvest(name=f"arxiv:oai:{argument}", subset=subset, since=first, until=last)
