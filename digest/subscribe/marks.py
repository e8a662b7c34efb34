"""A reader's own order: what they want more or less of, and whether their digests follow it.

Off until it is turned on. The marks stay in the site's database, go out with the reader's data and go when they are
removed or the reader is erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from digest.errors import NotFoundError, SubscriptionError, TooManyRequests
from digest.identity import identity_of
from digest.models import MOST_MARKS, Mark, Paper, Rejection, Subscriber
from digest.search_text import clean
from digest.sources.recognise import parse
from digest.sources.zotero import is_zotero, parse_zotero
from digest.store import Store
from digest.subscribe.listed_papers import listed_names
from digest.subscribe.reader import change_reader

_LIBRARIES = 20
"""Files a reader may send within an hour."""
_LONGEST, _MOST_NAMES = 500, 10_000
"""Characters of a name that are looked at, and names of a list."""
Wish = Literal["more", "less", "forget"]
_BEGINNINGS = ("@", "{", "[", "<")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedMarks:
    """What came of a file."""

    marked: int
    unknown: tuple[str, ...] = ()
    """Names of papers that were never read, in a list of ids."""
    set_aside: tuple[Rejection, ...] = ()
    """Entries of a library that cannot be read."""


def mark_papers(
    store: Store, reader: Subscriber, names: Iterable[str], *, wish: Literal["more", "less"], now: datetime
) -> tuple[Mark, ...]:
    """Mark papers that have been read, by id or address.

    Raises:
        NotFoundError: one of them is not known; nothing is marked.
        SubscriptionError: the reader has too many marks.
    """
    identities = {name: clean(identity_of(name[:_LONGEST])) for name in names}
    known = store.papers_by_alias(identities.values()) if identities else {}
    for name, identity in identities.items():
        if identity not in known:
            raise NotFoundError(f"no paper `{name}` has been read; `digest papers --query …` finds ids")
    return _save(store, reader, [known[identity] for identity in identities.values()], wish=wish, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A paper that a reader may mark, or has marked."""

    paper: Paper
    mark: Mark | None
    """What they said of it."""

    @property
    def ids(self) -> frozenset[str]:
        """The ids under which it may have been marked."""
        marked = {self.mark.paper.id} if self.mark else set()
        return frozenset({self.paper.id, *self.paper.aliases} | marked)


def subject_of(store: Store, reader: Subscriber, name: str) -> Subject:
    """The paper of this name, if it has been read or the reader has marked it.

    Raises:
        NotFoundError: neither; what other readers marked does not count.
    """
    identity = clean(identity_of(name[:_LONGEST]))
    known = store.papers_by_alias([identity]).get(identity)
    mark = store.marks.find(reader.id, {identity, *((known.id, *known.aliases) if known else ())})
    paper = known or (mark.paper if mark else None)
    if paper is None:
        raise NotFoundError("this paper is not known here")
    return Subject(paper=paper, mark=mark)


def wish_for(store: Store, reader: Subscriber, name: str, wish: Wish, *, now: datetime) -> None:
    """Mark one paper, which may be marked under another of its ids, or forget its mark; a second time is the same.

    Raises:
        NotFoundError: it is not known.
        SubscriptionError: the reader has too many marks.
    """
    subject = subject_of(store, reader, name)
    if wish != "forget":
        _save(store, reader, [subject.paper], wish=wish, now=now)
    store.marks.remove(reader.id, subject.ids - ({subject.paper.id} if wish != "forget" else set()))


def import_marks(store: Store, reader: Subscriber, data: bytes, *, now: datetime) -> ImportedMarks:
    """Mark as wanted the papers of a library: BibTeX, Zotero RDF, any form `digest ingest` reads, or ids line by line.

    Papers of a library may be unknown to the site: the mark keeps their words. They are not put into the digest.

    Raises:
        SourceRefused: it is of no known form.
        SubscriptionError: the reader would have too many marks.
    """
    set_aside: tuple[Rejection, ...] = ()
    if is_zotero(data):
        papers: Sequence[Paper] = parse_zotero(data)
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n").decode("utf-8", "replace").startswith(_BEGINNINGS):
        reading = parse(data, observed_at=now, source="file")
        papers, set_aside = reading.papers, reading.rejected
    else:
        return _import_names(store, reader, data.decode("utf-8-sig", "replace"), now=now)
    return ImportedMarks(marked=len(_save(store, reader, papers, wish="more", now=now)), set_aside=set_aside)


