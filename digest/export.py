"""Export: papers, or the editions they were in, in the formats of other programs, as bytes.

An edition is exported as it was closed, the rest as it is known now. Our own records (`jsonl`) can be ingested again
and change nothing. It writes no file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC
from email.utils import parseaddr
from time import asctime
from typing import Literal

from digest.curation.digest import build_digest
from digest.errors import NotFoundError
from digest.letterhead import preview_message
from digest.models import Edition, Paper, Selection
from digest.render.citations import render_bibtex, render_csl, render_listing, render_ris
from digest.render.email import preview
from digest.render.view import SiteView
from digest.site import Site
from digest.sources.jsonl import to_record
from digest.store import Store
from digest.variants import variant_of

Form = Literal["bibtex", "ris", "csl-json", "jsonl", "markdown"]

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)


def export_papers(papers: Sequence[Paper], form: Form) -> bytes:
    """The papers in `form`, UTF-8, in order, each once."""
    return _WRITERS[form](papers).encode()


def edition_papers(edition: Edition) -> tuple[Paper, ...]:
    """The papers of a closed edition, best first."""
    return tuple(entry.paper for entry in edition.papers)


def export_editions(store: Store, site: Site, editions: Iterable[Edition]) -> bytes:
    """The editions as an mbox (RFC 4155, with `>From ` quoting): one message each, the bytes that readers got.

    Raises:
        NotFoundError: there is no edition.
        TemplateError: an edition was never rendered before, and a template is wrong.
    """
    messages = [_mbox_message(store, site, edition) for edition in editions]
    if not messages:
        raise NotFoundError("there is no edition to export; `digest editions` lists them")
    return b"".join(messages)


def _mbox_message(store: Store, site: Site, edition: Edition) -> bytes:
    view = SiteView.of(site.settings, site.topics())
    digest = build_digest([edition], Selection(), site.topics())
    mail = preview(variant_of(store, site, digest).mail, view)
    sender = site.settings.mail.sender
    message = preview_message(mail, site.settings, at=edition.closed_at, issue=f"{digest.first}-{digest.last}")
    quoted = _FROM.sub(rb">\1", message.replace(b"\r\n", b"\n"))
    return (
        f"From {parseaddr(sender)[1]} {asctime(edition.closed_at.astimezone(UTC).timetuple())}\n".encode()
        + quoted
        + b"\n"
    )


def _records(papers: Iterable[Paper]) -> str:
    return "".join(json.dumps(to_record(paper), ensure_ascii=False) + "\n" for paper in papers)


_WRITERS: Mapping[Form, Callable[[Sequence[Paper]], str]] = {
    "bibtex": render_bibtex,
    "ris": render_ris,
    "csl-json": render_csl,
    "jsonl": _records,
    "markdown": render_listing,
}
