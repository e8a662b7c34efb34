"""What the checkers are shown: mails of every kind, and a website with everything that is hard to print."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from digest.curation.digest import build_digest
from digest.letterhead import preview_message
from digest.models import Digest, Edition, Selection, Verdict
from digest.render.email import preview, render_mail
from digest.render.environment import environment
from digest.settings import FeedSettings
from digest.site import Site, shipped
from digest.store import Store
from digest.variants import variant_of
from digest.website import write_website
from tests.render.mail_digest import DIGEST, SEEN_AT, SETTINGS, SITE, many
from tests.render.published import editions

MAILS: dict[str, tuple[Digest, dict[str, object]]] = {
    "full": (DIGEST, {}),
    "compact": (DIGEST, {"layout": "compact"}),
    "thumbnails": (DIGEST, {"thumbnails": True}),
    "empty": (replace(DIGEST, sections=(), left_out=0, note="", verdict=Verdict.HOLIDAY), {}),
    "crowded": (many(400), {}),
    "own": (replace(DIGEST, selection=Selection(personal="ada")), {}),
}
"""A digest and the mail settings it is printed with, by name."""


def mail_html(name: str) -> str:
    """The HTML of one of `MAILS`."""
    digest, mail = MAILS[name]
    site = replace(SITE, mail=SITE.mail.model_copy(update=mail))
    return preview(render_mail(digest, site, environment([shipped("templates")])), site).html


def message(name: str) -> bytes:
    """The whole message of one of `MAILS`."""
    digest, mail = MAILS[name]
    settings = SETTINGS.model_copy(update={"mail": SETTINGS.mail.model_copy(update=mail)})
    site = replace(SITE, mail=settings.mail)
    shown = preview(render_mail(digest, site, environment([shipped("templates")])), site)
    return preview_message(shown, settings, at=digest.closed_at, issue="12-12")


def make_website(root: Path) -> Path:
    """A website of three editions, the last with all papers of the mails, and archives."""
    opened = Site.open(root)
    settings = SETTINGS.model_copy(update={"feeds": FeedSettings(entries=4, hub="https://hub.example/")})
    site = Site(root=opened.root, settings=settings)
    third = Edition(number=3, closed_at=SEEN_AT, dated_on=SEEN_AT.date(), verdict=Verdict.PARTIAL,
                    papers=DIGEST.papers, verdicts=DIGEST.verdicts, note=DIGEST.note)  # fmt: skip
    with Store.open("sqlite://") as store:
        for edition in (*editions(), third):
            store.save_edition(edition)
            variant_of(store, site, build_digest([edition], Selection(), site.topics()))
        write_website(store, site, root / "out", progress=lambda _done, _total, _text: None)
    return root / "out"


@dataclass
class Served:
    """A folder on a local port, and what was answered."""

    url: str
    answers: list[tuple[str, int]] = field(default_factory=list)
    """Path and status."""

    def statuses(self, path: str) -> list[int]:
        """What `path` was answered with, in order, since the last call."""
        found = [status for asked, status in self.answers if asked == path]
        self.answers[:] = [answer for answer in self.answers if answer[0] != path]
        return found


class _Handler(SimpleHTTPRequestHandler):
    """A plain web server: media types by extension, Last-Modified, 304."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".rss": "application/rss+xml",
        ".atom": "application/atom+xml",
        ".json": "application/feed+json",
    }
    served: Served

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002 - the base's names
        self.served.answers.append((self.path, int(code)))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's names
        pass


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """`folder` served on a local port, as any web server serves files."""
    served = Served("")
    handler = type("Handler", (_Handler,), {"served": served})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