def unread(store: Store, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` of which no paper has been read."""
    identities = {name: clean(identity_of(name[:_LONGEST])) for name in names}
    known = store.papers_by_alias(identities.values()) if identities else {}
    return tuple(name for name, identity in identities.items() if identity not in known)


def admit_library(store: Store, reader: Subscriber, *, now: datetime) -> None:
    """Count a library that the reader sends.

    Raises:
        TooManyRequests: they sent too many lately.
    """
    if not store.subscribers.admit(f"library:{reader.id}", now, most=_LIBRARIES, within=timedelta(hours=1)):
        raise TooManyRequests(f"that was more than {_LIBRARIES} files within an hour; please try again later")


def library_of(store: Store, reader: Subscriber) -> tuple[Paper, ...]:
    """The papers a reader wants more of, oldest mark first, as far as known with all that belongs to a citation."""
    wanted = [mark.paper for mark in store.marks.of(reader.id) if mark.wish == "more"]
    known = store.papers_by_alias(paper.id for paper in wanted) if wanted else {}
    return tuple(known.get(paper.id, paper) for paper in wanted)


def marks_record(store: Store, reader: Subscriber) -> list[dict[str, str]]:
    """The marks of a reader, oldest first, fit for JSON."""
    return [
        {"paper": mark.paper.id, "title": mark.paper.title, "wish": mark.wish, "at": mark.at.isoformat()}
        for mark in store.marks.of(reader.id)
    ]


def forget_marks(store: Store, reader: Subscriber, names: Iterable[str] | None = None) -> int:
    """Forget the marks of some papers, or all; how many there were.

    Raises:
        NotFoundError: there is no such mark.
    """
    papers = None if names is None else [identity_of(name) for name in names]
    gone = store.marks.remove(reader.id, papers)
    if papers and not gone:
        raise NotFoundError(f"{reader.address}: has no such mark; `digest marks list` shows them")
    return gone


def set_personal(store: Store, reader: Subscriber, *, on: bool) -> Subscriber:
    """Whether the reader's sections are ordered by their marks from the next digest on.

    Raises:
        NotFoundError: there is no such reader any more.
    """
    personal = reader.id if on else ""
    return change_reader(
        store, reader.id, lambda known: replace(known, preferences=replace(known.preferences, personal=personal))
    )


def _import_names(store: Store, reader: Subscriber, text: str, *, now: datetime) -> ImportedMarks:
    names = {name: clean(identity_of(name)) for name in listed_names(text)}
    if len(names) > _MOST_NAMES:
        raise SubscriptionError(f"that is a list of {len(names):,} names; at most {_MOST_NAMES:,} are looked up")
    known = store.papers_by_alias(names.values()) if names else {}
    papers = [known[identity] for identity in names.values() if identity in known]
    marked = _save(store, reader, papers, wish="more", now=now)
    unknown = tuple(name for name, identity in names.items() if identity not in known)
    return ImportedMarks(marked=len(marked), unknown=unknown)


def _save(
    store: Store, reader: Subscriber, papers: Iterable[Paper], *, wish: Literal["more", "less"], now: datetime
) -> tuple[Mark, ...]:
    marks = tuple(
        Mark(paper=paper, wish=wish, at=now) for paper in {paper.id: paper for paper in papers}.values() if paper.title
    )
    kept = store.marks.ids(reader.id) | {mark.paper.id for mark in marks}
    if len(kept) > MOST_MARKS:
        raise SubscriptionError(f"{reader.address}: would have {len(kept):,} marks; at most {MOST_MARKS:,} are kept")
    store.marks.save(reader.id, marks)
    return marks
