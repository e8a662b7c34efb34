"""Papers as items of Hugging Face's Daily Papers list: https://huggingface.co/docs/hub/api#get-apidailypapers.

The shape is the one their own client reads (`HfApi.list_daily_papers`, with this site as its endpoint). What is not
known is left out, as theirs does it; nothing is made up.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from digest.models import Author, KnownPaper


class _Record(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, use_attribute_docstrings=True)


class PaperAuthor(_Record):
    """A person."""

    name: str
    hidden: bool = False


class Organization(_Record):
    """Who stands behind a paper."""

    name: str
    fullname: str


class PaperRecord(_Record):
    """The paper itself."""

    id: str
    """An arXiv id such as `2401.01234`; of other papers `doi:…`, `openreview:…` or `title:…`."""
    title: str
    summary: str
    """The abstract."""
    authors: list[PaperAuthor]
    published_at: str | None = None
    """UTC, with milliseconds, as are all moments here."""
    submitted_on_daily_at: str | None = None
    """Midnight of the list's day."""
    upvotes: int = 0
    project_page: str | None = None
    github_repo: str | None = None
    github_stars: int | None = None
    ai_summary: Annotated[str | None, Field(alias="ai_summary")] = None
    """The source's one-line summary, where it has one."""
    ai_keywords: Annotated[list[str] | None, Field(alias="ai_keywords")] = None
    organization: Organization | None = None


class DailyPaper(_Record):
    """A paper on the list of a day."""

    paper: PaperRecord
    published_at: str
    title: str
    summary: str
    num_comments: int = 0
    thumbnail: str | None = None
    organization: Organization | None = None
    is_author_participating: bool = False


def daily_paper(known: KnownPaper) -> dict[str, Any]:
    """The item of a paper, ready for JSON."""
    paper = known.paper
    organization = (
        Organization(name=paper.organizations[0], fullname=paper.organizations[0]) if paper.organizations else None
    )
    listed_at = datetime.combine(paper.listed_on, time(), UTC) if paper.listed_on else known.first_seen_at
    record = PaperRecord(
        id=paper.id.removeprefix("arxiv:"),
        title=paper.title,
        summary=paper.abstract,
        authors=[_author(author) for author in paper.authors],
        published_at=_moment(paper.published_at) if paper.published_at else None,
        submitted_on_daily_at=_moment(listed_at),
        upvotes=paper.latest("upvotes") or 0,
        project_page=paper.project_url,
        github_repo=paper.code_url,
        github_stars=paper.latest("github_stars"),
        ai_summary=paper.summary,
        ai_keywords=list(paper.keywords) or None,
        organization=organization,
    )
    item = DailyPaper(
        paper=record,
        published_at=_moment(paper.published_at or listed_at),
        title=paper.title,
        summary=paper.abstract,
        num_comments=paper.latest("comments") or 0,
        thumbnail=paper.thumbnail_url,
        organization=organization,
    )
    return item.model_dump(by_alias=True, exclude_none=True)


def _author(author: Author) -> PaperAuthor:
    return PaperAuthor(name=author.name)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
