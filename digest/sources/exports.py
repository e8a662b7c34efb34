"""Papers in the JSON of other programs, and in our own: whatever names their fields have.

Read are our own records and `digest papers --json`, arXiv's metadata snapshot, Semantic Scholar, OpenAlex, Crossref,
CSL, Zotero, OpenReview, Papers with Code, and lists that people keep themselves. Unknown keys are ignored. Which lists
are Hugging Face's is decided in `recognise`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from digest.models import Metric, Paper, Signal
from digest.sources import limits
from digest.sources.arxiv import categories, is_withdrawn
from digest.sources.export_fields import abstract_of, authors_of, first, listed, plain
from digest.sources.jsonl import read_announcement, read_signals
from digest.sources.record import Found, Names, Origin, build, observe, reject

_LISTS = (
    "dailyPapers", "papers", "data", "items", "results", "records", "entries", "documents", "works", "notes", "rows",
    "articles", "publications", "references", "recommendedPapers", "hits", "list", "feed",
)  # fmt: skip
_AROUND = ("message", "result", "response", "data", "hits", "page")
"""What a list may be wrapped in once more."""
_INSIDE = ("citingPaper", "citedPaper", "row", "_source", "info", "data")
"""What a record may be wrapped in."""
_TITLES = ("title", "paper_title", "display_name", "content")
_IDS = (
    "arxiv_id", "arxivId", "arxiv", "arXiv", "eprint", "id", "entry_id", "identifier", "doi", "DOI", "forum_url", "url",
    "URL", "link", "abs_url", "url_abs", "pdf_url", "url_pdf", "html_url", "guid", "archiveID", "paper_id",
)  # fmt: skip
_METRICS: Mapping[Metric, tuple[str, ...]] = {
    "upvotes": ("upvotes", "votes", "likes"),
    "comments": ("num_comments", "numComments", "comment_count"),
    "github_stars": ("github_stars", "githubStars", "stars"),
}


def records_in(value: object) -> tuple[list[object], str] | None:
    """The records a JSON document holds, and the date it gives for all of them; None when it holds no list of any.

    A mapping of ids to records is a list too, each record taking its key as `id` where it has none.
    """
    if isinstance(value, list):
        return value, ""
    if not isinstance(value, dict):
        return None
    if is_record(value):
        return [value], ""
    day = next((value[key] for key in ("date", "dateString", "day") if isinstance(value.get(key), str)), "")
    for key in _LISTS:
        if isinstance(value.get(key), list):
            return value[key], day
    return _wrapped(value, day)


def _wrapped(value: Mapping[str, Any], day: str) -> tuple[list[object], str] | None:
    for key in _AROUND:
        if isinstance(value.get(key), dict) and (inner := records_in(value[key])):
            return inner[0], inner[1] or day
    if value and all(is_record(record) for record in value.values()):
        return [{"id": key, **record} for key, record in value.items()], day
    return None


def is_record(value: object) -> bool:
    """Whether a value looks like one paper."""
    if not isinstance(value, dict):
        return False
    inner = (value.get(key) for key in ("paper", *_INSIDE))
    return any(key in value for key in _TITLES) or any(isinstance(part, dict) and "title" in part for part in inner)


def parse_record(value: Any, origin: Origin) -> Found:
    """The paper of one record; set aside when it has no title."""
    if not isinstance(value, dict):
        return reject(str(value)[:120], "it is no JSON object")
    for key in _INSIDE:
        if "title" not in value and isinstance(value.get(key), dict):
            value = value[key]
    if not is_record(value):
        return reject(value.get("id") or ", ".join(map(str, islice(value, 8))), "it has no title; is it a paper?")
    if isinstance(value.get("content"), dict):  # OpenReview
        value = {**value, **{key: plain(field) for key, field in value["content"].items()}}
    paper = _paper(value, origin)
    return _with_aliases(paper, value.get("aliases")) if isinstance(paper, Paper) else paper


def _paper(record: Mapping[str, Any], origin: Origin) -> Found:
    names = Names.among(*_spellings(record))
    abstract = abstract_of(record)
    created, changed = _moments(record)
    venue = first(
        record,
        "venue",
        "journal-ref",
        "journal_ref",
        "journal",
        "container-title",
        "proceeding",
        "publicationTitle",
        "proceedingsTitle",
    )
    return build(
        origin,
        names,
        first(record, "title", "paper_title", "display_name", "name"),
        abstract=abstract,
        authors=authors_of(record),
        categories=_categories(record),
        keywords=listed(record, "keywords", "ai_keywords", "tags", "fieldsOfStudy", "concepts"),
        organizations=listed(record, "organizations", "organization"),
        summary=first(record, "summary", "tldr", "TLDR", "ai_summary") if abstract != record.get("summary") else None,
        url=first(record, "url", "URL", "link", "html_url", "abs_url", "url_abs", "paper_url"),
        pdf_url=first(record, "pdf_url", "url_pdf", "openAccessPdf"),
        code_url=first(record, "code_url", "githubRepo", "github", "code"),
        project_url=first(record, "project_url", "projectPage"),
        discussion_url=first(record, "discussion_url"),
        thumbnail_url=first(record, "thumbnail_url", "thumbnail"),
        listed_on=limits.day(record.get("listed_on")),
        published_at=created,
        updated_at=changed,
        version=limits.count(record.get("version")) or _versions(record),
        announcement=read_announcement(record.get("announcement")),
        withdrawn=record.get("withdrawn") is True or is_withdrawn(_comments(record), abstract),
        venue=venue,
        signals=_signals(record, origin),
    )


def _spellings(record: Mapping[str, Any]) -> Iterator[object]:
    """Everything in a record that may be an identifier, the most telling first."""
    for key in ("externalIds", "ids", "external_ids"):
        if isinstance(ids := record.get(key), dict):
            yield from ids.values()
    for key in _IDS:
        value = record.get(key)
        yield from value[:20] if isinstance(value, list) else (value,)
    aliases = record.get("aliases")
    yield from aliases[:20] if isinstance(aliases, list) else ()
    if isinstance(forum := record.get("forum"), str):
        yield f"openreview:{forum}"
    locations = record.get("locations")
    for location in [record.get("primary_location"), *(locations[:20] if isinstance(locations, list) else ())]:
        if isinstance(location, dict):
            yield location.get("landing_page_url")


def _with_aliases(paper: Paper, values: object) -> Paper:
    """`paper` with the further titles it is known by, where one of our own records lists them."""
    titles = [value for value in limits.labels(values) if value.startswith("title:")]
    aliases = tuple(dict.fromkeys((*paper.aliases, *titles)))
    return paper if aliases == paper.aliases else replace(paper, aliases=aliases)


def _categories(record: Mapping[str, Any]) -> tuple[str, ...]:
    values = [record.get("primary_category")]
    for key in ("categories", "category", "terms", "tags", "subjects"):
        value = record.get(key)
        values += value.replace(",", " ").replace(";", " ").split() if isinstance(value, str) else []
        values += value if isinstance(value, list) else []
    texts = [item.get("term") or item.get("name") if isinstance(item, dict) else item for item in values]
    return categories([text for text in texts if isinstance(text, str)])


def _moments(record: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    """When the paper was first published and last changed, by the many names of either."""
    versions = record.get("versions")
    dates = (
        [version.get("created") for version in versions if isinstance(version, dict)]
        if isinstance(versions, list)
        else []
    )
    created = (
        *dates[:1],
        *(record.get(key) for key in ("published_at", "publishedAt", "published", "publication_date", "publicationDate",
                                      "created", "date", "pub_date", "year", "publication_year")),
        _date_parts(record.get("issued")),
    )  # fmt: skip
    changed = (*dates[-1:], *(record.get(key) for key in ("updated_at", "updated", "update_date", "modified")))
    return _earliest_known(created), _earliest_known(changed)


def _earliest_known(values: tuple[object, ...]) -> datetime | None:
    """The first of `values` that is a date; a year may be a number."""
    texts = (str(value) if type(value) is int else value for value in values)
    return next((moment for text in texts if (moment := limits.moment(text))), None)


def _date_parts(issued: object) -> str | None:
    """CSL's and Crossref's `{"date-parts": [[2024, 1, 5]]}` as 2024-1-5."""
    parts = issued.get("date-parts") if isinstance(issued, dict) else None
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        return "-".join(str(part)[:4] for part in parts[0][:3])
    return None


def _versions(record: Mapping[str, Any]) -> int | None:
    versions = record.get("versions")
    return len(versions) if isinstance(versions, list) and versions else None


def _comments(record: Mapping[str, Any]) -> str:
    comments = record.get("comments") or record.get("comment")
    return comments if isinstance(comments, str) else ""


def _signals(record: Mapping[str, Any], origin: Origin) -> tuple[Signal, ...]:
    if "signals" in record:
        return read_signals(record["signals"], origin)
    return observe(origin, {metric: first(record, *keys) for metric, keys in _METRICS.items()})
